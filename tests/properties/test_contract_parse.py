"""Laws of ``parse_json``: strict, total, and the same reading as the standard library's where it accepts."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from counterseal.contract.errors import Refused
from counterseal.contract.parse import parse_json

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
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
