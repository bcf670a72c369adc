"""Public keys as COSE_Key (RFC 9052 §7), the form in which passkeys have them: ES256 on P-256, and RS256.

These two are what Turnkey takes and what its clients ask authenticators for (Turnkey docs: passkey options).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from counterseal.crypto import cbor, p256, rsa
from counterseal.crypto.errors import InvalidEncoding, InvalidPublicKey

KEY_BYTES_MAX = 600
"""The largest key that is taken, RSA of 4,096 bits, has some 530 and may have a key id besides."""

_CACHED_KEYS = 4096  # of about 3 KB each

_KTY, _ALG, _CRV, _X, _Y, _N, _E = 1, 3, -1, -2, -3, -1, -2
_ES256 = {_KTY: 2, _ALG: -7, _CRV: 1}  # kty EC2, alg ES256, crv P-256 (RFC 9053 §7.1.1)
_RS256 = {_KTY: 3, _ALG: -257}  # kty RSA, alg RS256 (RFC 8230 §4)


def decode_public_key(cose_key: bytes) -> bytes | RSAPublicKey:
    """The 65-byte point of an ES256 key, or the RSA key of an RS256 one, not cached: for keys that are seen once.

    Raises ``InvalidPublicKey``.
    """
    if len(cose_key) > KEY_BYTES_MAX:
        raise InvalidPublicKey(f"COSE key is {len(cose_key)} bytes long, expected at most {KEY_BYTES_MAX}")
    try:
        members = cbor.decode(cose_key)
    except InvalidEncoding as fault:
        raise InvalidPublicKey(f"COSE key: {fault}") from None
    if isinstance(members, dict):
        x, y, modulus, exponent = (members.get(label) for label in (_X, _Y, _N, _E))
        if _has(members, _ES256) and type(x) is bytes and type(y) is bytes and len(x) == len(y):
            point = b"\x04" + x + y
            p256.decode_point(point)
            return point
        if _has(members, _RS256) and type(modulus) is bytes and type(exponent) is bytes:
            return rsa.public_key_of(modulus, exponent)
    raise InvalidPublicKey("COSE key is neither ES256 on P-256 nor RS256")


parse_public_key = lru_cache(maxsize=_CACHED_KEYS)(decode_public_key)
"""As ``decode_public_key``, cached: for keys that sign again and again."""


def verify(cose_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (ES256: DER; RS256: PKCS#1 v1.5) is one over SHA-256 of ``message``.

    Raises ``InvalidPublicKey`` or ``InvalidSignatureEncoding``.
    """
    key = parse_public_key(cose_key)
    if isinstance(key, bytes):
        return p256.verify(key, signature, message)
    return rsa.verify(key, signature, message)


def _has(members: Mapping[int | str, cbor.Item], wanted: Mapping[int, int]) -> bool:
    """Whether these labels have exactly these integers. ``True`` is not 1, though Python takes them for equal."""
    found = {label: members.get(label) for label in wanted}
    return found == wanted and all(type(value) is int for value in found.values())
