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


class EvaluationFailure(Exception):
    """This policy cannot be evaluated on these facts: OUTCOME_ERROR for it alone."""


class BudgetExhausted(Exception):
    """The request has used up its node budget; no policy of it may allow anything."""


class HexText(str):
    """Hex text in lower case; equal to any string that differs in case only."""

    __slots__ = ()

    def __new__(cls, text: str) -> HexText:
        return super().__new__(cls, text.lower())


class Numeral(str):
    """Decimal text that is also a number. Raises ``ValueError`` for anything but digits, with an optional ``-``."""

    __slots__ = ()

    def __new__(cls, text: str) -> Numeral:
        if not (text.isascii() and text.removeprefix("-").isdigit()):
            raise ValueError("not a decimal number")
        return super().__new__(cls, text)


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


def equal(left: Any, right: Any) -> bool:
    """``==`` on two strings, integers, truths or timestamps."""
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return bool(left == right)
    if isinstance(left, str) and isinstance(right, str):
        if isinstance(left, HexText) or isinstance(right, HexText):
            return left.lower() == right.lower()
        if isinstance(left, Numeral) and isinstance(right, Numeral):
            return int(left) == int(right)
        return str(left) == str(right)
    if isinstance(left, Numeral) and type(right) is int:
        return int(left) == right
    if isinstance(right, Numeral) and kind is int:
        return bool(left == int(right))
    raise EvaluationFailure(f"cannot compare {type_name(left)} with {type_name(right)}")


def ordered(left: Any, right: Any) -> tuple[Any, Any]:
    """Both operands of ``< <= > >=`` as values of one type: integers or timestamps."""
    left = int(left) if isinstance(left, Numeral) else left
    right = int(right) if isinstance(right, Numeral) else right
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
            raise EvaluationFailure(f"no key '{index}'")
        return usable(target[index])
    if type(target) not in _LISTS and not isinstance(target, str):
        raise EvaluationFailure(f"expected a list, a string or a map, found {type_name(target)}")
    if type(index) is not int:
        raise EvaluationFailure(f"expected an integer as index, found {type_name(index)}")
    if not 0 <= index < len(target):
        raise EvaluationFailure(f"index {index} is outside a {type_name(target)} of length {len(target)}")
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
    part = str(text)[start:end]
    return HexText(part) if isinstance(text, HexText) else part
