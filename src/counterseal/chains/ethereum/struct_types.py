"""The structs that typed data names (EIP-712, ``types``), as far as what is signed reaches them.

A struct's hash is that of its text and of the texts of all structs below it, sorted. These texts must have one reading,
so names hold no brackets, commas and parentheses, and structs' names no white space either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from counterseal.chains.ethereum.atoms import Atom, atom, looks_atomic, without_brackets
from counterseal.chains.refusal import NotUnderstood
from counterseal.contract.errors import quoted
from counterseal.crypto.hashes import keccak256

TYPE_CHARACTERS_MAX = 65_536
"""Of the texts of all structs' types that are hashed, each with those below it."""

_STRUCT_NAME = re.compile(r"[^\[\](),\s]+")
_MEMBER_NAME = re.compile(r"[^\[\](),]+")


class ArrayOf(msgspec.Struct, frozen=True):
    """An array of ``item``, of a fixed ``length`` or of any."""

    item: ValueType
    length: int | None


class StructName(msgspec.Struct, frozen=True):
    """A struct, by its name: structs may be inside themselves."""

    name: str


ValueType: TypeAlias = "Atom | ArrayOf | StructName"


class StructType(msgspec.Struct, frozen=True):
    """A struct's members in their order, its text without those of other structs, and the structs it names itself."""

    members: Mapping[str, ValueType]
    text: str
    names: tuple[str, ...]


class StructTypes:
    """The structs of one payload, each looked at when it is first asked for. Methods raise ``NotUnderstood``."""

    def __init__(self, types: Any) -> None:
        if not isinstance(types, dict):
            raise NotUnderstood("types: expected an object of structs")
        self._written = types
        self._structs: dict[str, StructType] = {}
        self._hashes: dict[str, bytes] = {}
        self._characters = 0

    def __contains__(self, name: str) -> bool:
        return name in self._written

    def struct(self, name: str) -> StructType:
        """The struct of this name."""
        found = self._structs.get(name)
        if found is None:
            found = self._structs[name] = self._read(name)
        return found

    def type_hash(self, name: str) -> bytes:
        """Keccak-256 of ``encodeType``: the struct, then all those below it in the order of their names."""
        found = self._hashes.get(name)
        if found is None:
            found = self._hashes[name] = keccak256(self._encoded(name).encode())
        return found

    def _encoded(self, name: str) -> str:
        below: dict[str, None] = {}
        waiting = [name]
        while waiting:
            for other in self._charged(waiting.pop()).names:
                if other not in below and other != name:
                    below[other] = None
                    waiting.append(other)
        return "".join(self.struct(each).text for each in (name, *sorted(below)))

    def _charged(self, name: str) -> StructType:
        found = self.struct(name)
        self._characters += len(found.text)
        if self._characters > TYPE_CHARACTERS_MAX:
            raise NotUnderstood(f"types: more than {TYPE_CHARACTERS_MAX} characters are hashed, expected fewer")
        return found

    def _read(self, name: str) -> StructType:
        if name not in self._written:
            raise NotUnderstood(f"types: no struct {quoted(name)}, and no type has that name")
        if looks_atomic(name) or not _STRUCT_NAME.fullmatch(name):
            raise NotUnderstood(f"types: {quoted(name)} cannot be the name of a struct")
        written = self._written[name]
        if not isinstance(written, list):
            raise NotUnderstood(f"types.{quoted(name)}: expected an array of members")
        members: dict[str, ValueType] = {}
        texts, names = [], []
        for member in written:
            member_name, type_name = _member(member, name)
            if member_name in members:
                raise NotUnderstood(f"types.{quoted(name)}: two members {quoted(member_name)}")
            base, lengths = without_brackets(type_name)
            members[member_name] = self._value_type(base, lengths)
            texts.append(f"{type_name} {member_name}")
            if atom(base) is None:
                names.append(base)
        return StructType(members=members, text=f"{name}({','.join(texts)})", names=tuple(names))

    def _value_type(self, base: str, lengths: Sequence[int | None]) -> ValueType:
        found: ValueType | None = atom(base)
        if found is None:
            if base not in self._written:
                raise NotUnderstood(f"types: no struct {quoted(base)}, and no type has that name")
            found = StructName(base)
        for length in lengths:
            found = ArrayOf(found, length)
        return found


def _member(member: Any, struct: str) -> tuple[str, str]:
    found = (member.get("name"), member.get("type")) if isinstance(member, dict) else (None, None)
    name, type_name = found
    if not isinstance(name, str) or not isinstance(type_name, str) or not _MEMBER_NAME.fullmatch(name):
        raise NotUnderstood(f"types.{quoted(struct)}: expected members with a name and a type")
    return name, type_name
