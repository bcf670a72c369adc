"""The one room that holds private bytes, and the few ways in which they are used (law 6: one room, one exit)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from counterseal.crypto import p256
from counterseal.crypto.bundle import seal_credential_bundle
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.private_key import PrivateKey
from counterseal.keystore.boot_root import BOOT_ROOT, BootRoot, new_boot_root, open_boot_root
from counterseal.keystore.confidential import Confidential
from counterseal.keystore.data_key import DATA_KEY, unwrap_data_key, wrap_data_key
from counterseal.keystore.errors import KeystoreError
from counterseal.keystore.identities import ADDED_LATER, IDENTITIES, SESSION_TOKENS, SIGNER_QUORUM, new_identity
from counterseal.keystore.keys import DataKey, RootKey
from counterseal.keystore.records import SealedSecret, only, open_secret
from counterseal.keystore.seal import Seal
from counterseal.keystore.session_jwt import session_jwt
from counterseal.keystore.webhook_keys import WebhookKeys, is_of_webhooks, open_webhook_keys, seal_new_webhook_key

_IDENTITIES_PURPOSE = "identities"


@dataclass(frozen=True, slots=True)
class SessionCredential:
    """A fresh P-256 API key: its public half (66 hex digits) and, for the session's owner only, its private half.

    ``credential_bundle`` opens with the private key of the target it was sealed to.
    """

    public_key: str
    credential_bundle: str = field(repr=False)


class Keystore(Confidential):
    """The unsealed keystore of a running server. `SealedSecret` rows come from and go to the store, by the caller."""

    __slots__ = ("_data_key", "_identities", "_session_token_key", "boot_root")

    def __init__(
        self,
        *,
        data_key: DataKey,
        identities: Mapping[str, PrivateKey],
        session_token_key: bytes,
        boot_root: BootRoot | None,
    ) -> None:
        """For `create` and `open`."""
        self._data_key = data_key
        self._identities = identities
        self._session_token_key = session_token_key
        self.boot_root = boot_root
        """What vouches for the keys of app proofs; None in a store of an earlier release, see `new_boot_root`."""

    @classmethod
    def create(cls, seal: Seal, existing: Sequence[SealedSecret] | None = None) -> tuple[Self, list[SealedSecret]]:
        """A keystore with every key there is to have, and the rows the store must add, all or none.

        Without ``existing`` the root key is made too, and ``seal`` must not hold one. With ``existing``, even if empty,
        ``seal`` holds the root key and only what is missing is made: after a creation that was interrupted between seal
        and store.

        Raises `SealError` as the seal does, `KeystoreError` if an existing row does not open.
        """
        root_key = _new_root_key(seal) if existing is None else seal.unseal()
        existing = existing or []
        added = []
        if existing:
            data_key = unwrap_data_key(only(existing, DATA_KEY), root_key)
        else:
            data_key = DataKey.generate()
            added.append(wrap_data_key(data_key, root_key))
        cipher = data_key.cipher_for(_IDENTITIES_PURPOSE)
        present = {record.name for record in existing}
        added += [new_identity(name, cipher) for name in (*IDENTITIES, SESSION_TOKENS) if name not in present]
        return cls._opened(data_key, [*existing, *added]), added

    @classmethod
    def open(cls, seal: Seal, sealed: Sequence[SealedSecret]) -> Self:
        """The keystore of these rows, which are all there are.

        Raises `SealError` as the seal does, `KeystoreError` naming the row if one is missing, doubled, unknown, altered
        or sealed under another root key.
        """
        for name in ADDED_LATER.difference(record.name for record in sealed):
            raise KeystoreError(
                f"the sealed secret {name} is missing from the store:"
                " start the server of this release once, which makes it"
            )
        return cls._opened(unwrap_data_key(only(sealed, DATA_KEY), seal.unseal()), sealed)

    @classmethod
    def complete(cls, seal: Seal, sealed: Sequence[SealedSecret]) -> tuple[Self, list[SealedSecret]]:
        """As `open`, but keys that came with later releases than these rows are made: the rows the store must add.

        Tell the operator which they are, because clients pin them. Raises what `open` raises.
        """
        data_key = unwrap_data_key(only(sealed, DATA_KEY), seal.unseal())
        missing = ADDED_LATER.difference(record.name for record in sealed)
        cipher = data_key.cipher_for(_IDENTITIES_PURPOSE)
        added = [new_identity(name, cipher) for name in sorted(missing)]
        return cls._opened(data_key, [*sealed, *added]), added

    @classmethod
    def _opened(cls, data_key: DataKey, sealed: Sequence[SealedSecret]) -> Self:
        _refuse_unknown(sealed)
        cipher = data_key.cipher_for(_IDENTITIES_PURPOSE)
        return cls(
            data_key=data_key,
            identities={
                name: identity.key_type.from_secret(open_secret(cipher, only(sealed, name)))
                for name, identity in IDENTITIES.items()
            },
            session_token_key=open_secret(cipher, only(sealed, SESSION_TOKENS)),
            boot_root=open_boot_root(cipher, only(sealed, BOOT_ROOT)) if _has_boot_root(sealed) else None,
        )

    def public_identities(self) -> dict[str, str]:
        """Name → public key as clients want it pinned; see `IDENTITIES` and `SIGNER_QUORUM` for names and forms."""
        public = {name: IDENTITIES[name].public_text(key) for name, key in self._identities.items()}
        public[SIGNER_QUORUM] = public["signer_encryption"] + public["signer"]
        return public if self.boot_root is None else public | {BOOT_ROOT: self.boot_root.certificate.hex()}

    def new_boot_root(self, *, now_ms: int) -> SealedSecret:
        """The row of a root for boot proofs, which the store must add; see `counterseal.keystore.boot_root`."""
        return new_boot_root(self._data_key.cipher_for(_IDENTITIES_PURPOSE), now_ms=now_ms)

    def sign_as(self, name: str, message: bytes) -> bytes:
        """Sign as an identity: DER of ECDSA over SHA-256 of ``message`` (P-256), or 64 bytes of Ed25519 (webhook).

        Raises `KeystoreError` for a name that does not sign.
        """
        if name not in IDENTITIES or not IDENTITIES[name].signs:
            raise KeystoreError(f"{name!r} is not an identity that signs")
        return self._identities[name].sign(message)

    @property
    def signer(self) -> P256PrivateKey:
        """The identity that signs bundles: for the modules of this room that make them, and no others."""
        signer = self._identities["signer"]
        if not isinstance(signer, P256PrivateKey):
            raise KeystoreError("the signer is no P-256 key")
        return signer

    def session_token_mac(self, data: bytes) -> bytes:
        """HMAC-SHA256 of ``data``, 32 bytes, under the read-only sessions' key. Compare with `hmac.compare_digest`."""
        return hmac.digest(self._session_token_key, data, "sha256")

    def session_jwt(self, claims: Mapping[str, str | int]) -> str:
        """The session JWT of these claims, signed by the notarizer."""
        return session_jwt(claims, lambda message: self.sign_as("notarizer", message))

    def new_session_credential(self, target_public_key: bytes) -> SessionCredential:
        """Make an API key for the owner of ``target_public_key`` (P-256, 33 or 65 bytes).

        The private key exists inside this call only: it leaves sealed to the target and is kept nowhere.
        Raises ``crypto.errors.InvalidPublicKey``, before there is any private key.
        """
        p256.parse_target(target_public_key)
        private_key = P256PrivateKey.generate()
        return SessionCredential(
            public_key=private_key.public_key.hex(),
            credential_bundle=seal_credential_bundle(private_key.secret, target_public_key),
        )

    def webhook_keys(self, sealed: Sequence[SealedSecret], *, max_age_seconds: int) -> WebhookKeys:
        """The keys of webhooks among these rows, which are all there are now. Raises `KeystoreError`."""
        cipher = self._data_key.cipher_for(_IDENTITIES_PURPOSE)
        return open_webhook_keys(sealed, cipher, max_age_seconds=max_age_seconds)

    def new_webhook_key(self, *, published_ms: int) -> SealedSecret:
        """The row of a key that is published from this moment on (Unix milliseconds) and signs some time later."""
        return seal_new_webhook_key(self._data_key.cipher_for(_IDENTITIES_PURPOSE), published_ms=published_ms)

    def encrypt(self, secret: bytes | bytearray, purpose: str) -> bytes:
        """Ciphertext of ``secret`` for the store, 29 bytes longer. It opens under the same ``purpose`` only.

        Let the purpose name the row, say ``oauth2 client secret <organization> <id>``: then nobody can move a
        ciphertext from one row to another unnoticed.
        """
        return self._data_key.cipher_for(f"secret {purpose}").encrypt(secret, context=("secret", purpose))

    def decrypt(self, sealed: bytes, purpose: str) -> bytes:
        """Undo `encrypt`. Raises `KeystoreError` if it was altered or is of another purpose or keystore."""
        return self._data_key.cipher_for(f"secret {purpose}").decrypt(sealed, context=("secret", purpose))


def _new_root_key(seal: Seal) -> RootKey:
    root_key = RootKey.generate()
    seal.create(root_key)
    return root_key


def _has_boot_root(sealed: Sequence[SealedSecret]) -> bool:
    return any(record.name == BOOT_ROOT for record in sealed)


def _refuse_unknown(sealed: Sequence[SealedSecret]) -> None:
    known = {DATA_KEY, SESSION_TOKENS, BOOT_ROOT, *IDENTITIES}
    for record in sealed:
        if record.name not in known and not is_of_webhooks(record.name):
            raise KeystoreError(
                f"this version does not know the sealed secret {record.name!r}: is the store a newer one's?"
            )
