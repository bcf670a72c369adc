"""Canonical JSON (RFC 8785) of the values that digests are made of, and the digest of an object.

Strings, booleans, small integers, arrays and objects: no ``null``, because what is not there is left out, and no number
that RFC 8785 would write with a point or an exponent, because readers disagree on those.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeAlias

from counterseal.ledger.errors import Malformed

Json: TypeAlias = "str | bool | int | Sequence[Json] | Mapping[str, Json]"

INTEGER_MAX = 2**53 - 1
"""The largest integer of which a double has each one below (RFC 8785, section 3.2.2.3; RFC 7493, section 2.2)."""

DEPTH_MAX = 96
"""Objects and arrays within each other."""


def canonical(value: Json) -> bytes:
    """The one UTF-8 text of ``value``. Raises ``Malformed`` for what it cannot hold."""
    try:
        return json.dumps(_ordered(value, 0), ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise Malformed("a text has half of a surrogate pair, expected Unicode") from None


def digest(domain: str, value: Json) -> str:
    """Hexadecimal SHA-256 of the domain, a newline, and the canonical text: 64 characters."""
    return sha256(domain.encode() + b"\n" + canonical(value)).hexdigest()


def _ordered(value: object, depth: int) -> object:
    """The same value, members of objects by the UTF-16 code units of their names (RFC 8785, section 3.2.3)."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise Malformed(f"an integer has {value.bit_length()} bits, expected at most 53: write it as a text")
        return value
    if depth == DEPTH_MAX:
        raise Malformed(f"objects and arrays are nested more deeply than {DEPTH_MAX} levels")
    if isinstance(value, Mapping):
        return {name: _ordered(value[name], depth + 1) for name in _in_order(value)}
    if isinstance(value, list | tuple):
        return [_ordered(each, depth + 1) for each in value]
    raise Malformed(f"a value is {type(value).__name__}, expected a text, boolean, integer, array or object")


def _in_order(names: Mapping[object, object]) -> list[Any]:
    """By UTF-16 code units, which is how ASCII is sorted anyhow."""
    try:
        is_ascii = all(map(str.isascii, names))  # type: ignore[arg-type]
    except TypeError:
        is_ascii = False
    return sorted(names) if is_ascii else sorted(names, key=_code_units)


def _code_units(name: object) -> bytes:
    if not isinstance(name, str):
        raise Malformed(f"the name of a member is {type(name).__name__}, expected a text")
    return name.encode("utf-16-be")
