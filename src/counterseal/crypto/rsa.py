"""RSA (RFC 8017) on ``cryptography``: public keys, and PKCS#1 v1.5 signatures over SHA-256."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from counterseal.crypto.errors import InvalidPublicKey

# Below, the key is weak; above, verifying takes longer than any authenticator's key has reason to.
BITS_MIN, BITS_MAX = 2048, 4096
EXPONENT_BITS_MAX = 32

_PADDING = PKCS1v15()
_SHA256 = SHA256()


def public_key_of(modulus: bytes, exponent: bytes) -> RSAPublicKey:
    """The key of two unsigned big-endian integers. Raises ``InvalidPublicKey``."""
    n, e = int.from_bytes(modulus), int.from_bytes(exponent)
    if not BITS_MIN <= n.bit_length() <= BITS_MAX:
        raise InvalidPublicKey(f"RSA modulus has {n.bit_length()} bits, expected {BITS_MIN} to {BITS_MAX}")
    if e.bit_length() > EXPONENT_BITS_MAX:
        raise InvalidPublicKey(f"RSA public exponent has {e.bit_length()} bits, expected at most {EXPONENT_BITS_MAX}")
    if n % 2 == 0:
        raise InvalidPublicKey("RSA modulus is even")
    try:
        return RSAPublicNumbers(e, n).public_key()
    except ValueError:
        raise InvalidPublicKey("RSA modulus and public exponent make no key") from None


def verify(key: RSAPublicKey, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is a PKCS#1 v1.5 one over SHA-256 of ``message``."""
    try:
        key.verify(signature, message, _PADDING, _SHA256)
    except InvalidSignature:
        return False
    return True
