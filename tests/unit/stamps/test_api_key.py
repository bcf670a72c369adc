import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from turnkey_api_key_stamper import ApiKeyStamper, ApiKeyStamperConfig

from counterseal.contract.errors import Unauthenticated
from counterseal.crypto import SCHEMES_OF_CURVE, ApiKeyScheme, Curve, der, generate_key_pair, secp256k1, sign_stamp
from counterseal.stamps import ApiKeyStamp, parse_stamp, verify_stamp

CURVE_OF_SCHEME = {scheme: curve for curve, schemes in SCHEMES_OF_CURVE.items() for scheme in schemes}
KEYS = {curve: generate_key_pair(curve) for curve in Curve}
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
BODY = b'{"organizationId":"f9a31c64-d604-42e4-9bef-a773096afad7"}'
VALID = {scheme: sign_stamp(KEYS[curve], BODY, scheme=scheme) for scheme, curve in CURVE_OF_SCHEME.items()}

schemes = st.sampled_from(ApiKeyScheme)


def header_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def members_of(scheme: ApiKeyScheme) -> dict[str, str]:
    members: dict[str, str] = json.loads(base64.urlsafe_b64decode(VALID[scheme] + "=="))
    return members


def refused(stamp: ApiKeyStamp, curve: Curve, body: bytes = BODY) -> Unauthenticated:
    with pytest.raises(Unauthenticated, match=r"^could not verify api key signature: ") as caught:
        verify_stamp(stamp, curve=curve, body=body)
    assert (caught.value.http, caught.value.grpc, caught.value.code) == (401, 16, "SIGNATURE_INVALID")
    return caught.value


@given(schemes, st.binary(max_size=400), st.binary(max_size=400))
def test_a_stamp_verifies_over_its_body_alone(scheme: ApiKeyScheme, body: bytes, other: bytes) -> None:
    curve = CURVE_OF_SCHEME[scheme]
    stamp = parse_stamp(sign_stamp(KEYS[curve], body, scheme=scheme))
    assert (stamp.public_key, stamp.scheme) == (KEYS[curve].public_key.hex(), scheme)
    verify_stamp(stamp, curve=curve, body=body)
    if other != body:
        refused(stamp, curve, other)


@pytest.mark.parametrize("scheme", [scheme for scheme in ApiKeyScheme if scheme is not ApiKeyScheme.ED25519])
def test_high_s_verifies(scheme: ApiKeyScheme) -> None:
    curve = CURVE_OF_SCHEME[scheme]
    members = members_of(scheme)
    r, s = der.decode(bytes.fromhex(members["signature"]))
    order = P256_ORDER if curve is Curve.P256 else secp256k1.ORDER
    for half in (s, order - s):
        stamp = parse_stamp(header_of({**members, "signature": der.encode(r, half).hex()}))
        verify_stamp(stamp, curve=curve, body=BODY)


def test_the_official_python_stamper() -> None:
    key = KEYS[Curve.P256]
    config = ApiKeyStamperConfig(api_public_key=key.public_key.hex(), api_private_key=key.secret.hex())
    for number in range(50):
        body = json.dumps({"organizationId": "é", "number": number})
        stamp = ApiKeyStamper(config).stamp(body)
        assert stamp.stamp_header_name.lower() == "x-stamp"
        verify_stamp(parse_stamp(stamp.stamp_header_value), curve=Curve.P256, body=body.encode())


@given(schemes, st.permutations(["publicKey", "scheme", "signature"]), st.sampled_from([None, 1]))
def test_member_order_white_space_padding_and_alphabet_are_free(
    scheme: ApiKeyScheme, order: list[str], indent: int | None
) -> None:
    members = members_of(scheme)
    # ">>>???" makes both letters of base64 that differ between the alphabets appear.
    text = json.dumps({name: members[name] for name in order} | {"other": ">>>???>>"}, indent=indent).encode()
    standard, url_safe = base64.b64encode(text).decode(), base64.urlsafe_b64encode(text).decode()
    expected = parse_stamp(VALID[scheme])
    for header in (standard, url_safe, standard.rstrip("="), url_safe.rstrip("=")):
        assert parse_stamp(header) == expected


