"""The types of a function's inputs, from the JSON that compilers write, as its calldata is laid out.

Source: Solidity documentation, "Contract ABI Specification".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import msgspec

from counterseal.chains.ethereum.atoms import Atom, atom, without_brackets
from counterseal.chains.refusal import NotUnderstood
from counterseal.contract.errors import quoted

TYPE_NESTING_MAX = 32
"""Levels of tuples and arrays inside each other."""

WORD = 32  # bytes


class Series(msgspec.Struct, frozen=True):
    """An array; ``length`` is None where the calldata says it."""

    item: AbiType
    length: int | None


class Record(msgspec.Struct, frozen=True):
    """A tuple: values by position."""

    items: tuple[AbiType, ...]


class AbiType(msgspec.Struct, frozen=True, kw_only=True):
    """``text`` as it stands in signatures. In its place a ``dynamic`` one has an offset, another ``words``."""

    shape: Shape
    text: str
    dynamic: bool
    words: int


Shape: TypeAlias = "Atom | Series | Record"

_FUNCTION = Atom("fixed", 24)  # an address and a selector
_LONGEST_ATOM = len("function")  # so that no longer text is kept


def input_types(inputs: Any, *, nesting: int = 0) -> tuple[AbiType, ...]:
    """The types of a JSON array of inputs or components. Raises ``NotUnderstood``."""
    if not isinstance(inputs, list):
        raise NotUnderstood("expected an array of inputs or components")
    return tuple(_input_type(each, nesting) for each in inputs)


def _input_type(written: Any, nesting: int) -> AbiType:
    name = written.get("type") if isinstance(written, dict) else None
    if not isinstance(name, str):
        raise NotUnderstood("expected an input with a type")
    if len(name) <= _LONGEST_ATOM and (plain := _atom(name)):
        return plain
    base, lengths = without_brackets(name)
    nesting += len(lengths) + (base == "tuple")
    if nesting > TYPE_NESTING_MAX:
        raise NotUnderstood(f"more than {TYPE_NESTING_MAX} tuples and arrays inside each other")
    found = _tuple(written, nesting) if base == "tuple" else _atom(base[: _LONGEST_ATOM + 1])
    if found is None:
        raise NotUnderstood(f"{quoted(base)} is no type that can be decoded")
    for length in lengths:
        found = _array(found, length)
    return found


def _tuple(written: dict[str, Any], nesting: int) -> AbiType:
    if not written.get("components"):
        raise NotUnderstood("a tuple without components")
    items = input_types(written["components"], nesting=nesting)
    return AbiType(
        shape=Record(items),
        text=signature_of(items),
        dynamic=any(item.dynamic for item in items),
        words=head_words(items),
    )


@lru_cache(maxsize=256)
def _atom(base: str) -> AbiType | None:
    found = _FUNCTION if base == "function" else atom(base)
    if found is None:
        return None
    text = f"{base}256" if base in ("uint", "int") else base
    return AbiType(shape=found, text=text, dynamic=found.kind in ("bytes", "string"), words=1)


def _array(item: AbiType, length: int | None) -> AbiType:
    dynamic = length is None or item.dynamic
    text = f"{item.text}[{'' if length is None else length}]"
    words = 1 if length is None or dynamic else length * item.words
    return AbiType(shape=Series(item, length), text=text, dynamic=dynamic, words=words)


def head_words(items: Sequence[AbiType]) -> int:
    """What values take where they stand, an offset where they stand elsewhere."""
    return sum(1 if item.dynamic else item.words for item in items)


def signature_of(items: Sequence[AbiType]) -> str:
    """The types as they stand behind a function's name."""
    return f"({','.join(item.text for item in items)})"
