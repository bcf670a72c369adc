import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.crypto import mnemonics
from counterseal.crypto.curves import Curve
from counterseal.crypto.mnemonics import Language
from counterseal.crypto.public_keys import public_key_of
from counterseal.keystore.bundles import imported_key, imported_phrase, imported_secret
from counterseal.keystore.bundles.contents import PHRASE_BYTES_MAX

ENTROPY = bytes(range(16))
ORDERS = {
    Curve.SECP256K1: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    Curve.P256: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
}


@pytest.mark.parametrize("language", Language)
def test_phrases_of_every_language(language: Language) -> None:
    phrase = mnemonics.phrase_of(ENTROPY, language)
    assert imported_phrase(phrase) == (ENTROPY, language)
    assert imported_phrase(b"  \n" + phrase.replace(b" ", b"\t ") + b"\n") == (ENTROPY, language)


def test_an_empty_passphrase_is_none() -> None:
    phrase = mnemonics.phrase_of(ENTROPY)
    assert imported_phrase(phrase + b"\n--PASS--\n") == (ENTROPY, Language.ENGLISH)


@pytest.mark.parametrize(
    ("plaintext", "reason"),
    [
        (b"", "a phrase of 0 words"),
        (b"\xff", "it is not UTF-8"),
        (b"abandon " * 12, "the checksum does not match"),
        (b"abandon " * 11 + b"abaut", "not all words are of one list"),
        (mnemonics.phrase_of(ENTROPY) + b"\n--PASS--\nsecret!", "it comes with a passphrase"),
        (mnemonics.phrase_of(ENTROPY) + b"\nsecret!", "a phrase of 13 words"),
        (b"a" * PHRASE_BYTES_MAX, "expected at most 2048"),
        (bytes(32), "a phrase of 1 words"),
    ],
)
def test_what_is_no_phrase(plaintext: bytes, reason: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^invalid mnemonic: ") as fault:
        imported_phrase(plaintext)
    assert reason in fault.value.message
    assert not any(word in fault.value.message for word in ("abandon", "abaut", "secret"))


@pytest.mark.parametrize("curve", Curve)
def test_keys_of_every_curve(curve: Curve) -> None:
    key = bytearray(b"\x01" * 32)
    assert imported_key(key, curve) == public_key_of(curve, key)


@pytest.mark.parametrize("curve", Curve)
@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_keys_of_other_lengths(curve: Curve, size: int) -> None:
    with pytest.raises(InvalidRequest, match=f"invalid private key: .* is {size} bytes long, expected 32"):
        imported_key(b"\x01" * size, curve)


@pytest.mark.parametrize("curve", ORDERS)
@pytest.mark.parametrize("change", [0, 1])
def test_keys_out_of_range(curve: Curve, change: int) -> None:
    for outside in (bytes(32), (int(ORDERS[curve], 16) + change).to_bytes(32), b"\xff" * 32):
        with pytest.raises(InvalidRequest, match="invalid private key: ") as fault:
            imported_key(outside, curve)
        assert outside.hex() not in fault.value.message


def test_secrets_are_text() -> None:
    imported_secret("clé ✓".encode())
    for plaintext in (b"", b"\xff\xfe"):
        with pytest.raises(InvalidRequest, match=r"^invalid secret: it is (empty|not UTF-8)$"):
            imported_secret(plaintext)
