"""Values as borsh writes them, read by their types.

What has another spelling is not understood: a truth that is neither 0 nor 1, text that is no UTF-8, NaN.
Source: borsh specification (borsh.io).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from math import isnan
from typing import Any

from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.solana.idl_types import (
    TYPE_NESTING_MAX,
    Choice,
    Defined,
    Option,
    Plain,
    Record,
    Series,
    Type,
)
from counterseal.chains.solana.wire import KEY_SIZE, WireReader
from counterseal.chains.values import Unusable
from counterseal.crypto import base58

ITEMS_MAX = 10_000
"""Values of one instruction. One that is not empty takes a byte, and there are at most 4,096."""

_NOTHING = Unusable("the option is empty")


def decode(record: Record, data: bytes, *, at: int, definition: Callable[[str], Type]) -> dict[str, Any]:
    """The values in ``data`` from ``at`` on, to its last byte, by their names; an option that is empty is left out.

    Integers, truths and texts are themselves, keys are base58, bytes hexadecimal without 0x, numbers with a fraction
    decimal texts; arrays are lists, structs maps, or lists where their fields have no names; a variant without values
    is its name, another a map of the name to its values.
    Raises ``NotUnderstood``, which says at which byte.
    """
    values = _Values(data, at, definition)
    found: dict[str, Any] = values.read(record, 0)
    values.reader.finish()
    return found


class _Values:
    __slots__ = ("_definition", "_items", "reader")

    def __init__(self, data: bytes, at: int, definition: Callable[[str], Type]) -> None:
        self.reader = WireReader(data, at=at)
        self._definition = definition
        self._items = ITEMS_MAX

    def read(self, type_: Type, nesting: int) -> Any:
        """The value of this type that comes next."""
        self._items -= 1
        if self._items < 0 or nesting > TYPE_NESTING_MAX:
            raise NotUnderstood(
                f"more than {ITEMS_MAX} values, or {TYPE_NESTING_MAX} inside each other, before byte {self.reader.at}"
            )
        match type_:
            case Plain(name):
                return self._plain(name)
            case Option(item):
                return self.read(item, nesting + 1) if self._truth() else _NOTHING
            case Series(item, length):
                count = self._number(4) if length is None else length
                return [self.read(item, nesting + 1) for _ in range(count)]
            case Record():
                return self._record(type_, nesting)
            case Choice(variants):
                return self._variant(variants, nesting)
            case Defined(name):
                return self.read(self._definition(name), nesting + 1)

    def _record(self, record: Record, nesting: int) -> dict[str, Any] | list[Any]:
        values = [self.read(item, nesting + 1) for item in record.items]
        if record.names is None:
            return values
        return {name: value for name, value in zip(record.names, values, strict=True) if value is not _NOTHING}

    def _variant(self, variants: tuple[tuple[str, Record | None], ...], nesting: int) -> Any:
        start, number = self.reader.at, self._number(1)
        if number >= len(variants):
            raise NotUnderstood(f"variant {number} at byte {start}, expected one of 0 to {len(variants) - 1}")
        name, record = variants[number]
        return name if record is None else {name: self._record(record, nesting + 1)}

    def _plain(self, name: str) -> Any:
        match name:
            case "bool":
                return self._truth()
            case "publicKey":
                return base58.encode(self.reader.part(KEY_SIZE, "a key"))
            case "string":
                return self._text()
            case "bytes":
                return self.reader.part(self._number(4), "bytes").hex()
            case "f32" | "f64":
                return self._fraction(int(name[1:]) // 8)
        return self._number(int(name[1:]) // 8, signed=name[0] == "i")

    def _number(self, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(self.reader.part(size, "a number"), "little", signed=signed)

    def _truth(self) -> bool:
        start, number = self.reader.at, self._number(1)
        if number > 1:
            raise NotUnderstood(f"{number} at byte {start}, expected 0 or 1")
        return number == 1

    def _text(self) -> str:
        start, content = self.reader.at, self.reader.part(self._number(4), "text")
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise NotUnderstood(f"text at byte {start} that is no UTF-8") from None

    def _fraction(self, size: int) -> str:
        start = self.reader.at
        value: float = struct.unpack("<f" if size == 4 else "<d", self.reader.part(size, "a number"))[0]
        if isnan(value):
            raise NotUnderstood(f"the number at byte {start} is none (NaN)")
        return repr(value)
