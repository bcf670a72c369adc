"""Hexadecimal digits in either case, as public keys and signatures travel in."""

from __future__ import annotations

from binascii import unhexlify

from counterseal.crypto.errors import InvalidEncoding


def decode(text: str, *, bytes_max: int) -> bytes:
    """The bytes of ``text``, which may be so many: it is not looked at if it is longer. Raises ``InvalidEncoding``."""
    if len(text) > 2 * bytes_max:
        raise InvalidEncoding(f"{len(text)} characters long, expected at most {2 * bytes_max} hexadecimal ones")
    try:
        return unhexlify(text)
    except ValueError:
        raise InvalidEncoding("not an even number of hexadecimal characters") from None
