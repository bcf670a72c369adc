"""Aptos' addresses (AIP-40): the authentication key that a new account of one key has."""

from __future__ import annotations

from hashlib import sha3_256

_ED25519 = b"\x00"


def aptos_address(public_key: bytes) -> str:
    """``0x`` and 64 digits, zeros in front kept, for a 32-byte Ed25519 key."""
    return f"0x{sha3_256(public_key + _ED25519).hexdigest()}"
