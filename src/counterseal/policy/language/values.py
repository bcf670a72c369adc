"""The values that policies see, and what the operators do with them. Any misuse is an ``EvaluationFailure``.

Facts are plain Python values: str, int, bool, datetime (UTC), list, dict. ``bool`` is never an int here although Python
says so: every test is on the exact type. Three more types carry what a plain value cannot:

``HexText``   hex text that is compared without regard to case (addresses)
``Numeral``   a decimal number that arrived as text: equal to that text, and compared with integers as a number
``Unusable``  stands where a value cannot be given, with the reason; reading it fails
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

_PLAIN = frozenset((str, int, bool, datetime))
_ORDERED = frozenset((int, datetime))
_LISTS = frozenset((list, tuple))
MAX_SHOWN = 120  # characters of a value in a message
_SHOWN_BITS_MAX = 1_024
_NUMERAL_MAX = 1_000  # characters; below the digits at which ``int`` refuses


class EvaluationFailure(Exception):
    """This policy cannot be evaluated on these facts: OUTCOME_ERROR for it alone."""


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


def from_milliseconds(now_ms: int) -> datetime:
    """``time.now``: the instant that is ``now_ms`` milliseconds after the Unix epoch."""
    seconds, milliseconds = divmod(now_ms, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)


def type_name(value: object) -> str:
    """How a message names the type of a value."""
    match value:
        case bool():
            return "bool"
        case int():
            return "int"
        case str():
            return "string"
        case datetime():
            return "timestamp"
        case list() | tuple():
            return "list"
        case dict():
            return "struct"
        case Unusable():
            return value.reason
    return "nothing"


def shortened(text: str) -> str:
    """Text as messages show it: values of facts may be as long as a body."""
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


def integer(value: int) -> str:
    """An integer as messages show it: Python refuses to write out very large ones."""
    return str(value) if value.bit_length() <= _SHOWN_BITS_MAX else f"an integer of {value.bit_length()} bits"


def equal(left: Any, right: Any) -> bool:
    """``==`` on two strings, integers, truths or timestamps."""
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(left == right)
    if isinstance(left, str) and isinstance(right, str):
        if kind is HexText or type(right) is HexText:
            return _same_but_for_case(left, right)
        if isinstance(left, Numeral) and isinstance(right, Numeral):
            return left.number == right.number
        return str.__eq__(left, right)
    if isinstance(left, Numeral) and type(right) is int:
        return left.number == right
    if isinstance(right, Numeral) and kind is int:
        return bool(left == right.number)
    raise EvaluationFailure(f"cannot compare {type_name(left)} with {type_name(right)}")


def _same_but_for_case(left: str, right: str) -> bool:
    if len(left) != len(right) or not (left.isascii() and right.isascii()):
        return False
    return str.__eq__(
        left if type(left) is HexText else left.lower(), right if type(right) is HexText else right.lower()
    )


def ordered(left: Any, right: Any) -> tuple[Any, Any]:
    """Both operands of ``< <= > >=`` as values of one type: integers or timestamps."""
    left = left.number if isinstance(left, Numeral) else left
    right = right.number if isinstance(right, Numeral) else right
    if type(left) is type(right) and type(left) in _ORDERED:
        return left, right
    raise EvaluationFailure(f"cannot order {type_name(left)} and {type_name(right)}")


def member(item: Any, items: Sequence[Any]) -> bool:
    """``item in items``: compared with every one of them, so that one of another type fails."""
    found = False
    kind = item.__class__
    for candidate in items:
        same = candidate == item if kind is str and candidate.__class__ is str else equal(item, candidate)
        found = same or found
    return found


def as_list(value: Any) -> Sequence[Any]:
    """``value``, which must be a list."""
    if type(value) not in _LISTS:
        raise EvaluationFailure(f"expected a list, found {type_name(value)}")
    return value  # type: ignore[no-any-return]


def at_index(target: Any, index: Any) -> Any:
    """``target[index]``: from 0, never from the end; a map takes a string."""
    if type(target) is dict:
        if not isinstance(index, str):
            raise EvaluationFailure(f"a map takes a string as its key, found {type_name(index)}")
        if index not in target:
            raise EvaluationFailure(f"no key '{shortened(index)}'")
        return usable(target[index])
    if type(target) not in _LISTS and not isinstance(target, str):
        raise EvaluationFailure(f"expected a list, a string or a map, found {type_name(target)}")
    if type(index) is not int:
        raise EvaluationFailure(f"expected an integer as index, found {type_name(index)}")
    if not 0 <= index < len(target):
        raise EvaluationFailure(f"index {integer(index)} is outside a {type_name(target)} of length {len(target)}")
    if isinstance(target, str):
        return _part(target, index, index + 1)
    return usable(target[index])


def cut(target: Any, start: int, end: int) -> Any:
    """``target[start..end]``, end not included; fails rather than giving less than was asked for."""
    if type(target) not in _LISTS and not isinstance(target, str):
        raise EvaluationFailure(f"expected a list or a string, found {type_name(target)}")
    if not start <= end <= len(target):
        raise EvaluationFailure(f"[{start}..{end}] is outside a {type_name(target)} of length {len(target)}")
    return _part(target, start, end) if isinstance(target, str) else target[start:end]


def usable(value: Any) -> Any:
    """``value``, unless it stands for one that cannot be given."""
    if type(value) is Unusable:
        raise EvaluationFailure(value.reason)
    return value


def field(target: Any, name: str) -> Any:
    """``target.name``."""
    if type(target) is not dict:
        raise EvaluationFailure(f"MissingField: {name}: expected a struct, found {type_name(target)}")
    if name not in target:
        raise EvaluationFailure(f"MissingField: {name}")
    return usable(target[name])


def _part(text: str, start: int, end: int) -> str:
    return text.part(start, end) if isinstance(text, HexText) else text[start:end]
