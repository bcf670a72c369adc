"""NIST P-256 (FIPS 186-5; SEC 2 secp256r1) on ``cryptography``: public keys, ECDSA over SHA-256, private keys.

Public keys are SEC 1 points: 33 bytes compressed or 65 bytes uncompressed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gmpy2 import legendre  # type: ignore[import-untyped]

from counterseal.crypto import der
from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import InvalidPrivateKey, InvalidPublicKey
from counterseal.crypto.points import COMPRESSED_SIZE, check_form
from counterseal.crypto.private_key import PrivateKey

CURVE = ec.SECP256R1()

_ECDSA_SHA256 = ec.ECDSA(SHA256())
_ECDH = ec.ECDH()
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1  # FIPS 186-5; SP 800-186, section 3.2.1.3
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_NO_POINT = "P-256 public key is not a point of the curve"
_CACHED_KEYS = 8192  # of about 2.3 KB each


def decode_point(public_key: bytes) -> ec.EllipticCurvePublicKey:
    """The key of a 33- or 65-byte point, not cached: for keys seen once. Raises ``InvalidPublicKey``."""
    check_form("P-256", public_key)
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, public_key)
    except ValueError:
        raise InvalidPublicKey(_NO_POINT) from None


parse_public_key = lru_cache(maxsize=_CACHED_KEYS)(decode_point)
"""As ``decode_point``, cached: for keys that sign again and again (expanding one takes a third of a verification)."""

parse_target = lru_cache(maxsize=64)(decode_point)
"""As ``decode_point``, for a target key: checked first, sealed to a moment later, never seen again."""


def encode_point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The 65 bytes of the uncompressed point."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def compress(public_key: bytes) -> bytes:
    """The 33-byte form of a point of either form. Raises ``InvalidPublicKey``."""
    if len(public_key) == COMPRESSED_SIZE:
        _check_compressed(public_key)
        return public_key
    return decode_point(public_key).public_bytes(Encoding.X962, PublicFormat.CompressedPoint)


def _check_compressed(public_key: bytes) -> None:
    """Raise ``InvalidPublicKey`` unless the curve has a point with this x, without working out its y.

    By Euler's criterion: x³ - 3x + b must be a square modulo p. The group's order is odd, so no point has y = 0.
    """
    check_form("P-256", public_key)
    x = int.from_bytes(public_key[1:])
    if x >= _P or legendre(x * x * x - 3 * x + _B, _P) != 1:
        raise InvalidPublicKey(_NO_POINT)


def uncompress(public_key: bytes) -> bytes:
    """The 65-byte form of a point of either form. Raises ``InvalidPublicKey``."""
    return encode_point(decode_point(public_key))


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (DER, see ``der``) is one over SHA-256 of ``message``. High S is accepted.

    Raises ``InvalidPublicKey`` or ``InvalidSignatureEncoding``.
    """
    key = parse_public_key(public_key)
    if _holds(key, signature, message):
        return True
    minimal = der.minimal(signature)  # the library takes nothing else; and this says what is wrong with the encoding
    return minimal != signature and _holds(key, minimal, message)


def _holds(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message, _ECDSA_SHA256)
    except InvalidSignature:
        return False
    return True


class P256PrivateKey(PrivateKey):
    """A P-256 scalar and its point."""

    __slots__ = ("_key",)

    curve = Curve.P256

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        super().__init__(
            secret=key.private_numbers().private_value.to_bytes(32),
            public_key=key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint),
        )
        self._key = key

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the library's generator."""
        return cls(ec.generate_private_key(CURVE))

    @classmethod
    def from_secret(cls, secret: bytes) -> Self:
        """The key of a 32-byte big-endian scalar. Raises ``InvalidPrivateKey``."""
        if len(secret) != 32:
            raise InvalidPrivateKey(f"P-256 private key is {len(secret)} bytes long, expected 32")
        try:
            return cls(ec.derive_private_key(int.from_bytes(secret), CURVE))
        except ValueError:
            raise InvalidPrivateKey("P-256 private key is not between 1 and the order of the group") from None

    def sign(self, message: bytes) -> bytes:
        """ECDSA over SHA-256 of ``message``, DER. S may be high."""
        return self._key.sign(message, _ECDSA_SHA256)

    @property
    def public_point(self) -> bytes:
        """65 bytes: the public key, uncompressed."""
        return encode_point(self._key.public_key())

    def exchange(self, peer: ec.EllipticCurvePublicKey) -> bytes:
        """The 32-byte x-coordinate of the Diffie-Hellman point (SEC 1 §3.3.1)."""
        return self._key.exchange(_ECDH, peer)
