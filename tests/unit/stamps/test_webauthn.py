"""X-Stamp-WebAuthn: read from its header and verified over the raw body."""

import base64
import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.contract.errors import Unauthenticated
from counterseal.stamps import WebAuthnStamp, parse_webauthn_stamp, verify_webauthn_stamp
from counterseal.stamps.client_data import CLIENT_DATA_BYTES_MAX
from software_authenticator import (
    ES256,
    HAS_EXTENSIONS,
    RS256,
    USER_PRESENT,
    USER_VERIFIED,
    SoftwareAuthenticator,
    b64u,
    challenge_of,
    new_key,
)

BODY = b'{"organizationId":"org","parameters":{"name":"\xc3\xa9"}}'
PASSKEYS = {algorithm: SoftwareAuthenticator(algorithm) for algorithm in (ES256, RS256)}
PASSKEY = PASSKEYS[ES256]
VALID = {algorithm: passkey.assertion(BODY) for algorithm, passkey in PASSKEYS.items()}
MEMBERS = ("authenticatorData", "clientDataJson", "credentialId", "signature")

every_algorithm = pytest.mark.parametrize("algorithm", [ES256, RS256], ids=["ES256", "RS256"])


def verify(
    stamp: WebAuthnStamp | str,
    *,
    passkey: SoftwareAuthenticator = PASSKEY,
    body: bytes = BODY,
    allowed_origins: frozenset[str] | None = None,
) -> None:
    verify_webauthn_stamp(
        parse_webauthn_stamp(stamp) if isinstance(stamp, str) else stamp,
        public_key=passkey.cose_key,
        rp_id_hash=hashlib.sha256(passkey.rp_id.encode()).digest(),
        allowed_origins=allowed_origins,
        body=body,
    )


def refusal(stamp: str, **arguments: Any) -> str:
    with pytest.raises(Unauthenticated) as caught:
        verify(stamp, **arguments)
    assert (caught.value.http, caught.value.grpc, caught.value.code) == (401, 16, "SIGNATURE_INVALID")
    prefix = "could not verify WebAuthN signature: "
    assert caught.value.message.startswith(prefix)
    assert caught.value.message.isprintable()
    return caught.value.message.removeprefix(prefix)


@every_algorithm
@given(body=st.binary(max_size=300), other=st.binary(max_size=300))
def test_a_stamp_holds_for_its_body_alone(algorithm: int, body: bytes, other: bytes) -> None:
    passkey = PASSKEYS[algorithm]
    stamp = passkey.stamp(body)
    verify(stamp, passkey=passkey, body=body)
    if other != body:
        assert "challenge" in refusal(stamp, passkey=passkey, body=other)


def test_what_a_stamp_says() -> None:
    header = PASSKEY.stamp(BODY)
    stamp = parse_webauthn_stamp(header)
    assert stamp.credential_id == PASSKEY.id
    assert stamp.text == header
    assert json.loads(stamp.client_data_json)["type"] == "webauthn.get"
    assert stamp == parse_webauthn_stamp(header)
    assert hash(stamp) == hash(parse_webauthn_stamp(header))


@given(st.permutations(MEMBERS), st.sampled_from([None, 1]), st.booleans())
def test_member_order_white_space_other_members_and_base64_are_free(
    order: list[str], indent: int | None, padded: bool
) -> None:
    members = PASSKEY.assertion(BODY)
    text = json.dumps({name: members[name] for name in order} | {"other": ">>>???"}, indent=indent)
    encode = base64.b64encode if padded else base64.urlsafe_b64encode
    encoded = encode(text.encode()).decode()
    for header in (encoded, encoded.rstrip("=")):
        stamp = parse_webauthn_stamp(header)
        assert stamp.text == text, "votes show the JSON, however it came"
        verify(stamp)
    if indent is None:
        assert parse_webauthn_stamp(f" {text}").text == f" {text}"
        verify(text)


