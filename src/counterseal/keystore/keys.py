"""The two keys that only ever derive others: the root key, which a seal holds, and the data key under it."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import ClassVar, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from counterseal.keystore.cipher import Cipher
from counterseal.keystore.confidential import Confidential

KEY_BYTES = 32

CIPHERS_KEPT = 1024


class _DerivingKey(Confidential):
    """32 uniformly random bytes. Each purpose gets an AES key of its own through HKDF-SHA256 (RFC 5869)."""

    __slots__ = ("_cipher_of", "_key")

    label: ClassVar[bytes]

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a {type(self).__name__} has {KEY_BYTES} bytes")
        self._key = key
        self._cipher_of = lru_cache(maxsize=CIPHERS_KEPT)(self._derived)

    @classmethod
    def generate(cls) -> Self:
        """A new key from the operating system's generator."""
        return cls(os.urandom(KEY_BYTES))

    def cipher_for(self, purpose: str) -> Cipher:
        """The cipher of one purpose. Those used last are kept: to derive one takes as long as to sign."""
        return self._cipher_of(purpose)

    def _derived(self, purpose: str) -> Cipher:
        """No salt: the input is uniform already (RFC 5869 §3.1)."""
        info = b"counterseal v1 " + self.label + b" " + purpose.encode()
        return Cipher(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._key))

    def reveal(self) -> bytes:
        """The bare bytes: for wrapping this key under another one, nothing else."""
        return self._key


class RootKey(_DerivingKey):
    """The key a `Seal` protects. It wraps the data key and touches nothing else, so it can be replaced cheaply."""

    __slots__ = ()

    label = b"root key"


class DataKey(_DerivingKey):
    """The key that encrypts identities and every other stored secret. The store keeps it, wrapped by the root key."""

    __slots__ = ()

    label = b"data key"
