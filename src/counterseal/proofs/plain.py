"""How values are written before they are digested: what is not there is left out, numbers are texts, lists are sorted.

``threshold`` and ``order`` alone stay numbers. Times are milliseconds since the Unix epoch; ids are as the wire has
them, UUIDs in lower case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from functools import cache
from typing import Any, ClassVar, Protocol

from counterseal.ledger.canonical import Json, canonical

_STAY_NUMBERS = frozenset({"threshold", "order"})


class Declared(Protocol):
    """A frozen dataclass whose first member is what lists of it are sorted by, mostly its id."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def members(value: Declared, *, in_order: frozenset[str] = frozenset()) -> dict[str, Json]:
    """The members of a dataclass by their names on the wire, without those that are None.

    Lists of strings are sorted, lists of dataclasses by their first member; those named ``in_order`` stay as they are.
    """
    found: dict[str, Json] = {}
    for name, shown_as in _names_of(type(value)):
        content = getattr(value, name)
        if content is not None:
            found[shown_as] = content if type(content) is str else _plain(content, name, in_order)
    return found


def canonical_pieces(value: Declared) -> Iterator[bytes]:
    """The canonical JSON of ``members(value)``, an item of a list at a time. Raises ``Malformed``."""
    present = sorted((shown_as, name) for name, shown_as in _names_of(type(value)) if getattr(value, name) is not None)
    for at, (name, attribute) in enumerate(present):
        content = getattr(value, attribute)
        yield (b"," if at else b"{") + canonical(name) + b":"
        if not isinstance(content, tuple):
            yield canonical(_plain(content, attribute, frozenset()))
            continue
        yield b"["
        for place, each in enumerate(sorted(content, key=_first)):
            yield (b"," if place else b"") + canonical(_plain(each, attribute, frozenset()))
        yield b"]"
    yield b"}"


def facts_of(value: object) -> Json:
    """What policies were shown of a transaction: every number a text, what is None left out, lists in their order."""
    if isinstance(value, Mapping):
        return {name: facts_of(each) for name, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [facts_of(each) for each in value]
    if isinstance(value, str | bool):
        return value
    return str(value)


def _plain(content: Any, name: str, in_order: frozenset[str]) -> Json:
    if isinstance(content, tuple):
        kept = content if name in in_order else sorted(content, key=_first)
        return [_plain(each, name, in_order) for each in kept]
    if isinstance(content, int) and not isinstance(content, bool) and name not in _STAY_NUMBERS:
        return str(content)
    if isinstance(content, str | bool | int):
        return content
    return members(content, in_order=in_order)


def _first(value: Any) -> str:
    """What a list is sorted by."""
    if isinstance(value, str):
        return value
    declared: type[Declared] = type(value)
    return str(getattr(value, _names_of(declared)[0][0]))


@cache
def _names_of(declared: type[Declared]) -> tuple[tuple[str, str], ...]:
    """The members of a class, each with its name on the wire."""
    return tuple((each.name, _camel(each.name)) for each in fields(declared))


def _camel(name: str) -> str:
    first, *more = name.split("_")
    return first + "".join(each.capitalize() for each in more)
