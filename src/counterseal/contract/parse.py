"""A request's bytes as plain values, read strictly: signed bytes must not have two readings."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, NoReturn

from counterseal.contract.errors import InvalidRequest, quoted

MAX_DEPTH = 32
"""How deeply objects and arrays may nest, the body itself included. The deepest body of the API has nine levels."""

MAX_INTEGER_DIGITS = 20
"""Digits, with the sign, of the longest 64-bit integer."""

_NOT_BRACKETS = re.compile(r'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[^"\[\]{}]++)++', re.DOTALL)
"""Strings, an unfinished one included, and whatever else does not nest. Possessive: linear on hostile bodies too."""

_UNSTORABLE = re.compile("[\ud800-\udfff\x00]")
"""Half of a surrogate pair, which is no text, and U+0000, which PostgreSQL's text does not hold."""


def parse_json(raw: bytes) -> dict[str, Any]:
    """The JSON object in ``raw``. Members that are null are left out, at every depth: null means "not given".

    Source: RFC 8259, narrowed: duplicate names, NaN and Infinity, numbers beyond 64-bit integers and doubles, lone
    surrogates, U+0000 and nesting beyond ``MAX_DEPTH`` are refused. A null inside an array stays.

    Raises:
        InvalidRequest: the body is anything else.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse(f"expected UTF-8, got byte 0x{raw[error.start]:02x} at position {error.start}")
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _check_depth(text)
    try:
        tree = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        _refuse(f"expected JSON, got an error at position {error.pos}: {error.msg}")
    if type(tree) is not dict:
        _refuse("expected a JSON object")
    if "\\u" in text:
        _check_text(tree)
    return tree


def _check_depth(text: str) -> None:
    depth = 0
    for bracket in _NOT_BRACKETS.sub("", text):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            _refuse(f"nested more than {MAX_DEPTH} levels deep")


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
    members = dict(pairs)
    if len(members) != len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        _refuse(f"duplicate key {quoted(twice)}")
    if None in members.values():
        return {name: value for name, value in pairs if value is not None}
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
    raise InvalidRequest(f"invalid request body: {reason}")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
