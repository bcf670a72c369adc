import base58
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import base58check
from counterseal.crypto.errors import InvalidEncoding

# Leading zero bytes are what implementations get wrong.
payloads = st.builds(lambda zeros, rest: bytes(zeros) + rest, st.integers(0, 40), st.binary(max_size=120))


@given(payloads)
def test_round_trip_agrees_with_the_base58_library(payload: bytes) -> None:
    text = base58check.encode(payload)
    assert text == base58.b58encode_check(payload).decode()
    assert base58check.decode(text) == payload


@given(st.text(alphabet="123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0OIl+é", max_size=60))
def test_any_text_is_refused_or_round_trips(text: str) -> None:
    try:
        payload = base58check.decode(text)
    except InvalidEncoding:
        return
    assert base58check.encode(payload) == text


@given(payloads, st.data())
def test_a_changed_letter_is_refused(payload: bytes, data: st.DataObject) -> None:
    text = base58check.encode(payload)
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("2345ABCDabcd").filter(lambda letter: letter != text[place]))
    with pytest.raises(InvalidEncoding):
        base58check.decode(text[:place] + letter + text[place + 1 :])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "0 bytes long"),
        ("11", "2 bytes long"),
        ("0", "alphabet"),
        ("a b", "alphabet"),
        ("2" * 8193, "8193 characters"),
    ],
)
def test_refusals(text: str, complaint: str) -> None:
    with pytest.raises(InvalidEncoding, match=complaint):
        base58check.decode(text)