@pytest.mark.parametrize("scheme", ApiKeyScheme)
def test_hexadecimal_may_have_any_case(scheme: ApiKeyScheme) -> None:
    members = members_of(scheme)
    upper = {**members, "publicKey": members["publicKey"].upper(), "signature": members["signature"].upper()}
    stamp = parse_stamp(header_of(upper))
    assert stamp.public_key == members["publicKey"]
    assert stamp.signature == upper["signature"], "kept as sent: it becomes part of the vote"
    verify_stamp(stamp, curve=CURVE_OF_SCHEME[scheme], body=BODY)


@pytest.mark.parametrize("scheme", ApiKeyScheme)
@pytest.mark.parametrize("curve", Curve)
def test_the_scheme_must_fit_the_registered_curve(scheme: ApiKeyScheme, curve: Curve) -> None:
    stamp = parse_stamp(VALID[scheme])
    if curve is CURVE_OF_SCHEME[scheme]:
        verify_stamp(stamp, curve=curve, body=BODY)
    else:
        message = refused(stamp, curve).message
        assert f"scheme is {scheme}, expected {' or '.join(SCHEMES_OF_CURVE[curve])} for a key of {curve}" in message


def test_the_two_secp256k1_schemes_are_not_interchangeable() -> None:
    for scheme, other in (
        (ApiKeyScheme.SECP256K1, ApiKeyScheme.SECP256K1_EIP191),
        (ApiKeyScheme.SECP256K1_EIP191, ApiKeyScheme.SECP256K1),
    ):
        refused(parse_stamp(header_of({**members_of(scheme), "scheme": other})), Curve.SECP256K1)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "could not extract api key stamp"),
        (" ", "malformed activity stamp"),
        ("=", "malformed activity stamp"),
        ("A", "malformed activity stamp"),
        ("é", "malformed activity stamp"),
        ("\ud800", "malformed activity stamp"),
        ("{}", "malformed activity stamp"),
        (f" {VALID[ApiKeyScheme.P256]}", "malformed activity stamp"),
        (f"{VALID[ApiKeyScheme.P256]}\n", "malformed activity stamp"),
        (VALID[ApiKeyScheme.P256][:40] + "\n   " + VALID[ApiKeyScheme.P256][40:], "malformed activity stamp"),
        (VALID[ApiKeyScheme.P256][:40] + "!!!!" + VALID[ApiKeyScheme.P256][40:], "malformed activity stamp"),
        (f"{VALID[ApiKeyScheme.P256]}, {VALID[ApiKeyScheme.P256]}", "malformed activity stamp"),
        ("A" * 4097, "malformed activity stamp: it is 4097 characters long, expected at most 4096"),
        (base64.b64encode(b"not JSON").decode(), "malformed activity stamp"),
        (base64.b64encode(b'{"publicKey":"\xff"}').decode(), "malformed activity stamp"),
        (base64.b64encode(b'{"publicKey":"\\ud800"}').decode(), "malformed activity stamp"),
        (base64.b64encode(b'{"deep":' + b"[" * 3000).decode(), "malformed activity stamp"),
        (header_of([]), "could not extract api key stamp"),
        (header_of(None), "could not extract api key stamp"),
        (header_of({}), "could not extract api key stamp: .*publicKey"),
    ],
)
def test_headers_that_are_no_stamp(header: str, message: str) -> None:
    with pytest.raises(Unauthenticated, match=f"^{message}") as caught:
        parse_stamp(header)
    assert (caught.value.http, caught.value.grpc, caught.value.code) == (401, 16, "UNAUTHENTICATED")
    assert caught.value.message.isprintable()


@pytest.mark.parametrize("member", ["publicKey", "scheme", "signature"])
@pytest.mark.parametrize("value", [None, 1, [], {}, True])
def test_members_must_be_there_and_be_strings(member: str, value: object) -> None:
    members: dict[str, object] = {**members_of(ApiKeyScheme.P256)}
    with pytest.raises(Unauthenticated, match=f"^could not extract api key stamp: .*{member}"):
        parse_stamp(header_of({**members, member: value}))
    del members[member]
    with pytest.raises(Unauthenticated, match=f"^could not extract api key stamp: .*{member}"):
        parse_stamp(header_of(members))


