"""The types of an Anchor IDL, in its old spelling and its new one, as borsh lays them out.

Source: Anchor, ``idl/spec`` (0.30 and later) and the IDL of 0.29 and earlier; Turnkey docs, Solana IDLs (types).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from typing import Any, TypeAlias

import msgspec

from counterseal.chains.interface_text import Steps
from counterseal.chains.refusal import NotUnderstood
from counterseal.contract.errors import quoted

TYPE_NESTING_MAX = 32
"""Types inside each other, be they written so or reached by their names."""

ARRAY_LENGTH_MAX = 10_000

_PLAIN = frozenset({"bool", "string", "bytes", "publicKey", "f32", "f64"}) | frozenset(
    f"{sign}{bits}" for sign in "iu" for bits in (8, 16, 32, 64, 128, 256)
)
_NEWER_NAMES = {"pubkey": "publicKey"}


class Plain(msgspec.Struct, frozen=True):
    """A type that has a name of its own, such as ``u64``, ``publicKey``, ``string``."""

    name: str


class Option(msgspec.Struct, frozen=True):
    """A value that may be absent."""

    item: Type


class Series(msgspec.Struct, frozen=True):
    """Values of one type; ``length`` is None where the data say it."""

    item: Type
    length: int | None


class Defined(msgspec.Struct, frozen=True):
    """The type that ``types`` has under a name."""

    name: str


class Record(msgspec.Struct, frozen=True):
    """Values beside each other, by names; or by position, without ``names``."""

    names: tuple[str, ...] | None
    items: tuple[Type, ...]


class Choice(msgspec.Struct, frozen=True):
    """One of several variants, by their numbers; None has no values."""

    variants: tuple[tuple[str, Record | None], ...]


Type: TypeAlias = "Plain | Option | Series | Defined | Record | Choice"


def type_of(written: Any, nesting: int = 0) -> Type:
    """A type as it stands beside a name: ``"u64"``, ``{"vec": …}``, ``{"defined": …}``. Raises ``NotUnderstood``."""
    if nesting > TYPE_NESTING_MAX:
        raise NotUnderstood(f"more than {TYPE_NESTING_MAX} types inside each other")
    if isinstance(written, str):
        name = _NEWER_NAMES.get(written, written)
        if name not in _PLAIN:
            raise NotUnderstood(f"{quoted(written)} is no type that can be decoded")
        return Plain(name)
    if not isinstance(written, dict) or len(written) != 1:
        raise NotUnderstood("expected a type: a name, or an object with one member")
    [(kind, inner)] = written.items()
    match kind:
        case "option":
            return Option(type_of(inner, nesting + 1))
        case "vec":
            return Series(type_of(inner, nesting + 1), None)
        case "array":
            return _array(inner, nesting)
        case "defined":
            return Defined(_name_of(inner))
    raise NotUnderstood(f"{quoted(kind)} is no type that can be decoded")


def definition_of(entry: Any) -> Type:
    """What an entry of ``types`` defines: a struct, an enum, or another name for a type. Raises ``NotUnderstood``."""
    written = entry.get("type")
    if entry.get("generics") or not isinstance(written, dict):
        raise NotUnderstood("expected a type without generics, as an object")
    if entry.get("serialization", "borsh") != "borsh":
        raise NotUnderstood("expected a type that borsh serializes")
    match written.get("kind"):
        case "struct":
            return _record(written.get("fields"))
        case "enum":
            return _choice(written.get("variants"))
        case "type":
            return type_of(written.get("alias"))
        case "alias":
            return type_of(written.get("value"))
    raise NotUnderstood("expected the kind struct, enum, type or alias")


def fields_of(written: Any) -> Record:
    """Fields or arguments with their names. Raises ``NotUnderstood``."""
    if not isinstance(written, list):
        raise NotUnderstood("expected an array of names and types")
    names: dict[str, Type] = {}
    for each in written:
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name:
            raise NotUnderstood("expected a name and a type")
        if name in names:
            raise NotUnderstood(f"two values {quoted(name)}")
        try:
            names[name] = type_of(each.get("type"))
        except NotUnderstood as fault:
            raise NotUnderstood(f"{quoted(name)}: {fault}") from None
    return Record(tuple(names), tuple(names.values()))


def check_reached(types: Iterable[Type], definition: Callable[[str], Type], *, known: set[str]) -> Steps[None]:
    """Look at whatever types reach by names, each of which is a step. ``definition`` gives what a name stands for, or
    raises ``NotUnderstood``.

    Names in ``known`` have been looked at before; those in order are added. Raises ``NotUnderstood`` for a type
    that has itself in it, too, other than in a vec or an option: no value of it has an end.
    """
    holders: dict[str, set[str]] = {}
    wanted = [name for each in types for name, _ in _names_in(each)]
    while wanted:
        name = wanted.pop()
        if name not in holders and name not in known:
            found = list(_names_in(definition(name)))
            holders[name] = {inner for inner, is_held in found if is_held}
            wanted += dict.fromkeys(inner for inner, _ in found)
            yield
    try:
        TopologicalSorter(holders).prepare()
    except CycleError as cycle:
        name = cycle.args[1][0]
        raise NotUnderstood(f"{quoted(name)} has itself in it, expected that in a vec or an option only") from None
    known.update(holders)


def _names_in(type_: Type) -> Iterator[tuple[str, bool]]:
    """Names, and whether each value has one of that type in it."""
    match type_:
        case Option(item) | Series(item, None):
            yield from ((name, False) for name, _ in _names_in(item))
        case Series(item):
            yield from _names_in(item)
        case Record(items=items):
            for item in items:
                yield from _names_in(item)
        case Choice(variants):
            for _, record in variants:
                if record is not None:
                    yield from _names_in(record)
        case Defined(name):
            yield name, True


def _array(written: Any, nesting: int) -> Series:
    if not isinstance(written, list) or len(written) != 2 or type(written[1]) is not int:
        raise NotUnderstood("expected an array of a type and a length")
    item, length = written
    if not 0 <= length <= ARRAY_LENGTH_MAX:
        raise NotUnderstood(f"an array of {length}, expected at most {ARRAY_LENGTH_MAX}")
    return Series(type_of(item, nesting + 1), length)


def _name_of(written: Any) -> str:
    name = written.get("name") if isinstance(written, dict) else written
    if isinstance(written, dict) and written.get("generics"):
        raise NotUnderstood("expected a type without generics")
    if not isinstance(name, str):
        raise NotUnderstood("expected the name of a type")
    return name


def _record(written: Any) -> Record:
    """Fields with names, or those of a tuple struct; none at all where there is no list."""
    if written is None:
        return Record((), ())
    if isinstance(written, list) and written and not (isinstance(written[0], dict) and "name" in written[0]):
        return Record(None, tuple(map(type_of, written)))
    return fields_of(written)


def _choice(written: Any) -> Choice:
    if not isinstance(written, list) or not 1 <= len(written) <= 256:
        raise NotUnderstood("expected an array of 1 to 256 variants")
    variants: dict[str, Record | None] = {}
    for each in written:
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or name in variants:
            raise NotUnderstood("expected variants with different names")
        fields = each.get("fields")
        variants[name] = _record(fields) if fields else None
    return Choice(tuple(variants.items()))
