"""Hexadecimal digits: in either case, and no more than were expected."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import hexadecimal
from counterseal.crypto.errors import InvalidEncoding


@given(st.binary(max_size=40))
def test_either_case_is_read(data: bytes) -> None:
    assert hexadecimal.decode(data.hex(), bytes_max=40) == data
    assert hexadecimal.decode(data.hex().upper(), bytes_max=40) == data


@pytest.mark.parametrize("text", ["a", "zz", " aa", "aa\n", "0x", "é", "٣٣", "\ud800\ud800"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidEncoding, match="not an even number of hexadecimal characters"):
        hexadecimal.decode(text, bytes_max=40)


def test_what_is_longer_is_not_looked_at() -> None:
    assert hexadecimal.decode("ab" * 33, bytes_max=33) == b"\xab" * 33
    with pytest.raises(InvalidEncoding, match="67 characters long, expected at most 66"):
        hexadecimal.decode("z" * 67, bytes_max=33)
