"""JSON that is wrong in one place: by type, by size, by text, by nesting, by repetition, by its own grammar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any


class Raw(str):
    """JSON text that stands for itself, because no value has it."""

    __slots__ = ()


class Twice(dict[str, Any]):
    """An object whose first member is written a second time."""


RAW = tuple(
    Raw(text)
    for text in (
        "1e400",
        "-1e999",
        "1" + "0" * 400,
        "9" * 5000,
        "18446744073709551616",
        "-9223372036854775809",
        "0." + "1" * 2000,
        "1E+2147483648",
        "-0",
        "01",
        "+1",
        "0x10",
        "NaN",
        "Infinity",
        "-Infinity",
        "True",
        "undefined",
        "'text'",
        '"\\ud800"',
        '"\\udfff\\ud800"',
        '"\\u0000"',
        '"a\\u0000b"',
        '"\\x41"',
        '"\\u12"',
        '"line\nbreak"',
        '"unfinished',
        "[1,]",
        '{"a":1,}',
        "{a:1}",
        "[" * 40 + "]" * 40,
        "[" * 20_000,
        '{"a":' * 100 + "1" + "}" * 100,
        "/**/1",
        "",
    )
)

READABLE_RAW = frozenset({"-0", "18446744073709551616", "-9223372036854775809", "0." + "1" * 2000, ""})
"""What JSON has after all, or has in an empty array's place; the contract's own rules must deal with it."""

VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    2**63,
    -(2**63),
    1.5,
    1e308,
    "",
    " ",
    "0",
    "-1",
    "1e3",
    "99999999999999999999",
    "٣",
    "null",
    "text\x7f\x80",
    "\u202etxet",
    "\ufeff",
    "e\u0301" * 200,
    "x" * 300,
    "x" * 70_000,
    "../../etc/passwd",
    "' OR 1=1 --",
    "%00%s%n{0}",
    "00000000-0000-0000-0000-000000000000",
    "ffffffff-ffff-ffff-ffff-ffffffffffff",
    [],
    [None],
    [[]],
    [1, "1", None, {}],
    ["x"] * 1001,
    {},
    {"": ""},
    {"a": {"b": {"c": {}}}},
    {"$ref": "#"},
)

Path = tuple[str | int, ...]


def rendered(value: Any, random: Random) -> str:
    """JSON text with some spacing; ``Raw`` as it is, ``Twice`` with a repeated member."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        pairs = list(value.items())
        if isinstance(value, Twice) and pairs:
            pairs.append(pairs[0])
        return "{" + ",".join(f"{json.dumps(name)}:{rendered(each, random)}" for name, each in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(rendered(each, random) for each in value) + "]"
    return json.dumps(value, ensure_ascii=random.random() < 0.5)


def paths(value: Any, here: Path = ()) -> Iterator[Path]:
    """Where everything in ``value`` stands, itself left out."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield (*here, name)
        yield from paths(each, (*here, name))


def spoilt(tree: dict[str, Any], random: Random) -> tuple[Any, bool]:
    """``tree`` wrong in one place, and whether it must be refused, because no JSON of ours reads like this."""
    everywhere = list(paths(tree))
    if not everywhere:
        return Raw(random.choice(RAW)), True
    path = random.choice(everywhere)
    how = random.randrange(10)
    if how == 0:
        return _with(tree, path, None, remove=True), False
    if how == 1:
        return _doubled(tree, path[:-1]), not _is_in_list(path)
    if how == 2:
        return _with(tree, path, _nested(random)), False
    if how in (3, 4, 5):
        raw = random.choice(RAW)
        return _with(tree, path, raw), raw not in READABLE_RAW
    return _with(tree, path, random.choice(VALUES)), False


def _is_in_list(path: Path) -> bool:
    return isinstance(path[-1], int)


def _nested(random: Random) -> Raw:
    depth = random.choice((31, 32, 33, 500, 5000))
    opening, closing = random.choice((("[", "]"), ('{"a":', "}")))
    return Raw(opening * depth + "1" + closing * depth)


def _with(value: Any, path: Path, new: Any, *, remove: bool = False) -> Any:
    name, *rest = path
    copy = dict(value) if isinstance(value, dict) else list(value)
    if rest:
        copy[name] = _with(value[name], tuple(rest), new, remove=remove)  # type: ignore[index]
    elif remove:
        del copy[name]  # type: ignore[arg-type]
    else:
        copy[name] = new  # type: ignore[index]
    return copy


def _doubled(value: Any, path: Path) -> Any:
    if not path:
        return Twice(value) if isinstance(value, dict) else value
    return _with(value, path, _doubled(_at(value, path), ()))


def _at(value: Any, path: Path) -> Any:
    for name in path:
        value = value[name]
    return value
