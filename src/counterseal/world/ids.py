"""Ids as the wire shows them: UUID text, lower case.

Activities and rows of resources are UUIDv7, all others UUIDv4 (RFC 9562 §5.4, §5.7).
"""

from __future__ import annotations

from counterseal.world.random import Random


def new_id(random: Random) -> str:
    """A UUIDv4 as text."""
    return _text(random.bytes(16).hex(), version="4")


def dated_id(now_ms: int, random: Random) -> str:
    """A UUIDv7 as text: 48 bits of milliseconds, then randomness, so ids sort by time of creation."""
    return _text((now_ms.to_bytes(6, "big") + random.bytes(10)).hex(), version="7")


def first_id_at(now_ms: int) -> str:
    """No UUIDv7 made at this moment or later comes before this one, and every earlier one does."""
    return _text(now_ms.to_bytes(6, "big").hex() + "0" * 20, version="7")


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
"""A hexadecimal digit with its upper two bits set to 10, as every UUID has there."""


def _text(digits: str, *, version: str) -> str:
    variant = _VARIANT[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-{version}{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
