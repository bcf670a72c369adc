"""Laws of ``parse_json``: strict, total, and the same reading as the standard library's where it accepts."""

import json
from unittest.mock import patch

from hypothesis import example, given
from hypothesis import strategies as st

from counterseal.contract import Body, body, parse
from counterseal.contract.errors import Refused
from counterseal.contract.parse import parse_json, values_at_most

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


class Pairs:
    """An object whose names may come twice."""

    def __init__(self, members):
        self.members = members

    def __repr__(self):
        return f"Pairs({self.members})"


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=15,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=4)
FRAGMENTS = st.sampled_from(
    [
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b":",
        b",",
        b"null",
        b"1",
        b"-",
        b"1e999",
        b"NaN",
        b'"a"',
        b"\\ud800",
        b"\xff",
    ]
)


def without_null_members(value):
    if isinstance(value, dict):
        return {name: without_null_members(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_null_members(item) for item in value]
    return value


@given(OBJECTS, st.booleans())
def test_every_json_object_is_read_as_it_is_without_null_members(tree, ascii_only):
    raw = json.dumps(tree, ensure_ascii=ascii_only).encode()
    assert parse_json(raw) == without_null_members(tree)


@given(st.binary(max_size=60) | st.lists(FRAGMENTS, max_size=60).map(b"".join) | st.text().map(str.encode))
@example(b"[" * 100_000)
@example(b'{"a":' * 50_000)
def test_any_bytes_are_read_or_refused(raw):
    try:
        tree = parse_json(raw)
    except Refused as refused:
        assert refused.http == 400
    else:
        assert tree == without_null_members(json.loads(raw))


@given(OBJECTS, TEXT, VALUES, VALUES)
def test_a_name_that_comes_twice_is_refused(tree, name, first, second):
    pairs = [(name, first), *((other, value) for other, value in tree.items() if other != name), (name, second)]
    raw = "{" + ",".join(f"{json.dumps(other)}:{json.dumps(value)}" for other, value in pairs) + "}"
    try:
        parse_json(raw.encode())
    except Refused as refused:
        assert "duplicate key" in refused.message
    else:
        raise AssertionError("two readings were accepted")


@given(OBJECTS | st.dictionaries(st.just("organizationId"), VALUES), st.booleans())
def test_a_body_that_is_read_in_two_steps_is_the_same(tree, ascii_only):
    raw = json.dumps(tree, ensure_ascii=ascii_only).encode()
    whole = parse_json(raw)
    with patch.object(body, "LITTLE_VALUES", 0):
        read = Body(raw)
    found = read.envelope.get("organizationId")
    expected = whole.get("organizationId")
    assert found == expected if type(expected) is str or expected is None else type(found) is not str
    assert read.tree() == whole


@given(st.binary(max_size=60) | st.lists(FRAGMENTS, max_size=60).map(b"".join))
def test_what_is_read_in_the_end_is_not_refused_at_first(raw):
    if not is_read(parse_json, raw):
        return
    with patch.object(body, "LITTLE_VALUES", 0):
        assert is_read(Body, raw)


def is_read(read, raw):
    try:
        read(raw)
    except Refused:
        return False
    return True


@given(VALUES)
def test_no_value_is_overlooked_when_they_are_counted(value):
    def count(each):
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
        return 1 + sum(map(count, inner))

    assert values_at_most(json.dumps(value).encode()) >= count(value)


PLAIN = st.recursive(
    st.booleans() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(TEXT, inner), max_size=3).map(Pairs),
    max_leaves=8,
)
GLUE = st.sampled_from(["", " ", "\t", "\n", '"', ":", "1", "null", "\\", "\x01"])


@given(st.lists(st.tuples(TEXT, PLAIN), max_size=4).map(Pairs), GLUE, GLUE)
@example(Pairs([("a", True), ("a", True)]), "", "")
@example(Pairs([("a", "x"), ("a", ["y"]), ("b", Pairs([("a", "x"), ("a", "x")]))]), "", "")
@example(Pairs([("a", "\x7f\u2028")]), "\x01", "")
def test_what_is_read_quickly_is_read_as_strictly(body_, inside, behind):
    raw = (written(body_).replace(":", ":" + inside, 1) + behind).encode()
    quick = reading(raw)
    with patch.object(parse, "_quickly", lambda _: None):
        assert reading(raw) == quick


def reading(raw):
    try:
        return parse_json(raw)
    except Refused as refused:
        return refused.http, str(refused)


def written(value):
    """JSON in which names may come twice, and nothing is escaped."""
    match value:
        case Pairs():
            return "{" + ",".join(f'"{name}":{written(member)}' for name, member in value.members) + "}"
        case list():
            return "[" + ",".join(map(written, value)) + "]"
        case bool():
            return json.dumps(value)
        case _:
            return f'"{value}"'
