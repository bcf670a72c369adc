"""CREATE_AUTHENTICATORS, as a pure function."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest

import sample
from counterseal.activities import Outcome, unit_of
from counterseal.activities.authenticators.attestation import TEXT_MAX
from counterseal.contract import canonical
from counterseal.contract.errors import AlreadyExists, InvalidRequest, LimitExceeded, NotFound, Refused
from counterseal.contract.shapes import AuthenticatorTransport, CreateAuthenticatorsIntentV2
from counterseal.organizations import Authenticator, AuthenticatorAdded, Snapshot, View, apply_changes
from counterseal.stamps.client_data import CLIENT_DATA_BYTES_MAX
from sample import NOW_MS, uuid
from software_authenticator import RS256, SoftwareAuthenticator, b64u

ORGANIZATION = sample.organization(sample.user(uuid(1)), sample.user(uuid(2)))


def create(
    *registrations: dict[str, Any], user_id: str = uuid(1), organization: Snapshot = ORGANIZATION
) -> tuple[Outcome, list[Authenticator]]:
    unit = unit_of("CREATE_AUTHENTICATORS")
    assert unit is not None
    body = {"userId": user_id, "authenticators": list(registrations)}
    intent = msgspec.convert(body, CreateAuthenticatorsIntentV2)
    outcome = unit.first(intent, View(organization, initiator_id=uuid(1)), sample.world())
    return outcome, [change.authenticator for change in outcome.changes if isinstance(change, AuthenticatorAdded)]


def after(*registrations: dict[str, Any], user_id: str = uuid(1)) -> Snapshot:
    outcome, _ = create(*registrations, user_id=user_id)
    return apply_changes(ORGANIZATION, ORGANIZATION.id, outcome.changes)


def refusal(*registrations: dict[str, Any], **arguments: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        create(*registrations, **arguments)
    return caught.value


def changed(registration: dict[str, Any], **members: Any) -> dict[str, Any]:
    """With members of the attestation replaced."""
    return registration | {"attestation": registration["attestation"] | members}


def test_what_is_recorded() -> None:
    passkey = SoftwareAuthenticator(rp_id="example.com")
    _, (made,) = create(passkey.registration("Laptop", transports=("HYBRID", "INTERNAL", "HYBRID"), form="packed"))
    assert made == Authenticator(
        id=made.id,
        user_id=uuid(1),
        name="Laptop",
        credential_id=passkey.id,
        public_key=passkey.public_key,
        aaguid="-_wwBxVOTsyMC24CBVfXvQ",
        attestation_type="packed",
        model="Security key",
        transports=(AuthenticatorTransport.HYBRID, AuthenticatorTransport.INTERNAL),
        rp_id_hash=hashlib.sha256(b"example.com").digest(),
        created_ms=NOW_MS,
    )


def test_several_keep_the_order_of_the_request() -> None:
    passkeys = [SoftwareAuthenticator(), SoftwareAuthenticator(RS256), SoftwareAuthenticator(rp_id="example.com")]
    outcome, made = create(*(passkey.registration(str(at)) for at, passkey in enumerate(passkeys)))
    assert [each.credential_id for each in made] == [passkey.id for passkey in passkeys]
    assert outcome.result.authenticator_ids == [each.id for each in made]
    assert len(set(outcome.result.authenticator_ids)) == 3


def test_the_snapshot_finds_them_by_credential_id() -> None:
    passkey = SoftwareAuthenticator()
    organization = after(passkey.registration())
    assert organization.authenticators[passkey.id] == organization.users[uuid(1)].authenticators[0]
    assert not organization.users[uuid(2)].authenticators


def test_credential_ids_have_one_text_however_they_are_written() -> None:
    passkey = SoftwareAuthenticator(credential_id=b"\xfb\xff\xfe\x00")
    _, (made,) = create(changed(passkey.registration(), credentialId="+//+AA=="))
    assert made.credential_id == "-__-AA"


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        pytest.param("AAEC_w", "AAEC_w", id="base64url as browsers answer"),
        pytest.param("AAEC/w==", "AAEC_w", id="standard base64"),
        pytest.param("AAEC_w", "AAEC/w==", id="standard base64 in the answer"),
        pytest.param("5e4c" * 16, "5e4c" * 16, id="hexadecimal, taken for base64 by the platform"),
        pytest.param("5e4c" * 16, b64u(b"5e4c" * 16), id="hexadecimal, its text as bytes"),
        pytest.param("any text, é", b64u("any text, é".encode()), id="any text as bytes"),
        pytest.param("any text", "any text", id="any text, passed on as it is"),
    ],
)
def test_challenges_are_the_same_in_every_reading(asked: str, answered: str) -> None:
    passkey = SoftwareAuthenticator()
    client_data = b64u(passkey.client_data("webauthn.create", answered))
    create(changed(passkey.registration(), clientDataJson=client_data) | {"challenge": asked})


@pytest.mark.parametrize(
    ("asked", "answered"), [("AAEC_w", "AAEC_g"), ("text", "other"), ("text", ""), ("*", "+"), ("AAAA", "é")]
)
def test_another_challenge_is_refused(asked: str, answered: str) -> None:
    passkey = SoftwareAuthenticator()
    client_data = b64u(passkey.client_data("webauthn.create", answered))
    refused = refusal(changed(passkey.registration(), clientDataJson=client_data) | {"challenge": asked})
    assert isinstance(refused, InvalidRequest)
    assert refused.message == (
        "invalid authenticator attestation: challenge is not the `challenge` of the request at"
        " `authenticators[0].attestation.clientDataJson`"
    )


@pytest.mark.parametrize(
    ("member", "text", "reason"),
    [
        (
            "attestationObject",
            "A" * (TEXT_MAX + 1),
            f"it is {TEXT_MAX + 1} characters long, expected at most {TEXT_MAX}",
        ),
        (
            "clientDataJson",
            b64u(bytes(CLIENT_DATA_BYTES_MAX + 1)),
            f"{CLIENT_DATA_BYTES_MAX + 1} bytes long, expected at most {CLIENT_DATA_BYTES_MAX}",
        ),
    ],
)
def test_what_no_authenticator_makes_is_refused_before_it_is_decoded(member: str, text: str, reason: str) -> None:
    refused = refusal(changed(SoftwareAuthenticator().registration(), **{member: text}))
    assert f"{reason} at `authenticators[0].attestation.{member}`" in refused.message


def test_there_are_only_so_many_transports() -> None:
    registration = SoftwareAuthenticator().registration(transports=("USB",) * (len(AuthenticatorTransport) + 1))
    assert "expected at most 5 transports, got 6" in refusal(registration).message


def test_an_assertion_is_no_registration() -> None:
    refused = refusal(SoftwareAuthenticator().registration(type="webauthn.get"))
    assert refused.message.startswith(
        "invalid authenticator attestation: type is `webauthn.get`, expected `webauthn.create` at"
    )


@pytest.mark.parametrize("client_data", ["", "*", "é", b64u(b"[]"), b64u(b'{"type":"webauthn.create"}'), b64u(b"\xff")])
def test_client_data_that_are_none(client_data: str) -> None:
    refused = refusal(changed(SoftwareAuthenticator().registration(), clientDataJson=client_data))
    assert isinstance(refused, InvalidRequest)
    assert refused.message.endswith("at `authenticators[0].attestation.clientDataJson`")


@pytest.mark.parametrize("credential_id", [b64u(b"other"), "", "*", "A" * 257])
def test_the_credential_id_is_the_attested_one(credential_id: str) -> None:
    refused = refusal(changed(SoftwareAuthenticator().registration(), credentialId=credential_id))
    assert isinstance(refused, InvalidRequest)
    assert "credentialId" in refused.message


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"authenticatorName": ""}, "authenticatorName"),
        ({"authenticatorName": "a\nb"}, "authenticatorName"),
        ({"authenticatorName": "x" * 256}, "authenticatorName"),
        ({"challenge": ""}, "challenge"),
        ({"challenge": "x" * 257}, "challenge"),
    ],
)
def test_names_and_challenges_have_their_forms(members: dict[str, str], field: str) -> None:
    fine = SoftwareAuthenticator().registration()
    refused = refusal(fine, SoftwareAuthenticator().registration() | members)
    assert isinstance(refused, InvalidRequest)
    assert refused.message.endswith(f"at `authenticators[1].{field}`")


def test_the_challenge_may_have_256_characters() -> None:
    create(SoftwareAuthenticator().registration(challenge=bytes(192)))


def test_a_bad_attestation_is_found_by_its_place() -> None:
    broken = changed(SoftwareAuthenticator().registration(), attestationObject="")
    assert refusal(SoftwareAuthenticator().registration(), broken).message == (
        "missing parameter: user authenticator attestation at `authenticators[1].attestation.attestationObject`"
    )


def test_an_empty_list_and_an_unknown_user_are_refused() -> None:
    assert isinstance(refusal(), InvalidRequest)
    assert isinstance(refusal(SoftwareAuthenticator().registration(), user_id=uuid(9)), NotFound)
    assert isinstance(refusal(SoftwareAuthenticator().registration(), user_id="me"), InvalidRequest)


def test_a_credential_id_lives_once_in_an_organization() -> None:
    passkey = SoftwareAuthenticator()
    registration = passkey.registration()
    for user_id in (uuid(1), uuid(2)):
        refused = refusal(registration, user_id=user_id, organization=after(registration))
        assert isinstance(refused, AlreadyExists)
        assert refused.message == f"credential ID {passkey.id} already exists in organization {ORGANIZATION.id}"
    twice = refusal(registration, registration)
    assert isinstance(twice, AlreadyExists)
    assert twice.message == f"credential ID {passkey.id} occurs more than once in the request"


def test_a_user_holds_ten() -> None:
    ten = [SoftwareAuthenticator().registration() for _ in range(10)]
    full = after(*ten)
    refused = refusal(SoftwareAuthenticator().registration(), organization=full)
    assert isinstance(refused, LimitExceeded)
    assert (refused.http, refused.grpc, refused.code) == (429, 8, "")
    assert refused.message == "user has exceeded maximum authenticators: at most 10 are allowed"
    assert isinstance(refusal(*ten, SoftwareAuthenticator().registration()), LimitExceeded)
    create(SoftwareAuthenticator().registration(), user_id=uuid(2), organization=full)


def test_they_are_one_s_own_by_right() -> None:
    for kind in ("CREATE_AUTHENTICATORS", "DELETE_AUTHENTICATORS"):
        unit = unit_of(kind)
        assert unit is not None
        intent = canonical(CreateAuthenticatorsIntentV2(user_id=uuid(0xABC).upper()))
        assert unit.owner_id(intent, initiator_id=uuid(1)) == uuid(0xABC)
        assert not unit.is_root_only
        assert not unit.may_name_parent
