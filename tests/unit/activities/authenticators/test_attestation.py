"""Attestation objects, parsed."""

import hashlib

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn import verify_registration_response
from webauthn.helpers import parse_attestation_object

from counterseal.activities.authenticators.attestation import AttestedCredential, parse_attestation
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto import base64url
from software_authenticator import (
    ES256,
    FORMATS,
    HAS_CREDENTIAL,
    HAS_EXTENSIONS,
    RS256,
    USER_PRESENT,
    SoftwareAuthenticator,
    b64u,
)

PASSKEYS = {algorithm: SoftwareAuthenticator(algorithm) for algorithm in (ES256, RS256)}
PASSKEY = PASSKEYS[ES256]
FLAGS = HAS_CREDENTIAL | USER_PRESENT

every_algorithm = pytest.mark.parametrize("algorithm", [ES256, RS256], ids=["ES256", "RS256"])


def attestation(passkey: SoftwareAuthenticator = PASSKEY, **arguments: object) -> str:
    text: str = passkey.registration(**arguments)["attestation"]["attestationObject"]  # type: ignore[arg-type]
    return text


def parse(text: str) -> AttestedCredential:
    return parse_attestation(text, "here")


def refusal(text: str) -> str:
    with pytest.raises(InvalidRequest) as caught:
        parse(text)
    assert (caught.value.http, caught.value.grpc, caught.value.code) == (400, 3, "REQUEST_INVALID")
    assert caught.value.message.endswith(" at `here`")
    return caught.value.message.removesuffix(" at `here`")


@every_algorithm
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_its_credential(form: str, algorithm: int) -> None:
    passkey = PASSKEYS[algorithm]
    assert parse(attestation(passkey, form=form)) == AttestedCredential(
        attestation_type=form,
        rp_id_hash=hashlib.sha256(b"localhost").digest(),
        aaguid=passkey.aaguid,
        credential_id=passkey.credential_id,
        public_key=passkey.cose_key,
    )


@every_algorithm
@pytest.mark.parametrize("form", FORMATS)
def test_a_well_known_library_reads_the_same(form: str, algorithm: int) -> None:
    text = attestation(PASSKEYS[algorithm], form=form)
    ours, theirs = parse(text), parse_attestation_object(base64url.decode(text))
    assert theirs.fmt == ours.attestation_type
    assert theirs.auth_data.rp_id_hash == ours.rp_id_hash
    credential = theirs.auth_data.attested_credential_data
    assert credential is not None
    assert (credential.aaguid, credential.credential_id) == (ours.aaguid, ours.credential_id)
    assert credential.credential_public_key == ours.public_key


@pytest.mark.parametrize("form", ["none", "packed", "fido-u2f"])
def test_the_software_authenticator_is_one_for_that_library_too(form: str) -> None:
    passkey = SoftwareAuthenticator(aaguid=bytes(16))
    challenge = b"a challenge of 32 bytes, in text"
    response = passkey.registration(challenge=challenge, form=form)["attestation"]
    verified = verify_registration_response(
        credential={
            "id": response["credentialId"],
            "rawId": response["credentialId"],
            "type": "public-key",
            "response": {
                "clientDataJSON": response["clientDataJson"],
                "attestationObject": response["attestationObject"],
            },
        },
        expected_challenge=challenge,
        expected_rp_id=passkey.rp_id,
        expected_origin=passkey.origin,
    )
    assert verified.credential_id == passkey.credential_id


def test_the_public_key_is_kept_exactly_as_it_was_found() -> None:
    members = cbor2.loads(PASSKEY.cose_key)
    for key in (
        cbor2.dumps(dict(reversed(members.items()))),
        cbor2.dumps(members | {2: b"kid"}),
        b"\xbf" + PASSKEY.cose_key[1:] + b"\xff",  # a map of indefinite length
        b"\xb9\x00\x05" + PASSKEY.cose_key[1:],  # a length written longer than needed
    ):
        assert parse(attestation(auth_data=PASSKEY.authenticator_data(FLAGS, public_key=key))).public_key == key


def test_extensions_may_follow_the_key() -> None:
    extensions = cbor2.dumps({"credProtect": 2, "hmac-secret": True})
    data = PASSKEY.authenticator_data(FLAGS | HAS_EXTENSIONS, extensions=extensions)
    assert parse(attestation(auth_data=data)).public_key == PASSKEY.cose_key
    assert parse(attestation(auth_data=PASSKEY.authenticator_data(FLAGS | HAS_EXTENSIONS))).public_key


