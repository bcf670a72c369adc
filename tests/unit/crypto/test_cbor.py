"""CBOR: one item, no tags, no deep nesting, no duplicate keys."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import cbor
from counterseal.crypto.errors import InvalidEncoding

items = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.binary(max_size=9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers() | st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(items.filter(lambda item: len(cbor2.dumps(item)) < 500), st.binary(max_size=9))
def test_the_first_item_is_read_and_its_length_is_told(item: object, rest: bytes) -> None:
    encoded = cbor2.dumps(item)
    try:
        assert cbor.decode(encoded) == item
    except InvalidEncoding:  # nested too deeply, or with integers that need tags
        return
    assert cbor.decode_first(encoded + rest) == (item, len(encoded))
    if rest:
        with pytest.raises(InvalidEncoding, match=f"is {len(encoded)} bytes long, expected the {len(encoded + rest)}"):
            cbor.decode(encoded + rest)


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param("", id="nothing"),
        pytest.param("a1", id="a map cut short"),
        pytest.param("5affffffff00", id="a length beyond the end"),
        pytest.param("9bffffffffffffffff", id="an array longer than memory"),
        pytest.param("a201020103", id="a key twice"),
        pytest.param("ff", id="a break alone"),
        pytest.param("61ff", id="text that is not UTF-8"),
        pytest.param("81" * 9 + "00", id="nine levels"),
        pytest.param("9f" * 5000, id="endless levels"),
    ],
)
def test_what_is_not_well_formed_is_refused(encoded: str) -> None:
    with pytest.raises(InvalidEncoding):
        cbor.decode(bytes.fromhex(encoded))


def test_eight_levels_are_read() -> None:
    assert cbor.decode(bytes.fromhex("81" * 8 + "00")) == [[[[[[[[0]]]]]]]]


@pytest.mark.parametrize("content", ["00", "4101", "6161", "80", "820102"])
def test_no_tag_is_read(content: str) -> None:
    """Neither those that the library would turn into values of its own, nor those it does not know."""
    for tag in [*range(1500), 43000, 55799, 2**31]:
        with pytest.raises(InvalidEncoding):
            cbor.decode(cbor2.dumps(cbor2.CBORTag(tag, 0))[:-1] + bytes.fromhex(content))


@given(st.binary(max_size=64))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        _, size = cbor.decode_first(data)
    except InvalidEncoding:
        return
    assert 1 <= size <= len(data)