def test_members_may_be_padded_and_of_the_standard_alphabet() -> None:
    """React Native reads standard base64 from the platform."""
    passkey = SoftwareAuthenticator(credential_id=b"\xfb\xff\xfe\x00")
    members = passkey.assertion(BODY)
    standard = {
        name: base64.b64encode(base64.urlsafe_b64decode(value + "==")).decode() for name, value in members.items()
    }
    assert standard["credentialId"] == "+//+AA=="
    stamp = parse_webauthn_stamp(json.dumps(standard))
    assert stamp.credential_id == "-__-AA", "the one form in which it is looked up"
    verify(stamp, passkey=passkey)


def test_the_challenge_is_the_text_of_the_hash_and_not_its_bytes() -> None:
    digest = hashlib.sha256(BODY).digest()
    for challenge in (
        b64u(digest),
        digest.hex(),
        b64u(digest.hex().upper().encode()),
        b64u(b"sha256:" + digest),
        "",
        "é",
    ):
        assert refusal(PASSKEY.stamp(BODY, challenge=challenge)) == (
            "challenge is not the hexadecimal SHA-256 of this body"
        )


def test_the_challenge_of_the_react_native_stamper() -> None:
    """Turnkey @turnkey/react-native-passkey-stamper, tests: standard base64 with padding of the same 64 digits."""
    challenge = "MmNmMjRkYmE1ZmIwYTMwZTI2ZTgzYjJhYzViOWUyOWUxYjE2MWU1YzFmYTc0MjVlNzMwNDMzNjI5MzhiOTgyNA=="
    assert base64.b64decode(challenge) == challenge_of(b"hello")
    for text in (challenge, challenge.rstrip("=")):
        verify(PASSKEY.stamp(b"hello", challenge=text), body=b"hello")


@pytest.mark.parametrize("type_", ["webauthn.create", "", "WEBAUTHN.GET", "payment.get", "\u202e"])
def test_a_registration_or_anything_else_is_no_stamp(type_: str) -> None:
    assert refusal(PASSKEY.stamp(BODY, type=type_)).startswith("type is `")


NO_CLIENT_DATA = "client data is not a JSON object with the strings type, challenge and origin"


@pytest.mark.parametrize(
    "client_data",
    [b"{}", b'{"type":"webauthn.get","challenge":1,"origin":"o"}', b'{"type":"webauthn.get","challenge":"c"}'],
)
def test_client_data_that_lack_a_member(client_data: bytes) -> None:
    assert refusal(PASSKEY.stamp(BODY, client_data=client_data)) == NO_CLIENT_DATA


@pytest.mark.parametrize(
    ("client_data", "reason"),
    [
        (b"", "expected JSON, got an error at position 0: Expecting value"),
        (b"[]", "expected a JSON object"),
        (b"null", "expected a JSON object"),
        (b"\xff", "expected UTF-8, got byte 0xff at position 0"),
        (b"[" * 2000, "nested more than 32 levels deep"),
        (b"[" + b"0," * 1000 + b"0]", "expected a JSON object"),
        (
            b'{"type":"webauthn.get\\u0000","challenge":"c","origin":"o"}',
            "expected Unicode text without U+0000, got an",
        ),
        (b'{"type":"a","type":"webauthn.get","challenge":"c","origin":"o"}', "duplicate key `type`"),
        (b'{"type":"webauthn.get","challenge":"c","origin":"o","more":{"a":1,"a":1}}', "duplicate key `a`"),
        (b'{"type":"webauthn.get","challenge":"c","origin":"o","more":NaN}', "NaN is not JSON"),
    ],
)
def test_client_data_that_are_none_or_have_two_readings(client_data: bytes, reason: str) -> None:
    assert refusal(PASSKEY.stamp(BODY, client_data=client_data)).startswith(f"{NO_CLIENT_DATA}: {reason}")


