import pytest

from counterseal.contract.errors import Refused, quoted


def test_a_code_is_per_refusal():
    assert (Refused("a", code="X").code, Refused("b").code) == ("X", "REQUEST_INVALID")


def test_str_is_the_message():
    assert str(Refused("why")) == "why"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc", "`abc`"),
        ("x" * 65, "`" + "x" * 64 + "…`"),
        ("a\nb\x00", "`a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}`"),
    ],
)
def test_quoted(text, shown):
    assert quoted(text) == shown
