"""Ethereum's addresses, in the mixed case that checks itself (EIP-55)."""

from __future__ import annotations

from counterseal.crypto import secp256k1
from counterseal.crypto.hashes import keccak256


def ethereum_address(public_key: bytes) -> str:
    """``0x`` and 40 digits for a 33-byte point."""
    return checksummed(account_of(public_key))


def account_of(public_key: bytes) -> bytes:
    """20 bytes: the end of the Keccak-256 of a point's two coordinates. Tron has the same."""
    return keccak256(secp256k1.uncompress(public_key)[1:])[-20:]


def checksummed(account: bytes) -> str:
    """EIP-55: a letter is upper case where the same digit of the lower-case text's Keccak-256 is eight or more."""
    digits = account.hex()
    marks = keccak256(digits.encode()).hex()
    cased = (digit.upper() if mark >= "8" else digit for digit, mark in zip(digits, marks, strict=False))
    return f"0x{''.join(cased)}"
