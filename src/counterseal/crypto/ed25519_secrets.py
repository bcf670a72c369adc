"""libsodium on Ed25519 seeds that stay in buffers of their own: public keys and signatures (RFC 8032).

``pynacl``'s own functions return the 64 bytes that libsodium signs with as an immutable object, and leave a copy in
memory that they free. So this calls the functions of its binding, which are libsodium's own (``crypto_sign.h``,
``crypto_sign_ed25519.h``).
"""

from __future__ import annotations

from nacl._sodium import ffi, lib  # type: ignore[import-not-found]

from counterseal.crypto.ed25519 import PUBLIC_KEY_SIZE, SEED_SIZE, SIGNATURE_SIZE
from counterseal.crypto.errors import InvalidPrivateKey
from counterseal.crypto.wiping import wipe


def public_key(seed: bytes | bytearray) -> bytes:
    """The 32 public bytes of 32 private ones. Raises ``InvalidPrivateKey``."""
    key, pair = _pair_of(seed)
    wipe(pair)
    return key


def sign(seed: bytes | bytearray, message: bytes) -> bytes:
    """64 bytes over ``message`` itself, deterministic. Raises ``InvalidPrivateKey``."""
    pair = _pair_of(seed)[1]
    signed, size = bytearray(SIGNATURE_SIZE + len(message)), ffi.new("unsigned long long *")
    lib.crypto_sign(ffi.from_buffer(signed), size, message, len(message), ffi.from_buffer(pair))
    wipe(pair)
    return bytes(signed[:SIGNATURE_SIZE])


def _pair_of(seed: bytes | bytearray) -> tuple[bytes, bytearray]:
    """The public key, and the seed with the public key behind it."""
    if len(seed) != SEED_SIZE:
        raise InvalidPrivateKey(f"Ed25519 seed is {len(seed)} bytes long, expected {SEED_SIZE}")
    key, pair = bytearray(PUBLIC_KEY_SIZE), bytearray(SEED_SIZE + PUBLIC_KEY_SIZE)
    lib.crypto_sign_seed_keypair(ffi.from_buffer(key), ffi.from_buffer(pair), ffi.from_buffer(seed))
    return bytes(key), pair
