"""Derivation paths, as BIP-32 writes them: ``m/44'/60'/0'/0/0``.

A path is read into its levels: one integer each, with `HARDENED` added where the text has an apostrophe.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import CryptoError

Levels: TypeAlias = tuple[int, ...]

HARDENED = 1 << 31
LEVELS_MAX = 20
TEXT_MAX = 256
"""Characters: more than so many levels of ten digits and an apostrophe take."""

_LEVEL = re.compile(r"([0-9]{1,10})(['hH]?)")


class InvalidPath(CryptoError):
    """Not a derivation path. A path is no secret; the message says which level is wrong, and how."""


def parse(text: str) -> Levels:
    """The levels of ``m``, or of ``m/`` and up to 20 numbers below 2^31 with slashes between. Raises ``InvalidPath``.

    ``'``, ``h`` and ``H`` after a number mean the same. No blanks, no signs, no empty parts.
    """
    if len(text) > TEXT_MAX:
        raise InvalidPath(f"it is {len(text)} characters long, expected at most {TEXT_MAX}")
    root, *parts = text.split("/")
    if root != "m":
        raise InvalidPath("it does not start with m")
    if len(parts) > LEVELS_MAX:
        raise InvalidPath(f"it has {len(parts)} levels, expected at most {LEVELS_MAX}")
    return tuple(_level(part, place) for place, part in enumerate(parts, start=1))


def _level(part: str, place: int) -> int:
    match = _LEVEL.fullmatch(part)
    if match is None:
        raise InvalidPath(f"level {place} is not a number with or without an apostrophe")
    number = int(match[1])
    if number >= HARDENED:
        raise InvalidPath(f"level {place} is {number}, expected at most {HARDENED - 1}")
    return number + HARDENED if match[2] else number


def text_of(levels: Levels) -> str:
    """The one spelling of ``levels`` with apostrophes and without zeros in front: `parse` reads it back."""
    parts = (f"{level - HARDENED}'" if level >= HARDENED else str(level) for level in levels)
    return "/".join(("m", *parts))


def followed(levels: Levels, curve: Curve) -> Levels:
    """The levels by which a key is derived: on Ed25519 each is hardened, whatever the text says.

    SLIP-10 has hardened levels only there; Turnkey documents default paths with others and not what it does with them.
    So ``m/44'/501'/0'/0`` and ``m/44'/501'/0'/0'`` are one key: compare accounts by what this gives.
    """
    return tuple(level | HARDENED for level in levels) if curve is Curve.ED25519 else levels
