"""Tron's addresses: Ethereum's twenty bytes behind 0x41, in base58check."""

from __future__ import annotations

from counterseal.chains.ethereum.address import account_of
from counterseal.crypto import base58check

PREFIX = b"\x41"


def tron_address(public_key: bytes) -> str:
    """``T`` and 33 characters for a 33-byte point."""
    return base58check.encode(PREFIX + account_of(public_key))