def test_client_data_have_a_bound() -> None:
    def client_data(size: int) -> bytes:
        whole = PASSKEY.client_data("webauthn.get", b64u(challenge_of(BODY)))
        return whole[:-1] + b" " * (size - len(whole)) + b"}"

    verify(PASSKEY.stamp(BODY, client_data=client_data(CLIENT_DATA_BYTES_MAX)))
    assert refusal(PASSKEY.stamp(BODY, client_data=client_data(CLIENT_DATA_BYTES_MAX + 1))) == (
        f"client data are {CLIENT_DATA_BYTES_MAX + 1} bytes long, expected at most {CLIENT_DATA_BYTES_MAX}"
    )


def test_every_origin_is_allowed_unless_the_organization_names_some() -> None:
    stamp = PASSKEY.stamp(BODY)
    verify(stamp, allowed_origins=None)
    verify(stamp, allowed_origins=frozenset({"https://example.com", PASSKEY.origin}))
    for origins in (frozenset[str](), {"https://example.com"}, {PASSKEY.origin + "/"}, {"http://localhost"}):
        assert refusal(stamp, allowed_origins=frozenset(origins)) == (
            f"origin `{PASSKEY.origin}` is not allowed in this organization"
        )
    app = "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck"
    verify(PASSKEY.stamp(BODY, origin=app), allowed_origins=frozenset({app}))


def test_the_relying_party_is_the_one_of_the_registration() -> None:
    elsewhere = SoftwareAuthenticator(rp_id="example.com", credential_id=PASSKEY.credential_id)
    elsewhere.key = PASSKEY.key
    assert refusal(elsewhere.stamp(BODY)) == (
        "the relying party is not the one that the authenticator was registered for"
    )


@pytest.mark.parametrize("flags", [USER_PRESENT, USER_PRESENT | USER_VERIFIED, 0x1D, USER_PRESENT | HAS_EXTENSIONS])
def test_the_user_must_be_present_and_need_not_be_verified(flags: int) -> None:
    verify(PASSKEY.stamp(BODY, flags=flags))
    assert refusal(PASSKEY.stamp(BODY, flags=flags & ~USER_PRESENT)) == "the user was not present"


def test_extensions_and_counters_are_signed_and_not_looked_at() -> None:
    data = PASSKEY.authenticator_data(USER_PRESENT | HAS_EXTENSIONS, extensions=b"\xa1\x61a\x01")
    verify(PASSKEY.stamp(BODY, auth_data=data))
    for counter in (b"\xff\xff\xff\xff", b"\x00\x00\x00\x01", bytes(4)):
        verify(PASSKEY.stamp(BODY, auth_data=data[:33] + counter))


@pytest.mark.parametrize("length", [0, 1, 31, 32, 33, 36])
def test_authenticator_data_that_are_cut_short(length: int) -> None:
    data = PASSKEY.authenticator_data(USER_PRESENT)[:length]
    assert refusal(PASSKEY.stamp(BODY, auth_data=data)) == (
        f"authenticator data are {length} bytes long, expected at least 37"
    )


@every_algorithm
def test_another_key_does_not_sign_for_this_one(algorithm: int) -> None:
    passkey = PASSKEYS[algorithm]
    for other in (new_key(ES256), PASSKEYS[RS256].key if algorithm == ES256 else PASSKEYS[ES256].key):
        refusal(passkey.stamp(BODY, sign_with=other), passkey=passkey)


def test_nothing_is_told_before_the_signature_holds() -> None:
    for wrong in (
        {"type": "webauthn.create"},
        {"challenge": ""},
        {"origin": "https://evil.example"},
        {"flags": 0},
        {"auth_data": b""},
        {"client_data": b""},
    ):
        assert refusal(
            PASSKEY.stamp(BODY, sign_with=new_key(ES256), **wrong), allowed_origins=frozenset({PASSKEY.origin})
        ) == ("it is not one by this authenticator over these data")


