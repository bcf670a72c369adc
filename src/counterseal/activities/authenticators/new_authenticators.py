"""Authenticators as requests describe them, for CREATE_AUTHENTICATORS and for new users: their forms and limits.

Sources: Turnkey docs, passkeys and resource limits; WebAuthn Level 2 §7.1. docs/divergences.md says what was ours to
choose. There is no challenge of this server's: clients invent theirs, so it shows only that two members of the request
belong together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from counterseal.activities.authenticators.attestation import invalid_attestation, parse_attestation
from counterseal.contract.errors import AlreadyExists, InvalidRequest, LimitExceeded, quoted
from counterseal.contract.rules import label, short
from counterseal.contract.shapes import Attestation, AuthenticatorParamsV2, AuthenticatorTransport
from counterseal.crypto import base64url
from counterseal.crypto.errors import InvalidEncoding
from counterseal.organizations import Authenticator, AuthenticatorAdded, Change, Snapshot, User
from counterseal.stamps import parse_client_data
from counterseal.world import World

AUTHENTICATORS_MAX = 10
LONGEST_CHALLENGE = 256
LONGEST_CREDENTIAL_ID = 256
"""Characters of base64url. The largest real attestation, with the certificates of a TPM or of Android SafetyNet, takes
some 12,000; client data take some 300, and more only for a long origin."""

MODEL = "Security key"
"""What the service calls every authenticator, as in its captured replies."""


def authenticators_from(
    params: Sequence[AuthenticatorParamsV2], field: str, *, user_id: str, world: World
) -> list[Authenticator]:
    """The authenticators that a request describes for one user, in its order; InvalidRequest names the field at fault.

    Raises LimitExceeded for more than anybody may hold, before any of them is looked at.
    """
    if len(params) > AUTHENTICATORS_MAX:
        raise _too_many()
    return [
        _authenticator_from(param, f"{field}[{at}]", user_id=user_id, world=world) for at, param in enumerate(params)
    ]


def add_authenticators(
    user: User, authenticators: Sequence[Authenticator], *, organization: Snapshot | None
) -> list[Change]:
    """The changes that give ``user`` these authenticators: all of them, or Refused.

    ``organization`` is None while it is being made.
    """
    if len(user.authenticators) + len(authenticators) > AUTHENTICATORS_MAX:
        raise _too_many()
    for authenticator in authenticators:
        if organization is not None and authenticator.credential_id in organization.authenticators:
            raise AlreadyExists(
                f"credential ID {authenticator.credential_id} already exists in organization {organization.id}"
            )
    return [AuthenticatorAdded(authenticator=authenticator) for authenticator in authenticators]


def refuse_repeated_credential_ids(authenticators: Iterable[Authenticator]) -> None:
    """A request may not bring one credential id twice, not even for two users."""
    seen: set[str] = set()
    for authenticator in authenticators:
        if authenticator.credential_id in seen:
            raise AlreadyExists(f"credential ID {authenticator.credential_id} occurs more than once in the request")
        seen.add(authenticator.credential_id)


def _too_many() -> LimitExceeded:
    return LimitExceeded(f"user has exceeded maximum authenticators: at most {AUTHENTICATORS_MAX} are allowed")


def _authenticator_from(param: AuthenticatorParamsV2, place: str, *, user_id: str, world: World) -> Authenticator:
    attestation = param.attestation
    name = label(param.authenticator_name, f"{place}.authenticatorName")
    challenge = short(param.challenge, f"{place}.challenge", longest=LONGEST_CHALLENGE)
    _check_transports(attestation, f"{place}.attestation.transports")
    _check_client_data(attestation, challenge, f"{place}.attestation.clientDataJson")
    made = parse_attestation(attestation.attestation_object, f"{place}.attestation.attestationObject")
    if _credential_id(attestation, f"{place}.attestation.credentialId") != made.credential_id:
        raise invalid_attestation("expected the id of the attested credential", f"{place}.attestation.credentialId")
    return Authenticator(
        id=world.new_id(),
        user_id=user_id,
        name=name,
        credential_id=base64url.encode(made.credential_id),
        public_key=base64url.encode(made.public_key),
        aaguid=base64url.encode(made.aaguid),
        attestation_type=made.attestation_type,
        model=MODEL,
        transports=tuple(dict.fromkeys(attestation.transports)),
        rp_id_hash=made.rp_id_hash,
        created_ms=world.now_ms,
    )


def _check_transports(attestation: Attestation, place: str) -> None:
    if len(attestation.transports) > len(AuthenticatorTransport):
        raise InvalidRequest(
            f"invalid request body: expected at most {len(AuthenticatorTransport)} transports, got"
            f" {len(attestation.transports)} at `{place}`"
        )


def _credential_id(attestation: Attestation, field: str) -> bytes:
    try:
        return base64url.decode(short(attestation.credential_id, field, longest=LONGEST_CREDENTIAL_ID))
    except InvalidEncoding:
        raise InvalidRequest(f"invalid request body: expected base64url at `{field}`") from None


def _check_client_data(attestation: Attestation, challenge: str, field: str) -> None:
    try:
        client_data = parse_client_data(base64url.decode(attestation.client_data_json))
    except ValueError as fault:
        raise invalid_attestation(str(fault), field) from None
    if client_data.type != "webauthn.create":
        raise invalid_attestation(f"type is {quoted(client_data.type)}, expected `webauthn.create`", field)
    if not _is_same_challenge(challenge, client_data.challenge):
        raise invalid_attestation("challenge is not the `challenge` of the request", field)


def _is_same_challenge(asked: str, answered: str) -> bool:
    """Browsers answer in base64url. A caller's text may be that too, standard base64, or the very bytes it names."""
    if asked == answered:
        return True
    try:
        answer = base64url.decode(answered)
    except InvalidEncoding:
        return False
    return answer in {asked.encode(), _decoded_or_none(asked)}


def _decoded_or_none(text: str) -> bytes | None:
    try:
        return base64url.decode(text)
    except InvalidEncoding:
        return None
