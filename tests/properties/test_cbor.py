"""Our CBOR against cbor2: what ours reads cbor2 reads as the same, and ours reads all that passkeys send."""

from __future__ import annotations

import contextlib
import io
from typing import Any
from unittest.mock import patch

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import cbor
from counterseal.crypto.errors import InvalidEncoding

KEYS = st.integers(-(2**64), 2**64 - 1) | st.text(max_size=4)
SCALARS = st.none() | st.booleans() | st.integers(-(2**64), 2**64 - 1) | st.binary(max_size=9) | st.text(max_size=9)
ITEMS = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
USED = "a1 a2 82 9f bf ff 01 20 4101 6161 f5 f6 b90001 9a00000001 1bffffffffffffffff"
NOT_USED = "f93c00 5f 7f c2 d9d9f7 f7"
PIECES = st.sampled_from([bytes.fromhex(each) for each in f"{USED} {NOT_USED}".split()])


def alike(ours: Any, theirs: Any) -> bool:
    """Equal in type, too, all the way down."""
    if type(ours) is not type(theirs):
        return False
    if type(ours) is list:
        return len(ours) == len(theirs) and all(map(alike, ours, theirs))
    if type(ours) is dict:
        return alike(list(ours), list(theirs)) and alike(list(ours.values()), list(theirs.values()))
    return bool(ours == theirs)


def depth(item: Any) -> int:
    inner = item.values() if type(item) is dict else item if type(item) is list else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(ITEMS, st.booleans(), st.binary(max_size=9))
def test_what_passkeys_send_is_read_as_it_is(item: Any, canonical: bool, rest: bytes) -> None:
    encoded = cbor2.dumps(item, canonical=canonical)
    if depth(item) > cbor.NESTING_MAX:
        with pytest.raises(InvalidEncoding, match="nested more than"):
            cbor.decode(encoded)
        return
    found, size = cbor.decode_first(encoded + rest)
    assert size == len(encoded)
    assert found == item
    assert alike(found, cbor2.loads(encoded))


@given(ITEMS)
def test_what_is_written_is_what_cbor2_writes(item: Any) -> None:
    assert cbor.encode(item) == cbor2.dumps(item)


@pytest.mark.parametrize("size", [23, 24, 255, 256, 65_535, 65_536])
def test_lengths_are_as_short_as_can_be(size: int) -> None:
    for item in (bytes(size), "a" * size, [None] * size, dict.fromkeys(range(size))):
        assert cbor.encode(item) == cbor2.dumps(item)


@given(st.binary(max_size=64) | st.lists(PIECES, max_size=40).map(b"".join))
def test_what_is_read_is_read_by_cbor2_as_the_same(data: bytes) -> None:
    try:
        found, size = cbor.decode_first(data)
    except InvalidEncoding:
        return
    stream = io.BytesIO(data)
    assert alike(found, cbor2.load(stream))
    assert stream.tell() == size


@given(st.binary(max_size=600) | st.lists(PIECES, max_size=300).map(b"".join))
def test_no_bytes_are_more_work_than_the_items_that_have_room(data: bytes) -> None:
    """Each item begins with one call, which takes at least one byte; nothing is gone through a second time."""
    calls = 0
    item = cbor._Reader.item

    def counted(reader: Any, level: int) -> Any:
        nonlocal calls
        calls += 1
        return item(reader, level)

    with patch.object(cbor._Reader, "item", counted), contextlib.suppress(InvalidEncoding):
        cbor.decode_first(data)
    assert calls <= min(len(data), cbor.ITEMS_MAX) + 1
