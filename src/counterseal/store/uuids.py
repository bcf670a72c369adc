"""UUIDs are text inside and on the wire, and 16 bytes in a row."""

from __future__ import annotations

NOBODY = bytes(16)
"""In a column that is part of a key and has no UUID: it sorts before all."""


def to_bytes(text: str) -> bytes:
    """The 16 bytes of a UUID's text."""
    return bytes.fromhex(text.replace("-", ""))


def to_text(value: bytes) -> str:
    """The lower-case text of a UUID's 16 bytes."""
    digits = value.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
