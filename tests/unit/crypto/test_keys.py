import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import (
    CryptoError,
    Curve,
    generate_key_pair,
    load_private_key,
    p256,
    private_key_text,
    secp256k1,
    validate_public_key,
)
from counterseal.crypto.errors import InvalidPrivateKey, InvalidPublicKey

curves = st.sampled_from(Curve)
WEIERSTRASS = [pytest.param(Curve.P256, p256, id="P-256"), pytest.param(Curve.SECP256K1, secp256k1, id="secp256k1")]


@given(curves)
def test_public_keys_are_taken_in_any_case_and_given_in_lower(curve: Curve) -> None:
    text = generate_key_pair(curve).public_key.hex()
    assert validate_public_key(curve, text) == validate_public_key(curve, text.upper()) == text
    assert len(text) == (64 if curve is Curve.ED25519 else 66)


@given(curves, st.one_of(st.text(max_size=140), st.text(alphabet="0123456789abcdefABCDEF", max_size=140)))
def test_any_text_is_a_public_key_or_refused(curve: Curve, text: str) -> None:
    with contextlib.suppress(InvalidPublicKey):
        assert validate_public_key(curve, text) == text.lower()


@pytest.mark.parametrize("curve", Curve)
def test_public_keys_that_are_refused(curve: Curve) -> None:
    text = generate_key_pair(curve).public_key.hex()
    for wrong, complaint in [
        ("0x" + text, "starts with 0x"),
        ("0X" + text, "starts with 0x"),
        (text[:-1], "even number of hexadecimal"),
        (text[:-2] + "  ", "even number of hexadecimal"),
        (text[:-2] + "gg", "even number of hexadecimal"),
        (text[:-1] + "é", "even number of hexadecimal"),
        (text[:-2], "bytes long"),
        (text + "00", "bytes long"),
        ("", "0 bytes long"),
    ]:
        with pytest.raises(InvalidPublicKey, match=complaint):
            validate_public_key(curve, wrong)


@pytest.mark.parametrize(("curve", "module"), WEIERSTRASS)
def test_an_uncompressed_key_is_refused_with_its_compressed_form(curve: Curve, module: object) -> None:
    compressed = generate_key_pair(curve).public_key
    uncompressed = (p256 if module is p256 else secp256k1).uncompress(compressed)
    with pytest.raises(InvalidPublicKey, match=f"uncompressed.*{compressed.hex()}"):
        validate_public_key(curve, uncompressed.hex())


def test_a_key_of_another_curve_is_refused() -> None:
    # x = 5 is a point of P-256 and none of secp256k1, x = 1 the other way round.
    on_p256, on_secp256k1 = "02" + f"{5:064x}", "02" + f"{1:064x}"
    assert validate_public_key(Curve.P256, on_p256) == on_p256
    assert validate_public_key(Curve.SECP256K1, on_secp256k1) == on_secp256k1
    for curve, text in ((Curve.P256, on_secp256k1), (Curve.SECP256K1, on_p256)):
        with pytest.raises(InvalidPublicKey, match="not a point of the curve"):
            validate_public_key(curve, text)


@given(curves)
def test_private_key_files_round_trip(curve: Curve) -> None:
    key = generate_key_pair(curve)
    text = private_key_text(key)
    digits, colon, suffix = text.partition(":")
    assert (colon == "") == (curve is Curve.P256)
    for loaded in load_private_key(text), load_private_key(f"\n{digits.upper()}{colon}{suffix} "):
        assert (loaded.curve, loaded.secret, loaded.public_key) == (curve, key.secret, key.public_key)


def test_private_key_files_as_turnkeys_tool_writes_them() -> None:
    secret = "487f361ddfd73440e707f4daa6775b376859e8a3c9f29b3bb694a12927c0213c"
    public_key = "02f739f8c77b32f4d5f13265861febd76e7a9c61a1140d296b8c16302508870316"
    for text in (secret, f"{secret}:p256"):
        key = load_private_key(text)
        assert (key.curve, key.public_key.hex(), private_key_text(key)) == (Curve.P256, public_key, secret)
    ethereum = load_private_key("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80:secp256k1")
    assert ethereum.public_key.hex() == "038318535b54105d4a7aae60c08fc45f9687181b4fdfc625bd1a753fa7397fed75"
    seed = "36868c5df554581c4658922960f9ff44aeea74deabfbc55a9a39a0098b4d2aaf"
    solana = "54dbf3006616c1afaec1ebceaa22a488b1856bfc7b0453a53fb097dd69fa64e5"
    key = load_private_key(f"{seed}{solana}:ed25519")
    assert (key.curve, key.public_key.hex()) == (Curve.ED25519, solana)


SECRET = "5ec2e7" * 10 + "5ec2"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "0 bytes long"),
        (SECRET[:-2], "31 bytes long, expected 32"),
        (SECRET + "00", "33 bytes long, expected 32"),
        (SECRET[:-1], "even number of hexadecimal"),
        ("zz" + SECRET[2:], "even number of hexadecimal"),
        ("00" * 32, "between 1 and the order"),
        (f"{SECRET}:p384", "unknown curve, expected one of p256, secp256k1, ed25519"),
        (f"{SECRET}:", "unknown curve"),
        (f"{SECRET}:p256:", "unknown curve"),
        (f"{SECRET}:ed25519", "32 bytes long, expected 64"),
        (f"{SECRET}{SECRET}:ed25519", "not its own"),
    ],
)
def test_private_key_files_that_are_refused(text: str, complaint: str) -> None:
    with pytest.raises(InvalidPrivateKey, match=complaint) as caught:
        load_private_key(text)
    assert "5ec2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@given(st.text(max_size=140))
def test_any_text_is_a_private_key_or_refused(text: str) -> None:
    try:
        load_private_key(text)
    except CryptoError as refused:
        assert isinstance(refused, InvalidPrivateKey)
