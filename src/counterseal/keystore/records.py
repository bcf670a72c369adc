"""What the store keeps of a server secret: its name, its public half, and ciphertext."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from counterseal.keystore.cipher import Cipher
from counterseal.keystore.errors import KeystoreError


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """One row. ``public_key`` is lower-case hex, empty for a symmetric key; ``sealed`` is ``cipher``'s layout.

    Nothing in it is secret. Name and public key are authenticated with the ciphertext: a row that was renamed, got
    another public key, or was put in another's place does not open.
    """

    name: str
    public_key: str
    sealed: bytes = field(repr=False)


def seal_secret(cipher: Cipher, *, name: str, public_key: str, secret: bytes) -> SealedSecret:
    """The row of ``secret``."""
    return SealedSecret(name, public_key, cipher.encrypt(secret, context=_context(name, public_key)))


def open_secret(cipher: Cipher, record: SealedSecret) -> bytes:
    """The secret of a row. Raises `KeystoreError` if any part of the row is not as it was sealed."""
    return cipher.decrypt(record.sealed, context=_context(record.name, record.public_key))


def only(records: Iterable[SealedSecret], name: str) -> SealedSecret:
    """The one row of that name. Raises `KeystoreError` if there is none, or more than one."""
    match [record for record in records if record.name == name]:
        case [record]:
            return record
        case []:
            raise KeystoreError(f"the sealed secret {name} is missing from the store")
        case _:
            raise KeystoreError(f"the sealed secret {name} is in the store more than once")


def _context(name: str, public_key: str) -> tuple[str, ...]:
    return ("sealed secret", name, public_key)
