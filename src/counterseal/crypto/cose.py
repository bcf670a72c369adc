"""Public keys as COSE_Key (RFC 9052 §7), the form in which passkeys have them: ES256 on P-256, and RS256.

These two are what Turnkey takes and what its clients ask authenticators for (Turnkey docs: passkey options).
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from counterseal.crypto import cbor, p256, rsa
from counterseal.crypto.errors import InvalidEncoding, InvalidPublicKey

LARGEST_KEY = 600
"""Bytes: an RSA key of 4,096 bits, the largest that is taken, has some 530."""

_CACHED_KEYS = 4096  # of about 4 KB each at most, with the key that it is found by


@lru_cache(maxsize=_CACHED_KEYS)
def parse_public_key(cose_key: bytes) -> bytes | RSAPublicKey:
    """The 65-byte point of an ES256 key, or the RSA key of an RS256 one. Raises ``InvalidPublicKey``."""
    if len(cose_key) > LARGEST_KEY:
        raise InvalidPublicKey(f"COSE key is {len(cose_key)} bytes long, expected at most {LARGEST_KEY}")
    try:
        members = cbor.decode(cose_key)
    except InvalidEncoding as fault:
        raise InvalidPublicKey(f"COSE key: {fault}") from None
    match members:
        # kty EC2, alg ES256, crv P-256, x, y (RFC 9053 §7.1.1)
        case {1: 2, 3: -7, -1: 1, -2: bytes(x), -3: bytes(y)} if len(x) == len(y):
            point = b"\x04" + x + y
            p256.parse_public_key(point)
            return point
        # kty RSA, alg RS256, n, e (RFC 8230 §4)
        case {1: 3, 3: -257, -1: bytes(modulus), -2: bytes(exponent)}:
            return rsa.public_key_of(modulus, exponent)
        case _:
            raise InvalidPublicKey("COSE key is neither ES256 on P-256 nor RS256")


def verify(cose_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (ES256: DER; RS256: PKCS#1 v1.5) is one over SHA-256 of ``message``.

    Raises ``InvalidPublicKey`` or ``InvalidSignatureEncoding``.
    """
    key = parse_public_key(cose_key)
    if isinstance(key, bytes):
        return p256.verify(key, signature, message)
    return rsa.verify(key, signature, message)
