"""Dogecoin's addresses: Bitcoin's oldest kind under other version bytes (Dogecoin Core, ``chainparams.cpp``)."""

from __future__ import annotations

from counterseal.crypto import base58check
from counterseal.crypto.hashes import hash160

MAINNET, TESTNET = b"\x1e", b"\x71"


def dogecoin_address(public_key: bytes, *, network: bytes) -> str:
    """The text for a 33-byte point: ``D…``, or ``n…`` on the test network."""
    return base58check.encode(network + hash160(public_key))
