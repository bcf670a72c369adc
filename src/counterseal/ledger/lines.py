"""What the lines of C2SP's texts are made of: decimal numbers, base64, and hashes in base64; each in one spelling."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64

from counterseal.ledger.errors import Malformed
from counterseal.ledger.hashing import HASH_SIZE, check_size

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")


def base64_of(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648, section 4)."""
    return b2a_base64(data, newline=False).decode()


def bytes_of(text: str, what: str) -> bytes:
    """The bytes of standard base64. Raises ``Malformed``, also for bits behind the last byte."""
    try:
        data = a2b_base64(text.encode("ascii"), strict_mode=True)
    except ValueError:
        raise Malformed(f"{what} is not base64") from None
    if base64_of(data) != text:
        raise Malformed(f"{what} is base64 with needless bits")
    return data


def hash_of(text: str, what: str) -> bytes:
    """32 bytes. Raises ``Malformed``."""
    found = bytes_of(text, what)
    if len(found) != HASH_SIZE:
        raise Malformed(f"{what} has {len(found)} bytes, expected {HASH_SIZE}")
    return found


def number_of(text: str, what: str) -> int:
    """A number of entries, without leading zeros. Raises ``Malformed``."""
    if _DECIMAL.fullmatch(text) is None:
        raise Malformed(f"{what} is not a decimal number without leading zeros, of at most 19 digits")
    return check_size(int(text))


def text_of(data: bytes, what: str, *, bytes_max: int) -> str:
    """UTF-8 without control characters but newlines, which ends in one. Raises ``Malformed``."""
    if len(data) > bytes_max:
        raise Malformed(f"{what} has {len(data)} bytes, expected at most {bytes_max}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(f"{what} is not UTF-8") from None
    if not text.endswith("\n"):
        raise Malformed(f"{what} does not end in a newline")
    if _CONTROL.search(text):
        raise Malformed(f"{what} has a control character other than newline")
    return text
