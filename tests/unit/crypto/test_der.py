import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import der
from counterseal.crypto.errors import InvalidSignatureEncoding

numbers = st.integers(min_value=1, max_value=2**256 - 1)


def padded(number: int, zeros: int) -> bytes:
    """A DER integer with superfluous zero bytes, cut to the 33 that are allowed."""
    content = number.to_bytes(number.bit_length() // 8 + 1)
    content = bytes(min(zeros, 33 - len(content))) + content
    return b"\x02" + bytes((len(content),)) + content


def sequence(content: bytes) -> bytes:
    return b"\x30" + bytes((len(content),)) + content


@given(numbers, numbers)
def test_encode_is_what_the_library_encodes_and_decode_undoes_it(r: int, s: int) -> None:
    encoded = der.encode(r, s)
    assert encoded == encode_dss_signature(r, s)
    assert der.decode(encoded) == decode_dss_signature(encoded) == (r, s)
    assert der.minimal(encoded) is encoded


@given(numbers, numbers, st.integers(0, 32), st.integers(0, 32))
def test_leading_zeros_change_nothing(r: int, s: int, r_zeros: int, s_zeros: int) -> None:
    encoded = sequence(padded(r, r_zeros) + padded(s, s_zeros))
    assert der.decode(encoded) == (r, s)
    assert der.minimal(encoded) == der.encode(r, s)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_signature_or_refused(data: bytes) -> None:
    try:
        r, s = der.decode(data)
    except InvalidSignatureEncoding:
        with pytest.raises(InvalidSignatureEncoding):
            der.minimal(data)
    else:
        assert r > 0 < s
        assert der.decode(der.minimal(data)) == (r, s)


@given(numbers, numbers, st.data())
def test_a_changed_byte_is_another_signature_or_refused(r: int, s: int, data: st.DataObject) -> None:
    encoded = bytearray(der.encode(r, s))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(InvalidSignatureEncoding):
        assert der.decode(bytes(encoded)) != (r, s)


@pytest.mark.parametrize(
    ("encoded", "complaint"),
    [
        ("", "0 bytes long"),
        ("30060201010201", "7 bytes long"),
        ("30" * 73, "73 bytes long"),
        ("3106020101020101", "starts with byte 0x31"),
        ("3007020101020101", "declares a length of 0x07, expected 0x06"),
        ("308106020101020101", "declares a length of 0x81"),
        ("3080020101020101" + "0000", "declares a length of 0x80"),
        ("300602010102010100", "declares a length of 0x06"),
        ("300702010102010100", "bytes after its second integer"),
        ("3006030101020101", "type 0x03, expected an integer"),
        ("3006020101040101", "type 0x04, expected an integer"),
        ("3006020001020101", "length 0x00"),
        ("300702818101020101", "length 0x81"),
        ("3006020101020201", "middle of an integer"),
        ("3006020401020101", "ends where an integer was expected"),
        ("3006020301020101", "ends where an integer was expected"),
        ("3006020180020101", "negative"),
        ("3006020101020180", "negative"),
        ("3006020100020101", "zero"),
        ("300702010102020000", "zero"),
        ("3027" + "0222" + "00" * 33 + "01" + "020101", "length 0x22"),
    ],
)
def test_refusals(encoded: str, complaint: str) -> None:
    with pytest.raises(InvalidSignatureEncoding, match=complaint):
        der.decode(bytes.fromhex(encoded))
