"""Solana's addresses: the public key itself."""

from __future__ import annotations

from counterseal.crypto import base58


def solana_address(public_key: bytes) -> str:
    """32 to 44 characters for a 32-byte key."""
    return base58.encode(public_key)
