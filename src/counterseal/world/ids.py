"""Ids as the wire shows them: UUID text, lower case. Activities are UUIDv7, all others UUIDv4 (RFC 9562 §5.4, §5.7)."""

from __future__ import annotations

from counterseal.world.random import Random


def new_id(random: Random) -> str:
    """A UUIDv4 as text."""
    value = bytearray(random.bytes(16))
    value[6] = (value[6] & 0x0F) | 0x40
    value[8] = (value[8] & 0x3F) | 0x80
    return _text(value.hex())


def activity_id(now_ms: int, random: Random) -> str:
    """A UUIDv7 as text: 48 bits of milliseconds, then randomness, so ids sort by time of creation."""
    value = bytearray(now_ms.to_bytes(6, "big") + random.bytes(10))
    value[6] = (value[6] & 0x0F) | 0x70
    value[8] = (value[8] & 0x3F) | 0x80
    return _text(value.hex())


def _text(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
