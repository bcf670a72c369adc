"""What a wallet's key signs with: one function over five schemes, on private keys that can be overwritten."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from counterseal.crypto import ed25519_secrets, p256, secp256k1_secrets
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.key_tree import P256_ORDER
from counterseal.crypto.public_keys import p256_key

DIGEST_SIZE = 32

_DETERMINISTIC = ec.ECDSA(Prehashed(SHA256()), deterministic_signing=True)


class Scheme(enum.Enum):
    """How a key signs. All but Ed25519 sign 32 bytes, a digest."""

    ECDSA_SECP256K1 = "ECDSA on secp256k1: RFC 6979, low S"
    ECDSA_P256 = "ECDSA on P-256: RFC 6979, low S"
    ED25519 = "Ed25519 over the message itself (RFC 8032)"
    SCHNORR = "BIP-340"
    SCHNORR_TAPROOT = "BIP-340 by the key of a Taproot output without scripts (BIP-341)"


@dataclass(frozen=True, slots=True)
class Signature:
    """Two halves of 32 bytes and the recovery id, which is 0 but for ECDSA: whether R's y-coordinate is odd."""

    r: bytes
    s: bytes
    v: int


def sign(scheme: Scheme, secret: bytes | bytearray, message: bytes, *, aux_randomness: bytes) -> Signature:
    """Sign ``message`` by 32 private bytes.

    ``aux_randomness``, 32 bytes that nobody can foretell, goes into Schnorr signatures only: all others are the same
    each time. Raises ``InvalidPrivateKey``, and ``CryptoError`` for a digest that has not 32 bytes.
    """
    if scheme is Scheme.ED25519:
        return _joined(ed25519_secrets.sign(secret, message), 0)
    if len(message) != DIGEST_SIZE:
        raise CryptoError(f"digest is {len(message)} bytes long, expected {DIGEST_SIZE}")
    if scheme is Scheme.ECDSA_SECP256K1:
        return _joined(*secp256k1_secrets.sign(secret, message))
    if scheme is Scheme.ECDSA_P256:
        return _ecdsa_p256(secret, message)
    signature = secp256k1_secrets.sign_schnorr(
        secret, message, aux_randomness=aux_randomness, taproot_tweaked=scheme is Scheme.SCHNORR_TAPROOT
    )
    return _joined(signature, 0)


def _joined(halves: bytes, v: int) -> Signature:
    return Signature(r=halves[:32], s=halves[32:], v=v)


def _ecdsa_p256(secret: bytes | bytearray, digest: bytes) -> Signature:
    """OpenSSL signs; it does not say which of two points R was, so that is worked out anew from the nonce."""
    r, s = decode_dss_signature(p256_key(secret).sign(digest, _DETERMINISTIC))
    s = min(s, P256_ORDER - s)
    nonce = (int.from_bytes(digest) + r * int.from_bytes(secret)) * pow(s, -1, P256_ORDER) % P256_ORDER
    point = ec.derive_private_key(nonce, p256.CURVE).public_key().public_numbers()
    if point.x % P256_ORDER != r:
        raise CryptoError("the P-256 signature that was made does not verify")
    return Signature(r=r.to_bytes(32), s=s.to_bytes(32), v=point.y & 1)
