from datetime import UTC, datetime

import pytest

from counterseal.policy import facts
from counterseal.policy.language.values import (
    EvaluationFailure,
    HexText,
    Numeral,
    Unusable,
    at_index,
    cut,
    equal,
    field,
    from_milliseconds,
    member,
    ordered,
)

INSTANT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "right", "result"),
    [
        ("a", "a", True),
        ("a", "A", False),
        (2**256 - 1, 2**256 - 1, True),
        (10**19 + 1, 10**19, False),
        (True, True, True),
        (INSTANT, INSTANT, True),
        (HexText("0xAB"), "0xaB", True),
        ("0xaB", HexText("0xAB"), True),
        (HexText("0xab"), "0xac", False),
        (Numeral("10"), 10, True),
        (10, Numeral("11"), False),
        (Numeral("10"), "10", True),
        (Numeral("010"), "10", False),
        (Numeral("010"), Numeral("10"), True),
    ],
)
def test_equal(left, right, result):
    assert equal(left, right) is result


@pytest.mark.parametrize(
    ("left", "right"),
    [(1, "1"), (1, True), (False, 0), ("a", ["a"]), ([1], [1]), ({}, {}), (None, None), (INSTANT, 1), (1.0, 1.0),
     (Unusable("x"), "a"), (Numeral("1"), True)],
)  # fmt: skip
def test_no_equality_between_types_or_of_compounds(left, right):
    with pytest.raises(EvaluationFailure):
        equal(left, right)


@pytest.mark.parametrize(("left", "right"), [("a", "b"), (1, True), (True, False), (1, "1"), (INSTANT, 1), ([], [])])
def test_no_order(left, right):
    with pytest.raises(EvaluationFailure):
        ordered(left, right)


def test_order_of_numbers_that_came_as_text():
    assert ordered(Numeral("9"), 10) == (9, 10)


def test_membership_compares_with_every_item():
    assert member("a", ["a", "b"])
    assert member(Numeral("2"), [1, 2])
    assert not member("a", [])
    with pytest.raises(EvaluationFailure):
        member("a", ["a", 1])


@pytest.mark.parametrize("index", [-1, 3, 2**70, True, "0"])
def test_indexes_never_clamp_nor_count_from_the_end(index):
    for target in ([1, 2, 3], "abc"):
        with pytest.raises(EvaluationFailure):
            at_index(target, index)


def test_indexes_into_lists_strings_and_maps():
    assert at_index([1, 2], 1) == 2
    assert at_index("ab", 1) == "b"
    assert at_index({"k": 1}, "k") == 1
    for target, index in (({"k": 1}, "x"), ({"k": 1}, 0), (5, 0), ({"k": Unusable("no")}, "k"), ([Unusable("no")], 0)):
        with pytest.raises(EvaluationFailure):
            at_index(target, index)


@pytest.mark.parametrize(("start", "end"), [(0, 4), (3, 4), (4, 4), (2, 1)])
def test_slices_never_clamp(start, end):
    for target in ("abc", [1, 2, 3]):
        with pytest.raises(EvaluationFailure):
            cut(target, start, end)


def test_slices_exclude_their_end():
    assert cut("abc", 0, 2) == "ab"
    assert cut([1, 2, 3], 1, 3) == [2, 3]
    assert cut("abc", 3, 3) == ""
    assert equal(cut(HexText("0xABcd"), 2, 6), "ABCD")


def test_fields():
    assert field({"a": 1}, "a") == 1
    for target, name in (({"a": 1}, "b"), ([1], "a"), ("text", "a"), ({"a": Unusable("FieldNotUsed: a")}, "a")):
        with pytest.raises(EvaluationFailure):
            field(target, name)


@pytest.mark.parametrize("text", ["", "-", "1.0", "0x1", "1e3", " 1", "--1", "٣"])
def test_a_numeral_is_decimal(text):
    with pytest.raises(ValueError, match="decimal"):
        Numeral(text)


def test_a_numeral_of_many_digits_is_no_number():
    assert equal(Numeral("0" * 900 + "7"), 7)
    assert equal(Numeral("-" + "9" * 999), -(10**999 - 1))
    with pytest.raises(ValueError, match="decimal"):
        Numeral("0" * 5_000 + "7")


def test_text_that_is_not_ascii_has_no_hex():
    with pytest.raises(ValueError, match="ASCII"):
        HexText("0x\u212a")
    assert not equal(HexText("0xk"), "0x\u212a"), "which Python turns into a k"
    assert facts({"eth": {"tx": {"to": "0x\u212a"}}}) == {"eth": {"tx": {"to": "0x\u212a"}}}


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (0, False), (1, 1.0), (True, 1.0), (Numeral("1"), True), ("1", 1), ("", False)]
)
def test_what_python_takes_for_one_key_is_two_values_here(one, other):
    for left, right in ((one, other), (other, one)):
        with pytest.raises(EvaluationFailure):
            equal(left, right)
        with pytest.raises(EvaluationFailure):
            member(left, [right])


def test_numbers_too_large_to_be_written_out_are_no_index():
    for target in ([1], "a"):
        with pytest.raises(EvaluationFailure, match="an integer of 20001 bits"):
            at_index(target, 2**20_000)


def test_long_values_are_not_repeated_in_messages():
    with pytest.raises(EvaluationFailure) as raised:
        at_index({}, "x" * 1_000_000)
    assert len(str(raised.value)) < 150


def test_now_is_exact_to_the_millisecond():
    assert from_milliseconds(1_767_225_600_001) == INSTANT.replace(microsecond=1000)
    assert from_milliseconds(-1) == datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)
