"""Addresses of the Cosmos SDK (ADR-028, secp256k1 accounts): Bech32 of a hash, under the chain's own prefix."""

from __future__ import annotations

from counterseal.crypto import bech32
from counterseal.crypto.hashes import hash160


def cosmos_address(public_key: bytes, *, prefix: str) -> str:
    """The text for a 33-byte point, such as ``cosmos1…``."""
    return bech32.encode(prefix, hash160(public_key))
