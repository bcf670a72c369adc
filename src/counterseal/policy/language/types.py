"""The types of the policy language, and the schema table (``schema.py``) read into them."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from counterseal.policy.language.schema import KEYWORDS, OPEN_STRUCTS, STRUCTS


class Type(msgspec.Struct, frozen=True):
    """``name`` is string, int, bool, timestamp, any, list, map or struct; ``item`` the type of a list's or map's
    values; ``struct`` a struct's name; ``hex`` marks a string that is compared without regard to case if ``0x…``."""

    name: str
    item: Type | None = None
    struct: str = ""
    hex: bool = False

    def __str__(self) -> str:
        if self.item is not None:
            return f"{self.name}<{self.item}>"
        return self.struct or self.name


class FieldType(msgspec.Struct, frozen=True):
    """A field's type, and whether it may be missing although its struct is there."""

    type: Type
    optional: bool


STRING, INT, BOOL, TIMESTAMP, ANY = (Type(name) for name in ("string", "int", "bool", "timestamp", "any"))
_SCALARS = {str(kind): kind for kind in (STRING, INT, BOOL, TIMESTAMP, ANY)} | {"hex": Type("string", hex=True)}
_GENERIC = re.compile(r"(list|map)<(.+)>")


def read(notation: str) -> FieldType:
    """A type as ``schema.py`` writes it. Raises ``ValueError`` for a struct that the table does not have."""
    name = notation.removesuffix("?")
    return FieldType(_read(name), optional=name != notation)


def _read(name: str) -> Type:
    if match := _GENERIC.fullmatch(name):
        return Type(match[1], item=_read(match[2]))
    if name in _SCALARS:
        return _SCALARS[name]
    if name not in STRUCTS:
        raise ValueError(f"no type {name} in the schema")
    return Type("struct", struct=name)


@cache
def fields_of(struct: str) -> dict[str, FieldType]:
    """The fields that the table lists for ``struct``."""
    return {name: read(notation) for name, notation in STRUCTS[struct].items()}


@cache
def keywords_of(place: str) -> dict[str, FieldType]:
    """The keywords of a policy's condition, consensus or time."""
    return {name: read(notation) for name, notation in KEYWORDS[place].items()}


def is_open(struct: str) -> bool:
    """Whether a field that the table does not list may still exist at evaluation."""
    return struct in OPEN_STRUCTS


def join(left: Type, right: Type) -> Type | None:
    """The type of a value that may be either; None when no value can be both."""
    if ANY in (left, right):
        return ANY
    if left.name != right.name or left.struct != right.struct:
        return None
    if left.item is None or right.item is None:
        return left
    item = join(left.item, right.item)
    return None if item is None else Type(left.name, item=item)
