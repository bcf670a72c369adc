"""Protocol Buffers in their one shortest spelling, read by a table of fields.

Nodes write a transaction anew before they hash it, so that another spelling would be signed for nothing: fields come in
the order of their numbers, those of a default value are left out, and numbers have no more bytes than they need. What
no table names is refused: it could mean something.
Source: Protocol Buffers documentation, "Encoding"; java-tron, ``TransactionCapsule``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

import msgspec

from counterseal.chains.refusal import NotUnderstood

_VARINT, _LENGTH = 0, 2  # wire types
_MORE = 0x80
_VARINT_BYTES = 9  # 63 bits: what is longer is negative or no number


class Kind(Enum):
    """What a field holds. Numbers are those from 0 on: no field of a transaction may be negative."""

    INT32 = auto()
    INT64 = auto()
    BOOL = auto()
    CHOICE = auto()
    """A number that stands for one of ``choices``: the answer is that text."""

    BYTES = auto()
    ADDRESS = auto()
    """The 21 bytes of an address of Tron's own network. It must be there."""

    TEXT = auto()
    PART = auto()
    """Bytes that are read later: the answer is where they are, as a pair of the first and the one behind."""

    MESSAGE = auto()
    MESSAGES = auto()
    """Any number of messages up to ``most``, one field each."""


class Shape(msgspec.Struct, frozen=True):
    """A message's name, as refusals say it, and its fields by their numbers."""

    name: str
    fields: Mapping[int, Field]


_NO_MESSAGE = Shape("", {})


class Field(msgspec.Struct, frozen=True):
    """A field's name and what it holds. ``shape`` is that of its message; ``size`` is how many bytes it must have."""

    name: str
    kind: Kind
    shape: Shape = _NO_MESSAGE
    most: int = 1
    size: int | None = None
    choices: tuple[str, ...] = ()


_NETWORK = 0x41
_ADDRESS_BYTES = 21
_LARGEST = {Kind.INT32: 2**31 - 1, Kind.INT64: 2**63 - 1, Kind.BOOL: 1, Kind.CHOICE: 2**31 - 1}
_DEFAULTS: Mapping[Kind, Any] = {Kind.INT32: 0, Kind.INT64: 0, Kind.BOOL: False, Kind.BYTES: b"", Kind.TEXT: ""}


def read_message(raw: bytes, *, start: int, end: int, shape: Shape) -> dict[str, Any]:
    """The fields of the message that ``raw[start:end]`` is, by their names; what is absent has its default.

    An absent part or message is None; of messages there is a list. Raises ``NotUnderstood``.
    """
    found = {field.name: _absent(field) for field in shape.fields.values()}
    at, last = start, 0
    while at < end:
        tag_at = at
        tag, at = _varint(raw, at, end)
        number, field = tag >> 3, shape.fields.get(tag >> 3)
        if field is None:
            raise NotUnderstood(f"field {number} of {shape.name} at byte {tag_at} is not known here")
        where = f"{field.name} of {shape.name} at byte {tag_at}"
        if tag & 7 != (_VARINT if field.kind in _LARGEST else _LENGTH):
            raise NotUnderstood(f"{where} has another wire type than its own")
        if number < last or (number == last and field.kind is not Kind.MESSAGES):
            raise NotUnderstood(f"{where} is there twice or out of order")
        last = number
        value, at = _value(raw, at, end, field, where)
        if field.kind is not Kind.MESSAGES:
            found[field.name] = value
        elif len(found[field.name]) < field.most:
            found[field.name].append(value)
        else:
            raise NotUnderstood(f"{where} is one too many, expected at most {field.most}")
    missing = [each.name for each in shape.fields.values() if each.kind is Kind.ADDRESS and not found[each.name]]
    if missing:
        raise NotUnderstood(f"{missing[0]} of {shape.name}, which ends before byte {end}, is missing")
    return found


def _absent(field: Field) -> Any:
    if field.kind is Kind.MESSAGES:
        return []
    return field.choices[0] if field.kind is Kind.CHOICE else _DEFAULTS.get(field.kind)


def _value(raw: bytes, at: int, end: int, field: Field, where: str) -> tuple[Any, int]:
    number, at = _varint(raw, at, end)
    if not number and field.kind not in (Kind.MESSAGE, Kind.MESSAGES):
        raise NotUnderstood(f"{where} is its default, expected it to be left out")
    if field.kind in _LARGEST:
        return _number(number, field, where), at
    stop = at + number
    if stop > end:
        raise NotUnderstood(f"{where} has {number} bytes, expected at most the {end - at} that follow")
    if field.size is not None and number != field.size:
        raise NotUnderstood(f"{where} has {number} bytes, expected {field.size}")
    match field.kind:
        case Kind.PART:
            return (at, stop), stop
        case Kind.BYTES:
            return raw[at:stop], stop
        case Kind.ADDRESS:
            return _address(raw[at:stop], where), stop
        case Kind.TEXT:
            return _text(raw[at:stop], where), stop
        case _:
            return read_message(raw, start=at, end=stop, shape=field.shape), stop


def _number(number: int, field: Field, where: str) -> Any:
    if number > _LARGEST[field.kind]:
        raise NotUnderstood(f"{where} is {number}, expected at most {_LARGEST[field.kind]}")
    if field.kind is Kind.CHOICE:
        if number >= len(field.choices):
            names = ", ".join(f"{at} ({name})" for at, name in enumerate(field.choices))
            raise NotUnderstood(f"{where} is {number}, expected one of {names}")
        return field.choices[number]
    return True if field.kind is Kind.BOOL else number


def _address(content: bytes, where: str) -> bytes:
    if len(content) != _ADDRESS_BYTES or content[0] != _NETWORK:
        found = f"{len(content)} bytes that begin with 0x{content[0]:02x}"
        raise NotUnderstood(f"{where} is {found}, expected {_ADDRESS_BYTES} that begin with 0x{_NETWORK:02x}")
    return content


def _text(content: bytes, where: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise NotUnderstood(f"{where} is not UTF-8") from None


def _varint(raw: bytes, at: int, end: int) -> tuple[int, int]:
    """The number that begins at ``at``, and where it ends."""
    number, start = 0, at
    for shift in range(0, 7 * _VARINT_BYTES, 7):
        if at >= end:
            raise NotUnderstood(f"a number at byte {start} goes on behind byte {end - 1}")
        byte = raw[at]
        at += 1
        number |= (byte & ~_MORE) << shift
        if byte < _MORE:
            if not byte and shift:
                raise NotUnderstood(f"a number at byte {start} has more bytes than it needs")
            return number, at
    raise NotUnderstood(f"a number at byte {start} has more than 63 bits, or is negative")
