"""A keystore every secret of which is known, so that tests can look for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from counterseal.crypto.p384 import P384PrivateKey
from counterseal.keystore import FileSeal, Keystore, SealedSecret
from counterseal.keystore.boot_root import BOOT_ROOT
from counterseal.keystore.data_key import wrap_data_key
from counterseal.keystore.identities import IDENTITIES, SESSION_TOKENS
from counterseal.keystore.keys import DataKey, RootKey
from counterseal.keystore.records import seal_secret
from counterseal.proofs.boot import root_certificate


def _secret(number: int) -> bytes:
    """32 bytes that occur nowhere by accident."""
    return bytes((number * 41 + position * 59 + 7) % 251 for position in range(32))


@dataclass(frozen=True)
class Planted:
    """A keystore on disk and in rows, with all its secrets by name."""

    seal: FileSeal
    rows: list[SealedSecret]
    secrets: dict[str, bytes] = field(repr=False)

    def open(self) -> Keystore:
        return Keystore.open(self.seal, self.rows)


@pytest.fixture
def planted(tmp_path: Path) -> Planted:
    names = ("root key", "data key", *IDENTITIES, SESSION_TOKENS)
    secrets = {name: _secret(number) for number, name in enumerate(names)}
    root_key, data_key = RootKey(secrets["root key"]), DataKey(secrets["data key"])
    seal = FileSeal(tmp_path)
    seal.create(root_key)
    cipher = data_key.cipher_for("identities")
    rows = [wrap_data_key(data_key, root_key)]
    for name, identity in IDENTITIES.items():
        public_key = identity.public_text(identity.key_type.from_secret(secrets[name]))
        rows.append(seal_secret(cipher, name=name, public_key=public_key, secret=secrets[name]))
    rows.append(seal_secret(cipher, name=SESSION_TOKENS, public_key="", secret=secrets[SESSION_TOKENS]))
    secrets[BOOT_ROOT] = _secret(len(names)) + _secret(len(names) + 1)[:16]  # of 48 bytes
    root = P384PrivateKey.from_secret(secrets[BOOT_ROOT])
    certificate = root_certificate(
        root.public_point, sign=root.sign, deployment_id="planted", serial=1, now_ms=1_800_000_000_000
    )
    rows.append(seal_secret(cipher, name=BOOT_ROOT, public_key=certificate.hex(), secret=secrets[BOOT_ROOT]))
    return Planted(seal, rows, secrets)
