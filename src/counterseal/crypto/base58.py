"""Base 58 without a checksum, in Bitcoin's alphabet, as Solana writes public keys."""

from __future__ import annotations

from gmpy2 import digits  # type: ignore[import-untyped]

from counterseal.crypto.errors import InvalidEncoding

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_FROM_GMP = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv", ALPHABET)
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """The text of ``data``: a ``1`` for each zero byte in front, then the rest as one number."""
    significant = data.lstrip(b"\x00")
    text: str = digits(int.from_bytes(significant), 58) if significant else ""
    return "1" * (len(data) - len(significant)) + text.translate(_FROM_GMP)


def decode(text: str) -> bytes:
    """Undo `encode`, in time that is the square of the text's length. Raises ``InvalidEncoding``."""
    number = 0
    try:
        for letter in text:
            number = number * 58 + _VALUES[letter]
    except KeyError:
        raise InvalidEncoding("base58 text has a character outside the Bitcoin alphabet") from None
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8)
