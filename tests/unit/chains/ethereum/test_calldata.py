"""What is sound is compared with eth-abi, viem and ethers elsewhere: here is what is not."""

import eth_abi
import pytest

from counterseal.chains.ethereum.abi_types import input_types
from counterseal.chains.ethereum.calldata import _Arguments, decode_arguments
from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.values import HexText


def decoded(data, *types):
    return decode_arguments(input_types([{"type": type_} for type_ in types]), b"abcd" + data)


def words(*values):
    return b"".join(value if isinstance(value, bytes) else (value % 2**256).to_bytes(32) for value in values)


def fault(data, *types):
    with pytest.raises(NotUnderstood) as found:
        decoded(data, *types)
    return str(found.value)


def test_addresses_and_bytes_are_hexadecimal_text():
    values = decoded(words(2**160 - 1, b"\xab" + bytes(31), 96, 1, b"\xcd" + bytes(31)), "address", "bytes1", "bytes")
    assert values == ["0x" + "ff" * 20, "0xab", "0xcd"]
    assert all(type(value) is HexText for value in values)


@pytest.mark.parametrize("value", [0, 1])
def test_truths_are_truths(value):
    (found,) = decoded(words(value), "bool")
    assert found is bool(value)


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("uint8", 256),
        ("uint248", 2**248),
        ("int8", 128),
        ("int8", -129),
        ("int8", 255),
        ("bool", 2),
        ("bool", -1),
        ("address", 2**160),
        ("address", 2**255),
        ("bytes1", 1),
        ("bytes31", 1),
        ("function", 1),
    ],
)
def test_a_word_that_is_not_of_its_type(type_, value):
    assert "the word at byte 4 " in fault(words(value), type_)
    assert "the word at byte 36 " in fault(words(0, value), "uint256", type_)


@pytest.mark.parametrize(("type_", "value"), [("int8", -128), ("int8", 127), ("uint8", 255), ("uint256", 2**256 - 1)])
def test_words_at_the_ends_of_their_type(type_, value):
    assert decoded(words(value), type_) == [value]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (words(32), "it ends at byte 36, expected 1 words from byte 36 on"),
        (words(32, 1), "it ends at byte 68, expected 1 words from byte 68 on"),
        (words(32, 1) + b"x", "it ends at byte 69, expected 1 words from byte 68 on"),
        (words(32, 33, 0), "it ends at byte 100, expected 2 words from byte 68 on"),
        (words(32, 1, b"xy" + bytes(30)), "what fills up the word at byte 69 is not zero"),
        (words(32, 31, b"x" * 32), "what fills up the word at byte 99 is not zero"),
        (words(0, 0), "the offset at byte 4 leads to byte 4, expected 36 or behind"),
        (words(31, 0), "the offset at byte 4 leads to byte 35, expected 36 or behind"),
        (words(2**256 - 1, 0), "the offset or length at byte 4 is more than the 68 bytes there are"),
        (words(2**255, 0), "the offset or length at byte 4 is more than the 68 bytes there are"),
        (words(65, 0, 0), "it ends at byte 100, expected 1 words from byte 69 on"),
        (words(32, 2**64), "the offset or length at byte 36 is more than the 68 bytes there are"),
    ],
)
def test_bytes_that_are_not_where_they_should_be(data, message):
    assert fault(data, "bytes") == message


def test_offsets_are_followed():
    """In another order than usual, with a gap, and not at a word's beginning: contracts read the same."""
    usual = decoded(words(64, 128, 1, b"a" + bytes(31), 1, b"b" + bytes(31)), "bytes", "bytes")
    assert decoded(words(128, 64, 1, b"b" + bytes(31), 1, b"a" + bytes(31)), "bytes", "bytes") == usual
    assert decoded(words(96, 160, 7, 1, b"a" + bytes(31), 1, b"b" + bytes(31)), "bytes", "bytes") == usual
    assert decoded(words(65, 129) + b"\7" + words(1, b"a" + bytes(31), 1, b"b" + bytes(31)), "bytes", "bytes") == usual


def test_text_must_be_text():
    assert decoded(words(32, 2, "é".encode() + bytes(30)), "string") == ["é"]
    assert fault(words(32, 3, b"a\xff!" + bytes(29)), "string") == "the text at byte 68 is not UTF-8 at byte 69"
    assert "not UTF-8" in fault(words(32, 3, b"\xed\xa0\x80" + bytes(29)), "string")


def test_an_array_s_length_is_not_believed():
    assert "expected 3 words" in fault(words(32, 3, 1, 2), "uint8[]")
    assert "is more than the" in fault(words(32, 2**32, 1), "uint8[]")
    assert "expected 3 words" in fault(words(1, 2), "uint8[3]")
    assert "expected 9999999999 words" in fault(words(1, 2), "uint8[9999999999]")
    assert "words from byte 4 on" in fault(words(1, 2), "uint8[9999999999][9999999999][9999999999]")
    assert "expected 9999999999 words" in fault(words(32, 2), "string[9999999999]")


def test_no_word_is_read_twice():
    """Else a little data could say so much that nobody would live to read it."""
    message = "values from byte 68 on share their bytes with others, and say more than there is"
    assert fault(words(64, 64, 1, b"a" + bytes(31)), "bytes", "bytes") == message
    levels = 20
    data = words(32) + words(2, 64, 64) * levels + words(0)
    assert "share their bytes" in fault(data, "uint8" + "[]" * levels)


def test_what_is_read_is_paid_for(monkeypatch):
    paid = []
    pay = _Arguments._pay
    monkeypatch.setattr(_Arguments, "_pay", lambda self, number, at: (paid.append(number), pay(self, number, at))[1])
    values = [[list(range(10))] * 10] * 10
    data = eth_abi.encode(["uint256[][][]"], [values])
    assert decoded(data, "uint256[][][]") == [values]
    assert 32 * sum(paid) == len(data)