@pytest.mark.parametrize("member", MEMBERS)
@pytest.mark.parametrize("value", [None, 1, [], {}, True, "é", "*", "A", "AA AA"])
def test_members_must_be_there_and_be_base64url(member: str, value: object) -> None:
    members: dict[str, object] = {**PASSKEY.assertion(BODY)}
    for changed in (members | {member: value}, {name: members[name] for name in members if name != member}):
        with pytest.raises(
            Unauthenticated, match=r"^could not extract webauthn stamp: expected a JSON object"
        ) as caught:
            parse_webauthn_stamp(json.dumps(changed, ensure_ascii=False))
        assert (caught.value.http, caught.value.grpc, caught.value.code) == (401, 16, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        "{",
        "{}",
        "[]",
        "null",
        "é",
        "\ud800",
        "=",
        "A",
        base64.b64encode(b"not JSON").decode(),
        base64.b64encode(b'{"credentialId":"\xff"}').decode(),
        base64.b64encode('{"other":"é"}'.encode()).decode(),
        '{"deep":' + "[" * 4000,
        '{"other":"é"}',
        PASSKEY.stamp(BODY) + "}",
        f"{PASSKEY.stamp(BODY)}, {PASSKEY.stamp(BODY)}",
        base64.b64encode(base64.b64encode(PASSKEY.stamp(BODY).encode())).decode(),
    ],
)
def test_headers_that_are_no_stamp(header: str) -> None:
    with pytest.raises(Unauthenticated, match=r"^could not extract webauthn stamp: expected a JSON object"):
        parse_webauthn_stamp(header)


def test_a_header_has_its_length() -> None:
    text = PASSKEY.stamp(BODY)
    verify(text + " " * (4096 - len(text)))
    with pytest.raises(Unauthenticated, match="it is 4097 characters long, expected at most 4096"):
        parse_webauthn_stamp(text + " " * (4097 - len(text)))


@given(st.text(max_size=200) | st.binary(max_size=200).map(b64u))
def test_any_header_is_refused_as_unauthenticated(header: str) -> None:
    with pytest.raises(Unauthenticated):
        parse_webauthn_stamp(header)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.binary(max_size=80).map(b64u),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(MEMBERS), json_values, min_size=1))
def test_any_members_are_refused_as_unauthenticated(changed: dict[str, object]) -> None:
    members: dict[str, object] = {**PASSKEY.assertion(BODY)}
    if set(changed) == {"credentialId"}:
        return  # it is looked up, not verified
    with pytest.raises(Unauthenticated):
        verify(json.dumps(members | changed))


@given(st.sampled_from(["header", *MEMBERS]), st.sampled_from([ES256, RS256]), st.data())
def test_a_mutated_stamp_is_refused_or_says_the_same(part: str, algorithm: int, data: st.DataObject) -> None:
    """Whatever letter changes, only ``Unauthenticated`` comes out, and a signature holds only for what was signed."""
    passkey = PASSKEYS[algorithm]
    members = VALID[algorithm]
    original = json.dumps(members) if part == "header" else members[part]
    place = data.draw(st.integers(0, len(original) - 1))
    letter = data.draw(st.characters(max_codepoint=0x2FF, exclude_characters=original[place]))
    mutated = original[:place] + letter + original[place + 1 :]
    try:
        stamp = parse_webauthn_stamp(mutated if part == "header" else json.dumps({**members, part: mutated}))
        verify(stamp, passkey=passkey)
    except Unauthenticated:
        return
    genuine = parse_webauthn_stamp(json.dumps(members))
    assert stamp.client_data_json == genuine.client_data_json
    assert stamp.authenticator_data == genuine.authenticator_data


def test_a_stamp_of_an_api_key_is_no_stamp_of_a_passkey() -> None:
    members = {"publicKey": "02" * 33, "scheme": "SIGNATURE_SCHEME_TK_WEBAUTHN", "signature": "00"}
    for header in (json.dumps(members), b64u(json.dumps(members).encode())):
        with pytest.raises(Unauthenticated, match="could not extract webauthn stamp"):
            parse_webauthn_stamp(header)
