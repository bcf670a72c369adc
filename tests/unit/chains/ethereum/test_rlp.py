import pytest
import rlp
from hypothesis import given
from hypothesis import strategies as st

from counterseal.chains.ethereum.rlp import LISTS_MAX, RlpReader, bytes_item, integer_item, list_item
from counterseal.chains.refusal import NotUnderstood


def reader(digits):
    return RlpReader(bytes.fromhex(digits))


@pytest.mark.parametrize(
    ("digits", "value"),
    [("80", 0), ("01", 1), ("7f", 127), ("8180", 128), ("820100", 256), ("a0" + "ff" * 32, 2**256 - 1)],
)
def test_integers(digits, value):
    items = reader(digits)
    assert items.integer("value") == value
    assert not items.has_more()
    assert integer_item(value).hex() == digits


@pytest.mark.parametrize(
    ("digits", "message"),
    [
        ("00", "value at byte 0 begins with a zero byte, expected an integer without"),
        ("820001", "value at byte 0 begins with a zero byte, expected an integer without"),
        ("8101", "value at byte 0 has a length before one byte below 80, expected none"),
        ("817f", "value at byte 0 has a length before one byte below 80, expected none"),
        ("8100", "value at byte 0 has a length before one byte below 80, expected none"),
        ("a1" + "ff" * 33, "value at byte 0 has 33 bytes, expected at most 32"),
        ("c0", "value at byte 0 is a list, expected bytes"),
        ("c101", "value at byte 0 is a list, expected bytes"),
        ("f800", "value at byte 0 is a list, expected bytes"),
        ("8201", "value at byte 0 ends at byte 2, expected 1 bytes more"),
        ("b8", "value at byte 0 ends at byte 1, expected 1 bytes more"),
        ("b900", "value at byte 0 ends at byte 2, expected 1 bytes more"),
        ("b837" + "ff" * 55, "value at byte 0 has a length that is not in its shortest form"),
        ("b90038" + "ff" * 56, "value at byte 0 has a length that is not in its shortest form"),
        ("bfffffffffffffffff", "value at byte 0 ends at byte 9, expected 18446744073709551615 bytes more"),
        ("", "it ends at byte 0, expected value"),
    ],
)
def test_what_is_no_integer(digits, message):
    with pytest.raises(NotUnderstood) as fault:
        reader(digits).integer("value")
    assert str(fault.value) == message


def test_an_integer_of_a_size():
    assert reader("88" + "ff" * 8).integer("nonce", size=8) == 2**64 - 1
    with pytest.raises(NotUnderstood, match="nonce at byte 0 has 9 bytes, expected at most 8"):
        reader("89010000000000000000").integer("nonce", size=8)


def test_bytes_of_a_size():
    assert reader("94" + "11" * 20).fixed("to", size=20) == b"\x11" * 20
    assert reader("94" + "11" * 20).address_or_nothing("to") == b"\x11" * 20
    assert reader("80").address_or_nothing("to") == b""
    assert reader("00").content("data") == b"\0"
    assert reader("b838" + "00" * 56).content("data") == bytes(56)
    with pytest.raises(NotUnderstood, match=r"to at byte 0 has 19 bytes, expected 20$"):
        reader("93" + "11" * 19).fixed("to", size=20)
    with pytest.raises(NotUnderstood, match="to at byte 0 has 1 bytes, expected 20 or none"):
        reader("00").address_or_nothing("to")


def test_lists_and_their_ends():
    items = reader("c3c1018007")
    inner = items.items("outer")
    assert inner.is_at_list()
    assert inner.items("inner").integer("value") == 1
    assert not inner.is_at_list()
    assert inner.integer("value") == 0
    inner.finish("outer")
    assert not inner.is_at_list()
    with pytest.raises(NotUnderstood, match="it ends at byte 4, expected value"):
        inner.integer("value")
    with pytest.raises(NotUnderstood, match="transaction goes on at byte 4, expected its end"):
        items.finish("transaction")
    with pytest.raises(NotUnderstood, match="list at byte 4 is bytes, expected a list"):
        items.items("list")


def test_an_item_may_not_reach_beyond_its_list():
    inner = reader("c28201ff").items("outer")
    with pytest.raises(NotUnderstood, match="value at byte 1 ends at byte 3, expected 1 bytes more"):
        inner.integer("value")


TREES = st.recursive(st.binary(max_size=70), lambda inner: st.lists(inner, max_size=4), max_leaves=8)


def encoded(tree):
    return bytes_item(tree) if isinstance(tree, bytes) else list_item(b"".join(map(encoded, tree)))


def read(items):
    if not items.is_at_list():
        return items.content("item")
    inner, found = items.items("list"), []
    while inner.has_more():
        found.append(read(inner))
    return found


@given(TREES)
def test_it_is_that_of_the_library(tree):
    assert encoded(tree) == rlp.encode(tree)
    assert read(RlpReader(rlp.encode(tree))) == tree


@given(st.binary(max_size=80))
def test_what_is_read_has_one_spelling(data):
    items = RlpReader(data)
    try:
        tree = read(items)
        items.finish("it")
    except NotUnderstood:
        return
    assert encoded(tree) == data


def test_lists_have_a_bound():
    reader = RlpReader(rlp.encode([[[]] * LISTS_MAX])).items("all").items("first")
    with pytest.raises(NotUnderstood, match=f"one list too many, expected at most {LISTS_MAX}"):
        for _ in range(LISTS_MAX):
            reader.items("item")
