"""Base 58 without a checksum, in Bitcoin's alphabet, as Solana writes public keys."""

from __future__ import annotations

from gmpy2 import digits  # type: ignore[import-untyped]

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_FROM_GMP = str.maketrans("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv", ALPHABET)


def encode(data: bytes) -> str:
    """The text of ``data``: a ``1`` for each zero byte in front, then the rest as one number."""
    significant = data.lstrip(b"\x00")
    text: str = digits(int.from_bytes(significant), 58) if significant else ""
    return "1" * (len(data) - len(significant)) + text.translate(_FROM_GMP)
