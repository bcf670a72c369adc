"""The second seal: the root key wrapped by a key made from a passphrase.

Argon2id with 64 MiB, 3 passes and 4 lanes: the second recommended option of RFC 9106 §4.
"""

from __future__ import annotations

import os
import unicodedata
from functools import partial
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from msgspec import Meta, Struct

from counterseal.keystore.cipher import OVERHEAD_BYTES, Cipher
from counterseal.keystore.confidential import Confidential
from counterseal.keystore.errors import KeystoreError, SealError
from counterseal.keystore.keys import KEY_BYTES, RootKey
from counterseal.keystore.private_file import create_private_file, read_private_file

FILE_NAME: Final = "root.sealed.json"
MINIMUM_CHARACTERS: Final = 12
MAXIMUM_LANES: Final = 16
MAXIMUM_ITERATIONS: Final = 16
MAXIMUM_MEMORY_KIB: Final = 1024 * 1024

_SALT_BYTES: Final = 16
_LIMIT_BYTES: Final = 4096


class Argon2Cost(Struct, frozen=True, forbid_unknown_fields=True):
    """What one guess costs. Bounded, because it is read back from a file: a hostile one must not exhaust the machine.

    The lower bounds are Argon2's own (RFC 9106 §3.1). They need not be higher: costs lowered afterwards open nothing.
    Raises `ValueError` when out of bounds.
    """

    memory_kib: int = 64 * 1024
    iterations: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.lanes <= MAXIMUM_LANES:
            raise ValueError(f"Argon2id takes 1 to {MAXIMUM_LANES} lanes")
        if not 1 <= self.iterations <= MAXIMUM_ITERATIONS:
            raise ValueError(f"Argon2id takes 1 to {MAXIMUM_ITERATIONS} iterations")
        if not 8 * self.lanes <= self.memory_kib <= MAXIMUM_MEMORY_KIB:
            raise ValueError(f"Argon2id takes 8 KiB a lane to {MAXIMUM_MEMORY_KIB} KiB of memory")


class _SealedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The file: JSON, bytes as lower-case hex."""

    version: Literal[1]
    kdf: Literal["argon2id"]
    cost: Argon2Cost
    salt: Annotated[str, Meta(pattern=rf"^[0-9a-f]{{{2 * _SALT_BYTES}}}\Z")]
    wrapped_root_key: Annotated[str, Meta(pattern=rf"^[0-9a-f]{{{2 * (OVERHEAD_BYTES + KEY_BYTES)}}}\Z")]


class PassphraseSeal(Confidential):
    """``root.sealed.json`` in the data directory, useless without the passphrase.

    The passphrase is compared in Unicode form NFC, so that it does not depend on the keyboard that typed it.
    """

    __slots__ = ("_cost", "_passphrase", "_path")

    name = "passphrase"

    def __init__(self, directory: Path, passphrase: str, *, cost: Argon2Cost | None = None) -> None:
        self._path = directory / FILE_NAME
        self._passphrase = unicodedata.normalize("NFC", passphrase)
        self._cost = cost or Argon2Cost()

    def create(self, root_key: RootKey) -> None:
        """Write the file. Raises `SealError` if one exists, or if the passphrase is under 12 characters."""
        if len(self._passphrase) < MINIMUM_CHARACTERS:
            raise SealError(
                f"the passphrase is too short: whoever copies the file can guess at leisure, "
                f"so take at least {MINIMUM_CHARACTERS} characters"
            )
        create_private_file(self._path, partial(self._wrap, root_key))

    def unseal(self) -> RootKey:
        """Open the file. Raises `SealError` if it is missing, not private, malformed, or the passphrase is wrong."""
        content = read_private_file(self._path, limit=_LIMIT_BYTES)
        try:
            sealed = msgspec.json.decode(content, type=_SealedFile)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SealError(f"{self._path} is not a sealed root key: {error}") from None
        cipher = self._cipher(sealed.cost, sealed.salt)
        try:
            return RootKey(cipher.decrypt(bytes.fromhex(sealed.wrapped_root_key), context=_context(sealed.cost)))
        except KeystoreError:
            raise SealError(f"wrong passphrase for {self._path} (or the file was altered)") from None

    def _wrap(self, root_key: RootKey) -> bytes:
        salt = os.urandom(_SALT_BYTES).hex()
        wrapped = self._cipher(self._cost, salt).encrypt(root_key.reveal(), context=_context(self._cost))
        file = _SealedFile(version=1, kdf="argon2id", cost=self._cost, salt=salt, wrapped_root_key=wrapped.hex())
        return msgspec.json.format(msgspec.json.encode(file), indent=2) + b"\n"

    def _cipher(self, cost: Argon2Cost, salt: str) -> Cipher:
        argon2id = Argon2id(
            salt=bytes.fromhex(salt),
            length=KEY_BYTES,
            iterations=cost.iterations,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
        )
        return Cipher(argon2id.derive(self._passphrase.encode()))


def _context(cost: Argon2Cost) -> tuple[str, ...]:
    return ("root key", "argon2id", str(cost.memory_kib), str(cost.iterations), str(cost.lanes))
