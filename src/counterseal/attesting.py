"""A start of a process that makes proofs: its key, and what vouches for it, made once the server is up.

The key is in memory only. It is used once its boot proof is durable, so nobody ever has an app proof by a key of which
nothing is known. What takes long of it, the list of installed packages, is read on a thread.
"""

from __future__ import annotations

import asyncio
import platform
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution, distributions

import msgspec
import structlog

from counterseal import __version__
from counterseal.followers.log_key import origin_of
from counterseal.keystore import Keystore, ProofKey
from counterseal.keystore.identities import SIGNER_QUORUM
from counterseal.ledger.canonical import Json, canonical
from counterseal.proofs.boot import Approval, Attester, Manifest, envelope, measurements
from counterseal.proofs.boot.measurements import registers
from counterseal.settings import Settings
from counterseal.store import Store, StoredBootProof, StoreError
from counterseal.world import Clock

_PACKAGE = "counterseal"
_NO_LEDGER = "none"

_AFTER_SECONDS = 1.0
"""When it is made unless somebody asks for it before: a server is to be ready first."""

_log = structlog.get_logger("counterseal")


class AttestedKey:
    """The proof key of this process: see ``ProofKeys``. It is made in the background, soon after the beginning."""

    def __init__(self, settings: Settings, keystore: Keystore, attester: Attester, store: Store, clock: Clock) -> None:
        self._settings = settings
        self._keystore = keystore
        self._attester = attester
        self._store = store
        self._clock = clock
        self._key: ProofKey | None = None
        self._making: asyncio.Task[None] | None = None
        self._later = asyncio.get_running_loop().call_later(_AFTER_SECONDS, self._begin)

    @property
    def key(self) -> ProofKey | None:
        """The key, once what vouches for it is durable."""
        return self._key

    async def ready(self) -> ProofKey | None:
        """The same, waited for. What has failed is tried again, by the next who asks."""
        if self._key is None:
            await asyncio.wait([self._begin()])
        return self._key

    async def stop(self) -> None:
        """Make nothing more."""
        self._later.cancel()
        if self._making is not None:
            self._making.cancel()
            with suppress(asyncio.CancelledError):
                await self._making

    def _begin(self) -> asyncio.Task[None]:
        """The making that is under way or was the last, if that has not failed."""
        if self._making is None or (self._making.done() and self._key is None):
            self._making = asyncio.create_task(self._make())
        return self._making

    async def _make(self) -> None:
        try:
            key, now_ms = ProofKey.generate(), self._clock.now_ms()
            manifest = await self._manifest()
            document = self._attester.attest(
                registers=registers(manifest.registers, manifest_hash=manifest.hash, proof_key=key.public_key),
                manifest_hash=manifest.hash,
                proof_key=key.public_key,
                now_ms=now_ms,
            )
            approval = Approval.of(manifest, lambda message: self._keystore.sign_as("signer", message))
            proof = StoredBootProof(
                proof_key=key.public_key,
                created_ms=now_ms,
                document=document,
                manifest=manifest.text,
                envelope=envelope(manifest.text, [approval]),
            )
            await self._store.add_boot_proof(proof)
        except StoreError as error:
            _log.error("no boot proof", error=str(error))
            return
        self._key = key
        _log.info("boot proof made", manifest=manifest.hash.hex(), settings=settings_measured(self._settings))

    async def _manifest(self) -> Manifest:
        record, packages = await asyncio.to_thread(_installed)
        settings, public_keys = settings_measured(self._settings), self._keystore.public_identities()
        signer, last = bytes.fromhex(public_keys[SIGNER_QUORUM]), await self._store.latest_boot_proof()
        return Manifest(
            deployment_id=self._attester.deployment_id,
            start=0 if last is None else Manifest.start_of(last.manifest) + 1,
            signer_key=signer,
            operator_key=signer,
            package_hash=sha256(record).digest(),
            version=__version__,
            settings_hash=sha256(canonical(settings)).digest(),
            ledger_origin=origin_of(self._keystore) if self._settings.ledger else _NO_LEDGER,
            registers=measurements(
                record=record,
                packages=packages,
                python_version=platform.python_version(),
                settings=settings,
                public_keys=public_keys,
                deployment_id=self._attester.deployment_id,
            ),
            root=self._attester.certificate,
        )


def settings_measured(settings: Settings) -> dict[str, Json]:
    """The settings that a start is measured by, numbers as texts.

    Of where the data are and of the passphrase it says only of what kind they are: the digest of a passphrase could be
    guessed from.
    """
    plain = msgspec.to_builtins(msgspec.structs.replace(settings, passphrase=None, database=None), enc_hook=str)
    told = {name: _told(value) for name, value in plain.items() if value is not None and name != "data"}
    store = "SQLite" if settings.database is None else "PostgreSQL"
    return {**told, "store": store, "seal": "file" if settings.passphrase is None else "passphrase"}


def _told(value: object) -> Json:
    if isinstance(value, dict):
        return {name: _told(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    return value if isinstance(value, str | bool) else str(value)


def _installed() -> tuple[bytes, list[str]]:
    """The package's RECORD file, empty where it was not installed from a wheel, and ``name==version`` of all."""
    try:
        record = distribution(_PACKAGE).read_text("RECORD") or ""
    except PackageNotFoundError:
        record = ""
    return record.encode(), sorted({f"{each.metadata['Name']}=={each.version}" for each in distributions()})
