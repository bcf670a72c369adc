"""UUIDs are text inside and on the wire, and 16 bytes in a row."""

from __future__ import annotations


def to_bytes(text: str) -> bytes:
    """The 16 bytes of a UUID's text."""
    return bytes.fromhex(text.replace("-", ""))


def to_text(value: bytes) -> str:
    """The lower-case text of a UUID's 16 bytes."""
    digits = value.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def join(texts: tuple[str, ...]) -> bytes:
    """A list of UUIDs as one value."""
    return b"".join(to_bytes(text) for text in texts)


def split(value: bytes) -> tuple[str, ...]:
    """The inverse of ``join``."""
    return tuple(to_text(value[at : at + 16]) for at in range(0, len(value), 16))
