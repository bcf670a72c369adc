"""Ed25519 (RFC 8032 §5.1, PureEdDSA) on libsodium: public keys, verification, private keys."""

from __future__ import annotations

from typing import Self

from nacl import bindings as sodium
from nacl.exceptions import BadSignatureError
from nacl.utils import random

from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import InvalidPrivateKey, InvalidPublicKey, InvalidSignatureEncoding
from counterseal.crypto.private_key import PrivateKey

PUBLIC_KEY_SIZE, SEED_SIZE, SIGNATURE_SIZE = 32, 32, 64


def check_public_key(public_key: bytes) -> None:
    """Raise ``InvalidPublicKey`` unless these are 32 bytes, the canonical form of a point of the prime-order group."""
    _check_size(public_key)
    if not sodium.crypto_core_ed25519_is_valid_point(public_key):
        raise InvalidPublicKey("Ed25519 public key is not a point of the prime-order group in canonical form")


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (64 bytes) is one over ``message``.

    Raises ``InvalidPublicKey`` or ``InvalidSignatureEncoding`` for wrong lengths. As libsodium has it, keys and R of
    small order and S outside its range do not verify.
    """
    # libsodium's binding reads 32 bytes whatever it is given: the length must be checked before the call.
    _check_size(public_key)
    if len(signature) != SIGNATURE_SIZE:
        raise InvalidSignatureEncoding(f"Ed25519 signature is {len(signature)} bytes long, expected {SIGNATURE_SIZE}")
    try:
        sodium.crypto_sign_open(signature + message, public_key)
    except BadSignatureError:
        return False
    return True


def _check_size(public_key: bytes) -> None:
    if len(public_key) != PUBLIC_KEY_SIZE:
        raise InvalidPublicKey(f"Ed25519 public key is {len(public_key)} bytes long, expected {PUBLIC_KEY_SIZE}")


class Ed25519PrivateKey(PrivateKey):
    """An Ed25519 seed and its public key."""

    __slots__ = ("_seed_and_public_key",)

    curve = Curve.ED25519

    def __init__(self, seed: bytes) -> None:
        public_key, self._seed_and_public_key = sodium.crypto_sign_seed_keypair(seed)
        super().__init__(secret=seed, public_key=public_key)

    @classmethod
    def generate(cls) -> Self:
        """A fresh key from the operating system's generator."""
        return cls(random(SEED_SIZE))

    @classmethod
    def from_secret(cls, secret: bytes) -> Self:
        """The key of a 32-byte seed. Raises ``InvalidPrivateKey``."""
        if len(secret) != SEED_SIZE:
            raise InvalidPrivateKey(f"Ed25519 seed is {len(secret)} bytes long, expected {SEED_SIZE}")
        return cls(secret)

    def sign(self, message: bytes) -> bytes:
        """64 bytes over ``message`` itself, deterministic."""
        return sodium.crypto_sign(message, self._seed_and_public_key)[:SIGNATURE_SIZE]
