"""A request's bytes as plain values, read strictly: signed bytes must not have two readings."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

import msgspec

from counterseal.contract.errors import InvalidRequest, quoted

MAX_DEPTH = 32
"""How deeply objects and arrays may nest, the body itself included. The deepest body of the API has nine levels."""

MAX_VALUES = 10_000
"""Values in all: of members, in arrays, and the body itself. A thousand accounts of a wallet, each with all of its
members, are six thousand. What is inside of strings does not count; an empty array or object counts as two."""

MAX_INTEGER_DIGITS = 20
"""Digits, with the sign, of the longest 64-bit integer."""

_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")
"""Half of a surrogate pair, which is no text, and U+0000, which PostgreSQL's text does not hold."""

_PLAIN_BYTES = 4096
"""To look through a longer body twice is no gain."""

_NOT_PLAIN = re.compile(rb"[\x00-\x1f\\]").search
"""Escapes, and control characters, which are not to be in texts."""

_decode_quickly = msgspec.json.Decoder().decode

_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class NotStrictJson(ValueError):
    """What is no JSON object, or has no single reading that everybody shares; the message says why."""


def parse_json(raw: bytes, *, is_checked: bool = False) -> dict[str, Any]:
    """The body ``raw`` as ``read_json`` gives it. ``is_checked`` says that ``check_structure`` has been called for it.

    Raises:
        InvalidRequest: it is anything else than such an object.
    """
    try:
        return read_json(raw, is_checked=is_checked)
    except NotStrictJson as fault:
        raise InvalidRequest(f"invalid request body: {fault}") from None


def read_json(raw: bytes, *, is_checked: bool = False) -> dict[str, Any]:
    """The JSON object in ``raw``. Members that are null are left out, at every depth: null means "not given".

    Source: RFC 8259, narrowed: duplicate names, NaN and Infinity, numbers beyond 64-bit integers and doubles, lone
    surrogates, U+0000, nesting beyond ``MAX_DEPTH`` and more than ``MAX_VALUES`` are refused. A null inside an array
    stays. Names are strings, whose hashes Python makes from a secret of the process: nobody can choose names that
    collide.

    Raises:
        NotStrictJson: it is anything else.
    """
    quickly_read = _quickly(raw)
    if quickly_read is not None:
        return quickly_read
    text = text_of(raw)
    if not is_checked:
        check_structure(raw)
    try:
        tree = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        _refuse(f"expected JSON, got an error at position {error.pos}: {error.msg}")
    if type(tree) is not dict:
        _refuse("expected a JSON object")
    if "\\u" in text:
        _check_text(tree)
    return tree


def _quickly(raw: bytes) -> dict[str, Any] | None:
    """The object in ``raw`` if it is one of the plain ones that nearly all bodies are; of others nothing is said.

    Nothing is escaped in them, so each name and each text has two quotation marks. msgspec takes the last of two
    members of one name without a word; where no quotation mark is left over, none has gone unseen.
    """
    if len(raw) > _PLAIN_BYTES or _NOT_PLAIN(raw) or values_at_most(raw) > MAX_DEPTH:
        return None
    try:
        tree = _decode_quickly(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if type(tree) is not dict or 2 * _texts_in(tree) != raw.count(b'"'):
        return None
    return tree


def _texts_in(value: Any) -> int:
    """How many names and texts there are. Numbers and null, which are not plain, count as more than there can be."""
    kind = type(value)
    if kind is str:
        return 1
    if kind is dict:
        return len(value) + sum(map(_texts_in, value.values()))
    if kind is list:
        return sum(map(_texts_in, value))
    return 0 if kind is bool else _PLAIN_BYTES


def text_of(raw: bytes) -> str:
    """``raw`` as the UTF-8 that it must be. Raises ``NotStrictJson``."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"expected UTF-8, got byte 0x{raw[error.start]:02x} at position {error.start}")


def check_structure(raw: bytes, *, values_max: int = MAX_VALUES, depth_max: int = MAX_DEPTH) -> None:
    """Raise ``NotStrictJson`` for too many values or too many levels, before anything is made of them.

    All of it is counted by functions of C that go through the bytes once, but for at most ``values_max`` brackets. In
    what is no JSON at all, only what comes before the first fault is counted rightly; no more than that is ever read.
    """
    if values_at_most(raw) <= depth_max:
        return
    outside = _outside_strings(raw, values_max)
    if values_at_most(outside) > values_max:
        _refuse(f"expected at most {values_max} values, got more")
    depth = 0
    for bracket in outside.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > depth_max:
            _refuse(f"nested more than {depth_max} levels deep")
        if depth <= 0:  # the body ends, or has an end without a beginning
            return


def values_at_most(raw: bytes) -> int:
    """No more values than this: each but the first stands behind a comma or an opening bracket."""
    return 1 + raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def _outside_strings(raw: bytes, values_max: int) -> bytes:
    """``raw`` without its strings. Raises ``NotStrictJson`` if it has more of them than values and names can be."""
    plain = raw.replace(b"\\\\", b"").replace(b'\\"', b"")  # what is escaped ends no string
    if plain.count(b'"') > 4 * values_max:
        _refuse(f"expected at most {values_max} values, got more")
    return b"".join(plain.split(b'"')[::2])


def _check_text(value: Any) -> None:
    """Only escapes can bring what is unstorable; and no value nests deeper than ``MAX_DEPTH``."""
    if type(value) is str:
        if _UNSTORABLE.search(value):
            _refuse("expected Unicode text without U+0000, got an escape that is a lone surrogate or U+0000")
    elif type(value) is list:
        for item in value:
            _check_text(item)
    elif type(value) is dict:
        for name, member in value.items():
            _check_text(name)
            _check_text(member)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = named_once(pairs)
    if None in members.values():
        return {name: value for name, value in pairs if value is not None}
    return members


def named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of an object. Raises ``NotStrictJson`` where a name is there twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        _refuse(f"duplicate key {quoted(twice)}")
    return members


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        _refuse(f"expected an integer of at most {MAX_INTEGER_DIGITS} digits, got {len(digits)}")
    return int(digits)


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        _refuse(f"number {quoted(text)} is out of range")
    return value


def _constant(name: str) -> NoReturn:
    _refuse(f"{name} is not JSON")


def _refuse(reason: str) -> NoReturn:
    raise NotStrictJson(reason)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