@pytest.mark.parametrize(
    "scheme", ["", "SIGNATURE_SCHEME_TK_WEBAUTHN", "signature_scheme_tk_api_p256", "\u0000\u202e'\"é", "x" * 2000]
)
def test_unknown_schemes_are_refused_in_a_message_fit_to_print(scheme: str) -> None:
    with pytest.raises(Unauthenticated, match=r"^could not extract api key stamp: ") as caught:
        parse_stamp(header_of({**members_of(ApiKeyScheme.P256), "scheme": scheme}))
    assert caught.value.message.isascii()
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300


@pytest.mark.parametrize(
    "public_key",
    ["", "0x" + "ab" * 32, "ab" * 31, "ab" * 34, "04" + "ab" * 64, "a" * 65, "g" * 66, "ab" * 32 + "\n", "é" * 66],
)
def test_public_keys_of_another_form_are_refused(public_key: str) -> None:
    with pytest.raises(Unauthenticated, match=r"^malformed activity stamp: publicKey is"):
        parse_stamp(header_of({**members_of(ApiKeyScheme.P256), "publicKey": public_key}))


@pytest.mark.parametrize("scheme", ApiKeyScheme)
@pytest.mark.parametrize("signature", ["", "0", "zz", "0x00", "é", "00" * 63, "00" * 64, "00" * 65, "3006020101020101"])
def test_signatures_that_are_none_are_refused(scheme: ApiKeyScheme, signature: str) -> None:
    stamp = parse_stamp(header_of({**members_of(scheme), "signature": signature}))
    refused(stamp, CURVE_OF_SCHEME[scheme])


@given(schemes, st.sampled_from(Curve), st.sampled_from(["02", "03", "04", ""]), st.binary(min_size=32, max_size=32))
def test_any_public_key_is_refused_and_nothing_else_happens(
    scheme: ApiKeyScheme, curve: Curve, form: str, rest: bytes
) -> None:
    stamp = parse_stamp(header_of({**members_of(scheme), "publicKey": form + rest.hex()}))
    refused(stamp, curve)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda data: base64.b64encode(data).decode())))
def test_any_header_is_refused_as_unauthenticated(header: str) -> None:
    with pytest.raises(Unauthenticated):
        parse_stamp(header)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@given(schemes, st.sampled_from(Curve), st.dictionaries(st.sampled_from(["publicKey", "signature"]), json_values))
def test_any_members_are_refused_as_unauthenticated(
    scheme: ApiKeyScheme, curve: Curve, changed: dict[str, object]
) -> None:
    header = header_of({**members_of(scheme), **changed})
    if changed or curve is not CURVE_OF_SCHEME[scheme]:
        with pytest.raises(Unauthenticated):
            verify_stamp(parse_stamp(header), curve=curve, body=BODY)


@given(schemes, st.sampled_from(["header", "publicKey", "signature"]), st.data())
def test_a_mutated_stamp_is_refused_or_says_the_same(scheme: ApiKeyScheme, part: str, data: st.DataObject) -> None:
    """Whatever letter changes, only ``Unauthenticated`` comes out, and a signature holds only for what was signed."""
    members = members_of(scheme)
    original = VALID[scheme] if part == "header" else members[part]
    place = data.draw(st.integers(0, len(original) - 1))
    letter = data.draw(st.characters(max_codepoint=0x2FF, exclude_characters=original[place]))
    mutated = original[:place] + letter + original[place + 1 :]
    header = mutated if part == "header" else header_of({**members, part: mutated})
    try:
        stamp = parse_stamp(header)
        verify_stamp(stamp, curve=CURVE_OF_SCHEME[scheme], body=BODY)
    except Unauthenticated:
        return
    assert stamp.public_key == members["publicKey"]
    assert stamp.scheme == scheme
    assert stamp.signature.lower() == members["signature"]


def test_stamps_are_values() -> None:
    stamp = parse_stamp(VALID[ApiKeyScheme.P256])
    assert stamp == parse_stamp(VALID[ApiKeyScheme.P256])
    assert hash(stamp) == hash(parse_stamp(VALID[ApiKeyScheme.P256]))
    with pytest.raises(AttributeError):
        stamp.signature = ""  # type: ignore[misc]
