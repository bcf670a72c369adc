"""Keys of Taproot outputs that have no scripts (BIP-341, BIP-86)."""

from __future__ import annotations

import coincurve

from counterseal.crypto.hashes import tagged_hash


def tweak_of(x: bytes) -> bytes:
    """The 32 bytes that are added to an internal key, given its x-coordinate."""
    return tagged_hash("TapTweak", x)


def output_key(public_key: bytes) -> bytes:
    """The x-coordinate, 32 bytes, of the output key for a 33-byte secp256k1 point: x(lift_x(P) + tweak·G)."""
    x = public_key[1:]
    key = coincurve.PublicKeyXOnly(x)
    key.tweak_add(tweak_of(x))
    return key.format()
