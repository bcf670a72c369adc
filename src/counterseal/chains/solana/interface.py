"""A program's interface as it is uploaded, an Anchor IDL, and what instructions say by it.

Source: Turnkey docs, Solana IDLs (``types`` must be there); Anchor, ``idl/spec`` and ``lang/syn`` (discriminators).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import msgspec

from counterseal.chains.interface_text import (
    FUNCTION_VALUES_MAX,
    FUNCTIONS_MAX,
    INTERFACE_DEPTH_MAX,
    INTERFACE_VALUES_MAX,
    Index,
    Span,
    Steps,
    all_at_once,
    check_size,
    index_in_order,
)
from counterseal.chains.json_text import JsonCursor, read_json_text
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.solana.idl_types import Record, Type, check_reached, definition_of, fields_of
from counterseal.contract.errors import quoted

DISCRIMINATOR_BYTES_MAX = 8

_LISTS = ("instructions", "types")
_GROUPS_MAX = 8  # of accounts, inside each other
_LOWER_UPPER = re.compile(r"([a-z0-9])([A-Z])")
_UPPER_WORD = re.compile(r"([A-Z])([A-Z][a-z])")


class Function(msgspec.Struct, frozen=True, kw_only=True):
    """An instruction of a program. ``accounts`` are names in their order, each with whether it may be left out."""

    name: str
    discriminator: bytes
    accounts: tuple[tuple[str, bool], ...]
    arguments: Record


class ProgramInterface:
    """The instructions and types in a text. Each is read when it is asked for, and remembered."""

    def __init__(self, text: str, index: Index) -> None:
        self._text = text
        self._index = index
        self._functions: dict[str, Function] = {}
        self._types: dict[str, Type] = {}

    def function_of(self, data: bytes) -> Function | None:
        """The instruction that ``data`` is for, by the bytes that it begins with."""
        for size in range(1, min(len(data), DISCRIMINATOR_BYTES_MAX) + 1):
            key = data[:size].hex()
            if key in self._index.functions:
                if key not in self._functions:
                    self._functions[key] = _function(self._read(self._index.functions[key]))
                return self._functions[key]
        return None

    def definition(self, name: str) -> Type:
        """What the name of a type stands for. Raises ``NotUnderstood``."""
        if name not in self._types:
            if name not in self._index.types:
                raise NotUnderstood(f"there is no type {quoted(name)}")
            self._types[name] = definition_of(self._read(self._index.types[name]))
        return self._types[name]

    def _read(self, span: Span) -> Any:
        start, end = span
        return read_json_text(self._text[start:end], values_max=FUNCTION_VALUES_MAX, depth_max=INTERFACE_DEPTH_MAX)


def parse_interface(text: str) -> ProgramInterface:
    """The interface that ``text`` is: a JSON object with ``instructions`` and ``types``; other members are ignored.

    Raises ``InvalidRequest``, which says where it is wrong.
    """
    return ProgramInterface(text, all_at_once(index_interface(text)))


def index_interface(text: str) -> Steps[Index]:
    """Where its instructions and types are, in steps, once all of them are found to be in order.

    Raises ``InvalidRequest`` as `parse_interface`.
    """
    return index_in_order(text, _index)


def _index(text: str) -> Steps[Index]:
    listed = yield from _lists(text)
    types: dict[str, Span] = {}
    definitions: dict[str, Any] = {}
    for at, (entry, span) in enumerate(listed["types"]):
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in types:
            raise NotUnderstood(f"types[{at}]: expected an object with a name of its own")
        types[name], definitions[name] = span, entry
    reached: dict[str, Type] = {}

    def definition(name: str) -> Type:
        if name not in definitions:
            raise NotUnderstood(f"there is no type {quoted(name)}")
        if name not in reached:
            check_size(text, types[name])
            try:
                reached[name] = definition_of(definitions[name])
            except NotUnderstood as fault:
                raise NotUnderstood(f"type {quoted(name)}: {fault}") from None
        return reached[name]

    functions: dict[str, Span] = {}
    beginnings: set[str] = set()
    known: set[str] = set()
    for at, (entry, span) in enumerate(listed["instructions"]):
        try:
            check_size(text, span)
            function = _function(entry)
            yield from check_reached(function.arguments.items, definition, known=known)
        except NotUnderstood as fault:
            raise NotUnderstood(f"instructions[{at}]: {fault}") from None
        key = function.discriminator.hex()
        shorter = {key[:size] for size in range(2, len(key), 2)}
        if key in functions or key in beginnings or not shorter.isdisjoint(functions):
            raise NotUnderstood(f"instructions[{at}]: data that begin with {key} could be of two instructions")
        beginnings |= shorter
        functions[key] = span
        if len(functions) > FUNCTIONS_MAX:
            raise NotUnderstood(f"more than {FUNCTIONS_MAX} instructions")
        yield
    return Index(functions=functions, types={name: types[name] for name in reached})


_Listed = list[tuple[Any, Span]]


def _lists(text: str) -> Steps[dict[str, _Listed]]:
    """The entries of ``instructions`` and ``types`` with their places."""
    cursor = JsonCursor(text, values_max=INTERFACE_VALUES_MAX, depth_max=INTERFACE_DEPTH_MAX)
    if not cursor.opens("{"):
        cursor.value()
        raise NotUnderstood("expected an object with instructions and types, as Anchor writes it")
    found: dict[str, _Listed] = {}
    while cursor.more("}"):
        name = cursor.name()
        if name in found:
            raise NotUnderstood(f"duplicate key {quoted(name)}")
        found[name] = []
        if cursor.opens("["):
            while cursor.more("]"):
                start = cursor.at
                found[name].append((cursor.value(), (start, cursor.at)))
                yield
        else:
            cursor.value()
            if name in _LISTS:
                raise NotUnderstood(f"{name}: expected an array")
            yield
    cursor.finish()
    for name in _LISTS:
        if name not in found:
            raise NotUnderstood(f"{name} is missing, expected an array, which may be empty")
    return found


def _function(entry: Any) -> Function:
    name = entry.get("name") if isinstance(entry, dict) else None
    if not isinstance(name, str) or not name:
        raise NotUnderstood("expected an object with the name of an instruction")
    try:
        return Function(
            name=name,
            discriminator=_discriminator(entry.get("discriminator"), name),
            accounts=_accounts(entry.get("accounts")),
            arguments=fields_of(entry.get("args")),
        )
    except NotUnderstood as fault:
        raise NotUnderstood(f"instruction {quoted(name)}: {fault}") from None


def _discriminator(written: Any, name: str) -> bytes:
    if written is None:
        snake = _LOWER_UPPER.sub(r"\1_\2", _UPPER_WORD.sub(r"\1_\2", name)).lower()
        return sha256(f"global:{snake}".encode()).digest()[:DISCRIMINATOR_BYTES_MAX]
    is_list = isinstance(written, list) and 1 <= len(written) <= DISCRIMINATOR_BYTES_MAX
    if not is_list or not all(type(each) is int and 0 <= each <= 255 for each in written):
        raise NotUnderstood(f"expected a discriminator of 1 to {DISCRIMINATOR_BYTES_MAX} bytes")
    return bytes(written)


def _accounts(written: Any) -> tuple[tuple[str, bool], ...]:
    """Those of groups stand where their group stands, with their own names."""
    names: dict[str, bool] = {}
    for name, is_optional in _flat(written, 0):
        if name in names:
            raise NotUnderstood(f"two accounts {quoted(name)}")
        names[name] = is_optional
    return tuple(names.items())


def _flat(written: Any, nesting: int) -> Iterator[tuple[str, bool]]:
    if not isinstance(written, list) or nesting > _GROUPS_MAX:
        raise NotUnderstood(f"expected an array of accounts, of at most {_GROUPS_MAX} groups inside each other")
    for each in written:
        name = each.get("name") if isinstance(each, dict) else None
        if not isinstance(name, str) or not name:
            raise NotUnderstood("expected accounts with names")
        if "accounts" in each:
            yield from _flat(each["accounts"], nesting + 1)
        else:
            yield name, each.get("optional", each.get("isOptional")) is True
