"""Stellar's addresses (SEP-23, StrKey): a version, the key, a checksum, in base 32."""

from __future__ import annotations

from base64 import b32encode
from binascii import crc_hqx

_ACCOUNT = bytes((6 << 3,))


def stellar_address(public_key: bytes) -> str:
    """``G`` and 55 characters for a 32-byte Ed25519 key."""
    payload = _ACCOUNT + public_key
    return b32encode(payload + crc_hqx(payload, 0).to_bytes(2, "little")).decode()