@pytest.mark.parametrize(
    ("flags", "extensions"),
    [
        pytest.param(FLAGS, b"\xa0", id="no flag for them"),
        pytest.param(FLAGS, b"\x00", id="a byte too many"),
        pytest.param(FLAGS | HAS_EXTENSIONS, b"\x00", id="a number"),
        pytest.param(FLAGS | HAS_EXTENSIONS, b"\xa0\xa0", id="two maps"),
        pytest.param(FLAGS | HAS_EXTENSIONS, b"\xa1", id="a map cut short"),
    ],
)
def test_nothing_else_may_follow_the_key(flags: int, extensions: bytes) -> None:
    data = PASSKEY.authenticator_data(flags, extensions=extensions)
    assert refusal(attestation(auth_data=data)).startswith("invalid authenticator attestation: ")


def test_an_attestation_must_be_there() -> None:
    assert refusal("") == "missing parameter: user authenticator attestation"


def test_the_authenticator_data_must_be_there_with_a_credential() -> None:
    for envelope in ({"fmt": "none", "attStmt": {}}, {"fmt": "none", "attStmt": {}, "authData": b""}):
        assert refusal(attestation(envelope=envelope)) == (
            "missing parameter: user authenticator attestation auth data"
        )
    without = PASSKEY.authenticator_data(USER_PRESENT)
    assert refusal(attestation(auth_data=without)) == "missing parameter: user authenticator attestation auth data"


@pytest.mark.parametrize(
    "envelope",
    [
        None,
        [],
        {},
        "text",
        {"fmt": "none", "authData": b"x"},
        {"fmt": 1, "attStmt": {}, "authData": b"x"},
        {"fmt": "none", "attStmt": [], "authData": b"x"},
    ],
)
def test_the_envelope_is_a_map_of_three(envelope: object) -> None:
    assert refusal(attestation(envelope=envelope)) == (
        "invalid authenticator attestation: expected a map of fmt, attStmt and authData"
    )


@pytest.mark.parametrize("text", ["*", "é", "A", "AA", b64u(b"\xa3"), b64u(cbor2.dumps({}) + b"\x00")])
def test_what_is_no_cbor_in_base64url(text: str) -> None:
    assert refusal(text).startswith("invalid authenticator attestation: ")


@pytest.mark.parametrize("form", ["", "None", "compound", "x" * 500, "\u202e"])
def test_an_unknown_format_is_refused(form: str) -> None:
    envelope = {"fmt": form, "attStmt": {}, "authData": PASSKEY.authenticator_data(FLAGS)}
    assert refusal(attestation(envelope=envelope)).startswith("invalid authenticator attestation: unknown format `")


@pytest.mark.parametrize("form", [form for form in FORMATS if form != "none"])
def test_a_statement_has_the_members_of_its_format(form: str) -> None:
    whole = cbor2.loads(base64url.decode(attestation(form=form)))["attStmt"]
    for member in whole:
        for statement in ({name: whole[name] for name in whole if name != member}, whole | {member: None}):
            assert refusal(attestation(form=form, statement=statement)) == (
                f"invalid authenticator attestation: expected `{member}` in a statement of format {form}"
            )


@pytest.mark.parametrize("length", [1, 36, 37, 53, 54, 55, 74, 75, 100])
def test_authenticator_data_that_are_cut_short(length: int) -> None:
    data = PASSKEY.authenticator_data(FLAGS)
    assert refusal(attestation(auth_data=data[:length])).startswith("invalid authenticator attestation: ")


def test_keys_that_cannot_stamp_are_refused() -> None:
    ed25519 = cbor2.dumps({1: 1, 3: -8, -1: 6, -2: bytes(32)})
    data = PASSKEY.authenticator_data(FLAGS, public_key=ed25519)
    assert refusal(attestation(auth_data=data)) == (
        "invalid authenticator attestation: COSE key is neither ES256 on P-256 nor RS256"
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data: bytes) -> None:
    refusal(b64u(b"\xa3" + data))


@given(st.integers(0, 10_000), st.integers(0, 255), st.sampled_from(FORMATS))
def test_a_mutated_attestation_is_refused_or_still_has_a_key_that_can_stamp(place: int, value: int, form: str) -> None:
    encoded = bytearray(base64url.decode(attestation(form=form)))
    encoded[place % len(encoded)] = value
    try:
        made = parse(b64u(bytes(encoded)))
    except InvalidRequest as refused:
        assert refused.message.isprintable()
        return
    assert len(made.rp_id_hash) == 32
    assert len(made.aaguid) == 16
    assert len(made.public_key) >= 77
