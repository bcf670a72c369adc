"""libsecp256k1 on private keys that stay in buffers of their own: public keys, child keys, signatures.

``coincurve``'s own classes copy a private key into an immutable object and work out two public keys each time one is
made, which takes longer than to sign. So this calls the functions of its binding, which have the same names and
arguments as in libsecp256k1's headers (``secp256k1.h``, ``_recovery.h``, ``_extrakeys.h``, ``_schnorrsig.h``).
"""

from __future__ import annotations

from typing import Any

from coincurve._libsecp256k1 import ffi, lib
from coincurve.context import GLOBAL_CONTEXT

from counterseal.crypto import taproot
from counterseal.crypto.errors import CryptoError, InvalidPrivateKey

_CONTEXT = GLOBAL_CONTEXT.ctx  # randomised when it was made, against side channels
_OUT_OF_RANGE = "secp256k1 private key is not between 1 and the order of the group"


def public_key(secret: bytes | bytearray) -> bytes:
    """The 33-byte point of a 32-byte scalar. Raises ``InvalidPrivateKey``."""
    _check_size(secret)
    key = ffi.new("secp256k1_pubkey *")
    if not lib.secp256k1_ec_pubkey_create(_CONTEXT, key, ffi.from_buffer(secret)):
        raise InvalidPrivateKey(_OUT_OF_RANGE)
    point, size = ffi.new("unsigned char [33]"), ffi.new("size_t *", 33)
    lib.secp256k1_ec_pubkey_serialize(_CONTEXT, point, size, key, lib.SECP256K1_EC_COMPRESSED)
    return bytes(ffi.buffer(point))


def add(secret: bytearray, summand: bytes | memoryview) -> bool:
    """Add 32 bytes to a scalar, in place, modulo the order.

    False if the summand is not below the order or the sum is zero: then ``secret`` is of no use any more.
    """
    return bool(lib.secp256k1_ec_seckey_tweak_add(_CONTEXT, ffi.from_buffer(secret), ffi.from_buffer(summand)))


def sign(secret: bytes | bytearray, digest: bytes) -> tuple[bytes, int]:
    """ECDSA over a 32-byte digest: r ‖ s, 64 bytes, and the recovery id.

    Low S, deterministic (RFC 6979 with SHA-256, nothing mixed in, no search for short ones). Raises
    ``InvalidPrivateKey``.
    """
    _check_size(secret)
    signature = ffi.new("secp256k1_ecdsa_recoverable_signature *")
    made = lib.secp256k1_ecdsa_sign_recoverable(
        _CONTEXT, signature, digest, ffi.from_buffer(secret), ffi.NULL, ffi.NULL
    )
    if not made:
        raise InvalidPrivateKey(_OUT_OF_RANGE)
    compact, recovery_id = ffi.new("unsigned char [64]"), ffi.new("int *")
    lib.secp256k1_ecdsa_recoverable_signature_serialize_compact(_CONTEXT, compact, recovery_id, signature)
    return bytes(ffi.buffer(compact)), recovery_id[0]


def sign_schnorr(
    secret: bytes | bytearray, message: bytes, *, aux_randomness: bytes, taproot_tweaked: bool = False
) -> bytes:
    """BIP-340 over 32 bytes: R.x ‖ s, 64 bytes; with ``taproot_tweaked`` by the key of a Taproot output (BIP-341).

    ``aux_randomness`` is 32 bytes that nobody can foretell. What was made is verified before it leaves, as BIP-340
    recommends. Raises ``InvalidPrivateKey``.
    """
    _check_size(secret)
    pair = ffi.new("secp256k1_keypair *")
    try:
        if not lib.secp256k1_keypair_create(_CONTEXT, pair, ffi.from_buffer(secret)):
            raise InvalidPrivateKey(_OUT_OF_RANGE)
        if taproot_tweaked:
            lib.secp256k1_keypair_xonly_tweak_add(_CONTEXT, pair, taproot.tweak_of(_x_of(_even_public_key(pair))))
        return _schnorr_signature(pair, message, aux_randomness)
    finally:
        ffi.buffer(pair)[:] = bytes(ffi.sizeof("secp256k1_keypair"))


def _check_size(secret: bytes | bytearray) -> None:
    """Raise ``InvalidPrivateKey`` unless these are 32 bytes: libsecp256k1 reads so many, whatever it is given."""
    if len(secret) != 32:
        raise InvalidPrivateKey(f"secp256k1 private key is {len(secret)} bytes long, expected 32")


def _schnorr_signature(pair: Any, message: bytes, aux_randomness: bytes) -> bytes:
    signature = ffi.new("unsigned char [64]")
    made = lib.secp256k1_schnorrsig_sign32(_CONTEXT, signature, message, pair, aux_randomness)
    holds = lib.secp256k1_schnorrsig_verify(_CONTEXT, signature, message, len(message), _even_public_key(pair))
    if not (made and holds):
        raise CryptoError("the Schnorr signature that was made does not verify")
    return bytes(ffi.buffer(signature))


def _even_public_key(pair: Any) -> Any:
    key = ffi.new("secp256k1_xonly_pubkey *")
    lib.secp256k1_keypair_xonly_pub(_CONTEXT, key, ffi.NULL, pair)
    return key


def _x_of(key: Any) -> bytes:
    x = ffi.new("unsigned char [32]")
    lib.secp256k1_xonly_pubkey_serialize(_CONTEXT, x, key)
    return bytes(ffi.buffer(x))
