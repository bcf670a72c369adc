"""Base64url as clients write it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import base64url
from counterseal.crypto.errors import InvalidEncoding


@given(st.binary(max_size=100))
def test_what_is_written_is_read_in_every_spelling(data: bytes) -> None:
    text = base64url.encode(data)
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    standard = base64.b64encode(data).decode()
    for spelling in (text, standard, standard.rstrip("="), base64.urlsafe_b64encode(data).decode()):
        assert base64url.decode(spelling) == data


@pytest.mark.parametrize("text", ["A", "A===", "AA AA", "AAAA\n", "AA=A", "é", "\ud800", "=", "AA.A", "*"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidEncoding):
        base64url.decode(text)


@given(st.text(max_size=40))
def test_no_text_does_anything_but_be_read_or_refused(text: str) -> None:
    try:
        data = base64url.decode(text)
    except InvalidEncoding:
        return
    assert len(data) <= len(text)


def test_what_is_longer_than_anything_is_not_looked_at() -> None:
    assert len(base64url.decode("A" * base64url.TEXT_MAX)) == base64url.TEXT_MAX * 3 // 4
    with pytest.raises(InvalidEncoding, match="32772 characters long, expected at most 32768"):
        base64url.decode("*" * (base64url.TEXT_MAX + 4))
