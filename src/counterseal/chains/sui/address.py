"""Sui's addresses (Sui docs, keys and addresses): a hash of the signature scheme's flag and the key."""

from __future__ import annotations

from hashlib import blake2b

_ED25519 = b"\x00"


def sui_address(public_key: bytes) -> str:
    """``0x`` and 64 digits for a 32-byte Ed25519 key."""
    return f"0x{blake2b(_ED25519 + public_key, digest_size=32).hexdigest()}"
