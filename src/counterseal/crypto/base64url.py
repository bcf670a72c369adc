"""Base64url without padding (RFC 4648 §5), as stamps, passkeys and tokens carry bytes.

Read leniently: padding and the standard alphabet are accepted too, because clients differ.
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64

from counterseal.crypto.errors import InvalidEncoding

TEXT_MAX = 32 * 1024
"""Characters. The longest that is ever expected, an attestation object, has a few thousand; callers allow less."""

_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def encode(data: bytes) -> str:
    """The text of ``data``, without padding."""
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL_SAFE).decode()


def decode(text: str) -> bytes:
    """The bytes of ``text``. Raises ``InvalidEncoding``."""
    if len(text) > TEXT_MAX:
        raise InvalidEncoding(f"base64url is {len(text)} characters long, expected at most {TEXT_MAX}")
    try:
        digits = text.encode("ascii").translate(_TO_STANDARD)
        return a2b_base64(digits + b"=" * (-len(digits) % 4), strict_mode=True)
    except ValueError:
        raise InvalidEncoding("not base64url") from None
