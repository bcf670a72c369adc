"""What facts carry beyond plain values (str, int, bool, list, dict): texts that policies compare in a way of their own.

``HexText``   hex text that is compared without regard to case (addresses, bytes)
``Numeral``   a decimal number that arrived as text: equal to that text, and compared with integers as a number
``Unusable``  stands where a value cannot be given, with the reason; reading it fails
"""

from __future__ import annotations

import msgspec

_NUMERAL_MAX = 1_000  # characters; below the digits at which ``int`` refuses


class HexText(str):
    """Hex text in lower case; equal to any ASCII string that differs in case only.

    To Python it is the text in lower case, with its hash: so it compares with texts in lower case only. ``equal`` alone
    compares it as the language does.
    Raises ``ValueError`` for text that is not ASCII: other alphabets change their length with their case.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> HexText:
        if not text.isascii():
            raise ValueError("not ASCII")
        return super().__new__(cls, text.lower())

    def part(self, start: int, end: int) -> HexText:
        """A part of it, which is in lower case already."""
        return super().__new__(type(self), self[start:end])


class Numeral(str):
    """Decimal text that is also a ``number``; to Python it is the text.

    Raises ``ValueError`` for anything but digits, with an optional ``-``, and for more than 1,000 characters: turning
    those into a number costs more than reading them.
    """

    __slots__ = ("number",)
    number: int

    def __new__(cls, text: str) -> Numeral:
        if len(text) > _NUMERAL_MAX or not (text.isascii() and text.removeprefix("-").isdigit()):
            raise ValueError("not a decimal number")
        made = super().__new__(cls, text)
        made.number = int(text)
        return made


class Unusable(msgspec.Struct, frozen=True):
    """A field that exists but has no value here, e.g. ``FieldNotUsed: priority_fee_lamports needs version V1``."""

    reason: str
