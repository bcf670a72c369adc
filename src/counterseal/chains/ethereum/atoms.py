"""The types that Solidity's interfaces and EIP-712 share: words, bytes, text, and what brackets make arrays of."""

from __future__ import annotations

import re

import msgspec

from counterseal.chains.refusal import NotUnderstood
from counterseal.contract.errors import quoted

ARRAY_DIMENSIONS_MAX = 32
"""Brackets behind one type."""

_INTEGER = re.compile(r"(u?int)(8|16|24|32|40|48|56|64|72|80|88|96|[1-9]\d\d)?")
_FIXED_BYTES = re.compile(r"bytes([1-9]|[12]\d|3[012])")
_LOOKS_ATOMIC = re.compile(r"u?int\d*|bytes\d*|address|bool|string|function")
_ARRAY = re.compile(r"([^\[\]]*)((?:\[\d*\])*)")
_LENGTH = re.compile(r"[1-9]\d{0,9}")


class Atom(msgspec.Struct, frozen=True):
    """``kind`` is uint, int (``size`` in bits), address, bool, fixed (bytesN, ``size`` in bytes), bytes or string."""

    kind: str
    size: int = 0


_PLAIN = {name: Atom(name) for name in ("address", "bool", "bytes", "string")}


def atom(name: str) -> Atom | None:
    """The atomic type of this name; ``uint`` and ``int`` have 256 bits. None for any other."""
    if name in _PLAIN:
        return _PLAIN[name]
    if match := _INTEGER.fullmatch(name):
        bits = int(match[2] or 256)
        return Atom(match[1], bits) if bits % 8 == 0 and bits <= 256 else None
    if match := _FIXED_BYTES.fullmatch(name):
        return Atom("fixed", int(match[1]))
    return None


def looks_atomic(name: str) -> bool:
    """Whether a reader could take the name of a struct for an atomic type."""
    return _LOOKS_ATOMIC.fullmatch(name) is not None


def without_brackets(name: str) -> tuple[str, list[int | None]]:
    """``T[2][]`` is ``T``, and the lengths from the left, None where any will do. Raises ``NotUnderstood``."""
    match = _ARRAY.fullmatch(name)
    if match is None:
        raise NotUnderstood(f"the type {quoted(name)} has brackets that are no array's")
    lengths = match[2][1:-1].split("][") if match[2] else []
    if len(lengths) > ARRAY_DIMENSIONS_MAX:
        raise NotUnderstood(f"the type {quoted(name)} has more than {ARRAY_DIMENSIONS_MAX} dimensions")
    for length in lengths:
        if length and not _LENGTH.fullmatch(length):
            raise NotUnderstood(f"the type {quoted(name)} has the length {quoted(length)}, expected 1 or more")
    return match[1], [int(length) if length else None for length in lengths]
