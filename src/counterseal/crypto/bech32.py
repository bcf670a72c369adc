"""Bech32 (BIP-173) and Bech32m (BIP-350): a prefix, ``1``, letters of five bits each, and a checksum of six letters.

Addresses are only ever written here, never read: whoever names an address is matched against what was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import xor

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FACTORS = [reduce(xor, (factor for bit, factor in enumerate(_GENERATOR) if top >> bit & 1), 0) for top in range(32)]
"""What is added for the five bits that have left: a PSBT has addresses by the hundred."""
_BECH32, _BECH32M = 1, 0x2BC830A3
_CHECKSUM_LETTERS = 6


def encode(prefix: str, data: bytes) -> str:
    """``data`` in Bech32, as Cosmos writes addresses."""
    return _text(prefix, _letters(data), _BECH32)


def encode_m(prefix: str, data: bytes) -> str:
    """``data`` in Bech32m, as Spark writes addresses."""
    return _text(prefix, _letters(data), _BECH32M)


def encode_witness(prefix: str, version: int, program: bytes) -> str:
    """The address of a witness program: the version is a letter of its own; Bech32 for version 0, else Bech32m."""
    return _text(prefix, [version, *_letters(program)], _BECH32M if version else _BECH32)


def _letters(data: bytes) -> list[int]:
    """The bits of ``data`` by fives, zeros at the end."""
    padding = -len(data) * 8 % 5
    bits = int.from_bytes(data) << padding
    return [bits >> shift & 31 for shift in range(len(data) * 8 + padding - 5, -1, -5)]


def _text(prefix: str, letters: list[int], constant: int) -> str:
    checksum = _polymod((*_expanded(prefix), *letters, *bytes(_CHECKSUM_LETTERS))) ^ constant
    last = [checksum >> shift & 31 for shift in range(25, -1, -5)]
    return f"{prefix}1{''.join(_ALPHABET[letter] for letter in (*letters, *last))}"


def _expanded(prefix: str) -> list[int]:
    codes = prefix.encode("ascii")
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(values: Iterable[int]) -> int:
    remainder = 1
    for value in values:
        top = remainder >> 25
        remainder = (remainder & 0x1FFFFFF) << 5 ^ value ^ _FACTORS[top]
    return remainder
