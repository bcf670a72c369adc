"""A private key as a value that does not show itself."""

from __future__ import annotations

import abc
from typing import ClassVar, NoReturn, Self

from counterseal.crypto.curves import Curve


class PrivateKey(abc.ABC):
    """A private key and its public half. ``repr`` shows the public half only; pickling is refused."""

    __slots__ = ("public_key", "secret")

    curve: ClassVar[Curve]

    def __init__(self, *, secret: bytes, public_key: bytes) -> None:
        self.secret = secret
        """32 bytes: the scalar, big-endian (P-256, secp256k1), or the seed (Ed25519)."""
        self.public_key = public_key
        """33 bytes compressed (P-256, secp256k1) or 32 bytes (Ed25519)."""

    @classmethod
    @abc.abstractmethod
    def generate(cls) -> Self:
        """A fresh key, from the library's or the operating system's generator."""

    @classmethod
    @abc.abstractmethod
    def from_secret(cls, secret: bytes) -> Self:
        """The key of these 32 bytes. Raises ``InvalidPrivateKey``."""

    @abc.abstractmethod
    def sign(self, message: bytes) -> bytes:
        """Sign ``message``: DER over its SHA-256 (P-256, secp256k1), or 64 bytes over itself (Ed25519)."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.public_key.hex()}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("private keys are not pickled")
