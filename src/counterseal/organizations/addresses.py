"""How addresses of chains are looked for."""

from __future__ import annotations

import re

_HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]+")


def form_of_address(text: str) -> bytes:
    """What is compared: of 0x and hex digits, which may be spelt in any case, the lower case; any other text itself.

    Whoever looks an address up decides whether another spelling is meant.
    """
    return (text.lower() if _HEXADECIMAL.fullmatch(text) else text).encode()
