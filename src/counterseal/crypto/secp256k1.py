"""secp256k1 (SEC 2) on ``coincurve``: public keys, ECDSA over SHA-256 or over Ethereum's personal-message digest.

libsecp256k1 verifies low-S signatures only; stamps may have either (Go and the wallets differ), so S is halved first.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import Self

import coincurve

from counterseal.crypto import der
from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import InvalidPrivateKey, InvalidPublicKey
from counterseal.crypto.hashes import keccak256
from counterseal.crypto.points import check_form
from counterseal.crypto.private_key import PrivateKey

ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141

_HIGHEST_LOW_S = ORDER // 2
_CACHED_KEYS = 8192


@lru_cache(maxsize=_CACHED_KEYS)
def parse_public_key(public_key: bytes) -> coincurve.PublicKey:
    """The key of a 33- or 65-byte point. Raises ``InvalidPublicKey``."""
    # libsecp256k1 by itself would also take the hybrid forms.
    check_form("secp256k1", public_key)
    try:
        return coincurve.PublicKey(public_key)
    except ValueError:
        raise InvalidPublicKey("secp256k1 public key is not a point of the curve") from None


def compress(public_key: bytes) -> bytes:
    """The 33-byte form of a point of either form. Raises ``InvalidPublicKey``."""
    return parse_public_key(public_key).format(compressed=True)


def uncompress(public_key: bytes) -> bytes:
    """The 65-byte form of a point of either form. Raises ``InvalidPublicKey``."""
    return parse_public_key(public_key).format(compressed=False)


def ethereum_personal_digest(message: bytes) -> bytes:
    """What a wallet signs (EIP-191, version 0x45): Keccak-256 of a prefix, the decimal length, and the message."""
    prefix = b"\x19Ethereum Signed Message:\n%d" % len(message)
    return keccak256(prefix + message)


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (DER, see ``der``) is one over SHA-256 of ``message``. High S is accepted.

    Raises ``InvalidPublicKey`` or ``InvalidSignatureEncoding``.
    """
    return verify_digest(public_key, signature, sha256(message).digest())


def verify_ethereum_personal(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """As ``verify``, over ``ethereum_personal_digest(message)``."""
    return verify_digest(public_key, signature, ethereum_personal_digest(message))


def verify_digest(public_key: bytes, signature: bytes, digest: bytes) -> bool:
    """As ``verify``, over a 32-byte digest."""
    key = parse_public_key(public_key)
    r, s = der.decode(signature)
    if r >= ORDER or s >= ORDER:
        return False
    return key.verify(der.encode(r, s if s <= _HIGHEST_LOW_S else ORDER - s), digest, hasher=None)


class Secp256k1PrivateKey(PrivateKey):
    """A secp256k1 scalar and its point."""

    __slots__ = ("_key",)

    curve = Curve.SECP256K1

    def __init__(self, key: coincurve.PrivateKey) -> None:
        super().__init__(secret=key.secret, public_key=key.public_key.format(compressed=True))
        self._key = key

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the operating system's generator."""
        return cls(coincurve.PrivateKey())

    @classmethod
    def from_secret(cls, secret: bytes) -> Self:
        """The key of a 32-byte big-endian scalar. Raises ``InvalidPrivateKey``."""
        if len(secret) != 32:
            raise InvalidPrivateKey(f"secp256k1 private key is {len(secret)} bytes long, expected 32")
        try:
            return cls(coincurve.PrivateKey(secret))
        except ValueError:
            raise InvalidPrivateKey("secp256k1 private key is not between 1 and the order of the group") from None

    def sign(self, message: bytes) -> bytes:
        """ECDSA over SHA-256 of ``message``, DER, low S, deterministic (RFC 6979)."""
        return self._key.sign(message)

    def sign_ethereum_personal(self, message: bytes) -> bytes:
        """As ``sign``, over ``ethereum_personal_digest(message)``."""
        return self._key.sign(ethereum_personal_digest(message), hasher=None)
