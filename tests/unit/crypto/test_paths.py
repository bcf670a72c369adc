import pytest

from counterseal.crypto import paths
from counterseal.crypto.curves import Curve
from counterseal.crypto.paths import HARDENED, InvalidPath


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("m", ()),
        ("m/0", (0,)),
        ("m/44'/60h/0H/0/7", (HARDENED + 44, HARDENED + 60, HARDENED, 0, 7)),
        ("m/2147483647'", (2 * HARDENED - 1,)),
        ("m/0000000007", (7,)),
        ("m" + "/1" * 20, (1,) * 20),
    ],
)
def test_paths(text: str, levels: tuple[int, ...]) -> None:
    assert paths.parse(text) == levels


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "does not start with m"),
        ("M/0", "does not start with m"),
        ("44'/60'", "does not start with m"),
        (" m/0", "does not start with m"),
        ("m/", "level 1 is not a number"),
        ("m/0/", "level 2 is not a number"),
        ("m//0", "level 1 is not a number"),
        ("m/0 ", "level 1 is not a number"),
        ("m/+1", "level 1 is not a number"),
        ("m/-1", "level 1 is not a number"),
        ("m/1''", "level 1 is not a number"),
        ("m/0x1", "level 1 is not a number"),
        ("m/\u0662", "level 1 is not a number"),
        ("m/1\n", "level 1 is not a number"),
        ("m/0/2147483648", "level 2 is 2147483648, expected at most 2147483647"),
        ("m/00000000001", "level 1 is not a number"),
        ("m" + "/1" * 21, "it has 21 levels, expected at most 20"),
        ("m/" + "0" * 255, "it is 257 characters long, expected at most 256"),
    ],
)
def test_refusals_say_where(text: str, complaint: str) -> None:
    with pytest.raises(InvalidPath, match=complaint):
        paths.parse(text)


def test_the_longest_path_fits() -> None:
    assert len(paths.text_of((2 * HARDENED - 1,) * paths.LEVELS_MAX)) < paths.TEXT_MAX


def test_spellings_of_one_path_are_one_key() -> None:
    apostrophes, letters = paths.parse("m/44'/501'/0'/0"), paths.parse("m/44h/501H/0'/0'")
    assert apostrophes != letters
    assert paths.followed(apostrophes, Curve.ED25519) == paths.followed(letters, Curve.ED25519) == letters
    for curve in (Curve.SECP256K1, Curve.P256):
        assert paths.followed(apostrophes, curve) == apostrophes
