"""The public half of a private key, for each curve that wallets have."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from counterseal.crypto import ed25519_secrets, p256, secp256k1_secrets
from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import InvalidPrivateKey


def public_key_of(curve: Curve, secret: bytes | bytearray) -> bytes:
    """33 bytes, the compressed point (secp256k1, P-256), or 32 (Ed25519), of 32 private ones.

    Raises ``InvalidPrivateKey`` unless it is 32 bytes and, but for Ed25519, between 1 and the order of the group.
    """
    if curve is Curve.SECP256K1:
        return secp256k1_secrets.public_key(secret)
    if curve is Curve.P256:
        return p256_key(secret).public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    return ed25519_secrets.public_key(secret)


def p256_key(secret: bytes | bytearray) -> ec.EllipticCurvePrivateKey:
    """The library's key of a 32-byte scalar, which it takes as an ``int``. Raises ``InvalidPrivateKey``."""
    if len(secret) != 32:
        raise InvalidPrivateKey(f"P-256 private key is {len(secret)} bytes long, expected 32")
    try:
        return ec.derive_private_key(int.from_bytes(secret), p256.CURVE)
    except ValueError:
        raise InvalidPrivateKey("P-256 private key is not between 1 and the order of the group") from None
