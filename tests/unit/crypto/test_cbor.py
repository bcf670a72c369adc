"""CBOR: the items that passkeys use, once each, in one reading, and not many of them."""

import pytest

from counterseal.crypto import cbor
from counterseal.crypto.errors import InvalidEncoding


def refusal(encoded: bytes) -> str:
    with pytest.raises(InvalidEncoding) as refused:
        cbor.decode(encoded)
    return str(refused.value)


@pytest.mark.parametrize(
    ("encoded", "item"),
    [
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1903e8", 1000),
        ("1a000f4240", 1000000),
        ("1bffffffffffffffff", 2**64 - 1),
        ("20", -1),
        ("390100", -257),
        ("3bffffffffffffffff", -(2**64)),
        ("40", b""),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("60", ""),
        ("62c3bc", "\u00fc"),
        ("80", []),
        ("83010203", [1, 2, 3]),
        ("a0", {}),
        ("a201020304", {1: 2, 3: 4}),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("f4", False),
        ("f5", True),
        ("f6", None),
    ],
)
def test_the_examples_of_rfc_8949(encoded: str, item: object) -> None:
    """Appendix A, those that passkeys may use."""
    found = cbor.decode(bytes.fromhex(encoded))
    assert found == item
    assert type(found) is type(item)


def test_lengths_may_be_longer_than_needed_and_ends_may_be_breaks() -> None:
    for encoded in ("1800", "190000", "1a00000000", "1b0000000000000000"):
        assert cbor.decode(bytes.fromhex(encoded)) == 0
    assert cbor.decode(bytes.fromhex("9f0102ff")) == [1, 2]
    assert cbor.decode(bytes.fromhex("bf0102ff")) == {1: 2}
    assert cbor.decode(bytes.fromhex("b900010102")) == {1: 2}
    assert cbor.decode_first(bytes.fromhex("9fffff")) == ([], 2)


@pytest.mark.parametrize(
    ("encoded", "says"),
    [
        ("", "ends after 0 bytes, expected at least 1"),
        ("a1", "ends after 1 bytes"),
        ("5affffffff00", "ends after 6 bytes, expected at least 4294967300"),
        ("9bffffffffffffffff", "ends after 9 bytes"),
        ("a201020103", "has a key twice at byte 3"),
        ("a26161016161f6", "has a key twice at byte 4"),
        ("ff", "has a floating-point number or a simple value at byte 0"),
        ("81ff", "has a floating-point number or a simple value at byte 1"),
        ("bf01ff", "has a floating-point number or a simple value at byte 2"),
        ("61ff", "has text that is not UTF-8 at byte 0"),
        ("63eda080", "has text that is not UTF-8 at byte 0"),
        ("81" * 9 + "00", "is nested more than 8 levels deep at byte 8"),
        ("9f" * 5000, "is nested more than 8 levels deep at byte 8"),
        ("9f0102", "ends after 3 bytes"),
        ("1c", "has an item without a length at byte 0"),
        ("1f", "has an item without a length at byte 0"),
        ("9c", "has an item without a length at byte 0"),
        ("5f4101ff", "has an item without a length at byte 0"),
        ("7f6161ff", "has an item without a length at byte 0"),
        ("f93c00", "has a floating-point number or a simple value at byte 0"),
        ("fb3ff0000000000000", "has a floating-point number or a simple value at byte 0"),
        ("f7", "has a floating-point number or a simple value at byte 0"),
        ("f0", "has a floating-point number or a simple value at byte 0"),
        ("f814", "has a floating-point number or a simple value at byte 0"),
        ("c24101", "has a tag at byte 0"),
        ("0000", "is 1 bytes long, expected the 2 that were given"),
    ],
)
def test_what_passkeys_do_not_use_is_refused(encoded: str, says: str) -> None:
    assert says in refusal(bytes.fromhex(encoded))


@pytest.mark.parametrize("key", ["40", "80", "a0", "820102", "f4", "f5", "f6", "d86401"])
def test_keys_are_integers_or_text(key: str) -> None:
    """RFC 9052, sections 1.4 and 7. Python would take true for 1, and numbers with one hash slow a dictionary down."""
    assert cbor.decode(b"\xa1\x01\x00") == {1: 0}
    assert refusal(b"\xa1" + bytes.fromhex(key) + b"\x00")


def test_eight_levels_are_read() -> None:
    assert cbor.decode(bytes.fromhex("81" * 8 + "00")) == [[[[[[[[0]]]]]]]]


def test_no_tag_is_read() -> None:
    for first in range(0xC0, 0xE0):
        assert refusal(bytes([first]) + bytes(9)) == "CBOR has a tag at byte 0"


def test_there_may_be_no_more_items_than_have_room() -> None:
    def array(size: int) -> bytes:
        return b"\x98" + bytes([size]) + b"\x00" * size

    assert len(cbor.decode(array(cbor.ITEMS_MAX - 1))) == cbor.ITEMS_MAX - 1  # type: ignore[arg-type]
    assert refusal(array(cbor.ITEMS_MAX)) == f"CBOR has more than {cbor.ITEMS_MAX} items"
    keys = b"\xb8\x40" + b"".join(b"\x18" + bytes([at]) + b"\x00" for at in range(64, 128))
    assert refusal(keys) == f"CBOR has more than {cbor.ITEMS_MAX} items", "keys count"


def test_there_may_be_no_more_bytes_than_have_room() -> None:
    def text(size: int) -> bytes:
        return b"\x59" + (size - 3).to_bytes(2) + bytes(size - 3)

    assert len(cbor.decode(text(cbor.BYTES_MAX))) == cbor.BYTES_MAX - 3  # type: ignore[arg-type]
    assert refusal(text(cbor.BYTES_MAX + 1)) == "CBOR is 12289 bytes long, expected at most 12288"
    with pytest.raises(InvalidEncoding, match="is 12289 bytes long"):
        cbor.decode_first(b"\x00" * (cbor.BYTES_MAX + 1))
