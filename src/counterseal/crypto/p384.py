"""NIST P-384 (FIPS 186-5) on ``cryptography``: private keys that sign certificates and attestations, by SHA-384."""

from __future__ import annotations

from typing import NoReturn, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from counterseal.crypto.errors import InvalidPrivateKey

CURVE = ec.SECP384R1()
SECRET_SIZE = 48
POINT_SIZE = 97

_ECDSA_SHA384 = ec.ECDSA(SHA384())


class P384PrivateKey:
    """A P-384 scalar and its point. ``repr`` shows the public half only; pickling is refused."""

    __slots__ = ("_key",)

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the library's generator."""
        return cls(ec.generate_private_key(CURVE))

    @classmethod
    def from_secret(cls, secret: bytes) -> Self:
        """The key of a 48-byte big-endian scalar. Raises ``InvalidPrivateKey``."""
        if len(secret) != SECRET_SIZE:
            raise InvalidPrivateKey(f"P-384 private key is {len(secret)} bytes long, expected {SECRET_SIZE}")
        try:
            return cls(ec.derive_private_key(int.from_bytes(secret), CURVE))
        except ValueError:
            raise InvalidPrivateKey("P-384 private key is not between 1 and the order of the group") from None

    @property
    def secret(self) -> bytes:
        """48 bytes: the scalar, big-endian."""
        return self._key.private_numbers().private_value.to_bytes(SECRET_SIZE)

    @property
    def public_point(self) -> bytes:
        """97 bytes: the public key, uncompressed (SEC 1)."""
        return self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, message: bytes) -> bytes:
        """ECDSA over SHA-384 of ``message``, DER."""
        return self._key.sign(message, _ECDSA_SHA384)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.public_point.hex()}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("private keys are not pickled")
