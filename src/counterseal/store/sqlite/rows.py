"""Rows as values: each table's columns, and what a row of them is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from counterseal.contract.shapes import AuthenticatorTransport, CredentialType, Effect, TagType
from counterseal.crypto import Curve
from counterseal.organizations import ApiKey, Authenticator, Policy, Tag, User
from counterseal.store.records import ActivityStatus, StoredActivity, StoredVote, VoteSelection
from counterseal.store.uuids import split, to_text

USER_COLUMNS = "id, name, email, phone_number, tag_ids, created_ms, updated_ms"
API_KEY_COLUMNS = "id, user_id, name, type, curve, public_key, created_ms, expiration_seconds"
AUTHENTICATOR_COLUMNS = (
    "id, user_id, name, credential_id, public_key, aaguid, attestation_type, model, transports, rp_id_hash, created_ms"
)
TAG_COLUMNS = "id, name, type, created_ms, updated_ms"
POLICY_COLUMNS = "id, name, effect, condition, consensus, time, notes, created_ms, updated_ms"
ACTIVITY_COLUMNS = "id, organization_id, type, fingerprint, status, result, failure, created_ms, updated_ms, resolved"
VOTE_COLUMNS = (
    "id, activity_id, user_id, credential_id, public_key, scheme, signature, message, selection,"
    " organization_version, created_ms, decision"
)
_MESSAGE = VOTE_COLUMNS.split(", ").index("message")
NUMBER_OF_ORGANIZATION = "(SELECT number FROM organizations WHERE id = ?)"
NUMBER_OF_PARENT = "(SELECT parent_number FROM organizations WHERE id = ?)"
"""Of the parent of the organization with that id: 0 if it has none."""

THE_EVIDENCE = b""
"""The message of a vote that was cast by the very bytes of its activity, which the first vote has. No body is empty."""

Row = Sequence[Any]

_decode_resolved = msgspec.json.Decoder(dict[str, str]).decode
_decode_transports = msgspec.json.Decoder(tuple[AuthenticatorTransport, ...]).decode


def activity_from(row: Row, votes: tuple[StoredVote, ...]) -> StoredActivity:
    """Columns: ACTIVITY_COLUMNS."""
    id_, organization_id, type_, fingerprint, status, result, failure, created_ms, updated_ms, resolved = row
    return StoredActivity(
        id=to_text(id_),
        organization_id=to_text(organization_id),
        type=type_,
        fingerprint=fingerprint,
        status=ActivityStatus(status),
        result=result,
        failure=failure,
        created_ms=created_ms,
        updated_ms=updated_ms,
        votes=votes,
        resolved={} if resolved is None else _decode_resolved(resolved),
    )


def votes_from(rows: Sequence[Row]) -> tuple[StoredVote, ...]:
    """Of one activity, in the order of casting. Columns: VOTE_COLUMNS."""
    return tuple(_vote_from(row, evidence=rows[0][_MESSAGE]) for row in rows)


def _vote_from(row: Row, *, evidence: bytes) -> StoredVote:
    id_, activity_id, user_id, credential_id, public_key, scheme, signature, message, *rest = row
    selection, version, created, decision = rest
    return StoredVote(
        id=to_text(id_),
        activity_id=to_text(activity_id),
        user_id=to_text(user_id),
        credential_id=to_text(credential_id),
        public_key=public_key,
        scheme=scheme,
        signature=signature,
        message=evidence if message == THE_EVIDENCE else message,
        selection=VoteSelection(selection),
        organization_version=version,
        created_ms=created,
        decision=None if decision is None else decision.encode(),
    )


def user_from(row: Row, api_keys: list[ApiKey], authenticators: list[Authenticator]) -> User:
    """Columns: USER_COLUMNS."""
    id_, name, email, phone_number, tag_ids, created_ms, updated_ms = row
    return User(
        id=to_text(id_),
        name=name,
        email=email,
        phone_number=phone_number,
        tag_ids=split(tag_ids),
        created_ms=created_ms,
        updated_ms=updated_ms,
        api_keys=tuple(api_keys),
        authenticators=tuple(authenticators),
    )


def api_key_from(row: Row) -> ApiKey:
    """Columns: API_KEY_COLUMNS."""
    id_, user_id, name, type_, curve, public_key, created_ms, expiration_seconds = row
    return ApiKey(
        id=to_text(id_),
        user_id=to_text(user_id),
        name=name,
        type=CredentialType(type_),
        curve=Curve(curve),
        public_key=public_key.hex(),
        created_ms=created_ms,
        expiration_seconds=expiration_seconds,
    )


def authenticator_from(row: Row) -> Authenticator:
    """Columns: AUTHENTICATOR_COLUMNS."""
    id_, user_id, name, credential_id, public_key, aaguid, attestation_type, model, transports, rp_id_hash, created = (
        row
    )
    return Authenticator(
        id=to_text(id_),
        user_id=to_text(user_id),
        name=name,
        credential_id=credential_id,
        public_key=public_key,
        aaguid=aaguid,
        attestation_type=attestation_type,
        model=model,
        transports=_decode_transports(transports),
        rp_id_hash=rp_id_hash,
        created_ms=created,
    )


def tag_from(row: Row) -> Tag:
    """Columns: TAG_COLUMNS."""
    id_, name, type_, created_ms, updated_ms = row
    return Tag(id=to_text(id_), name=name, type=TagType(type_), created_ms=created_ms, updated_ms=updated_ms)


def policy_from(row: Row) -> Policy:
    """Columns: POLICY_COLUMNS."""
    id_, name, effect, condition, consensus, time, notes, created_ms, updated_ms = row
    return Policy(
        id=to_text(id_),
        name=name,
        effect=Effect(effect),
        condition=condition,
        consensus=consensus,
        time=time,
        notes=notes,
        created_ms=created_ms,
        updated_ms=updated_ms,
    )
