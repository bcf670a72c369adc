"""The XRP Ledger's addresses: Bitcoin's in another alphabet (XRPL docs, address encodings)."""

from __future__ import annotations

from counterseal.crypto import base58check
from counterseal.crypto.base58 import ALPHABET
from counterseal.crypto.hashes import hash160

_ALPHABET = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_FROM_BITCOIN = str.maketrans(ALPHABET, _ALPHABET)
_ACCOUNT = b"\x00"


def xrp_address(public_key: bytes) -> str:
    """The classic address, ``r…``, of the account whose master key is a 33-byte point."""
    return base58check.encode(_ACCOUNT + hash160(public_key)).translate(_FROM_BITCOIN)
