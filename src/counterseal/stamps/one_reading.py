"""Signed or security-relevant JSON must have one reading. msgspec, which is quick, takes the last of two members of one
name without a word; nothing that a client sends has any twice.
"""

from __future__ import annotations

from counterseal.contract import read_json


def check_one_reading(raw: bytes, *, texts: int) -> None:
    """Raise NotStrictJson if ``raw``, an object in which so many members with text were found, has two readings.

    Each of them has four quotation marks. Where there are no more there are no more members, so none comes twice, and
    nothing is escaped: that is so for every stamp of an official client. Anything else is read again, strictly.
    """
    if raw.count(b'"') != 4 * texts:
        read_json(raw)
