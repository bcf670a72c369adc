"""Integers and bytes in JSON that clients write: a number, decimal digits, or hexadecimal ones after 0x."""

from __future__ import annotations

import re
from binascii import unhexlify
from typing import Any

from counterseal.chains.refusal import NotUnderstood
from counterseal.contract.errors import quoted

_DECIMAL = re.compile(r"-?[0-9]{1,79}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,64}")
_WORD_MODULUS = 2**256


def integer(value: Any, *, bits: int, signed: bool = False) -> int:
    """An integer of ``bits`` bits. Raises ``NotUnderstood``."""
    if type(value) is str and _DECIMAL.fullmatch(value):
        value = int(value)
    elif type(value) is str and _HEXADECIMAL.fullmatch(value):
        value = int(value, 16)
    elif type(value) is not int:
        raise NotUnderstood(f"{shown(value)}, expected an integer as number, decimal digits or 0x and hexadecimal ones")
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    if not low <= value < high:
        raise NotUnderstood(f"{value}, expected an integer from {low} to {high - 1}")
    return int(value)


def word(value: int) -> bytes:
    """An integer as 32 bytes, negative ones as two's complement."""
    return (value % _WORD_MODULUS).to_bytes(32)


def hex_bytes(value: Any, *, size: int | None = None) -> bytes:
    """Bytes in hexadecimal digits after 0x, ``size`` of them or any number. Raises ``NotUnderstood``."""
    expected = f"0x and {'an even number of' if size is None else 2 * size} hexadecimal digits"
    if type(value) is not str or not value.startswith("0x"):
        raise NotUnderstood(f"{shown(value)}, expected {expected}")
    try:
        found = unhexlify(value[2:])
    except ValueError:
        raise NotUnderstood(f"{shown(value)}, expected {expected}") from None
    if size is not None and len(found) != size:
        raise NotUnderstood(f"{len(found)} bytes, expected {size}")
    return found


def shown(value: Any) -> str:
    """What was found, as a message may say it."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int():
            return f"the number {value}"
        case str():
            return quoted(value)
        case list():
            return "an array"
    return "an object"
