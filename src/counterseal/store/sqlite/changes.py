"""Each kind of change as the statements that make it durable.

Users, credentials and policies keep their history: what was is kept as a row that ends at the version of the change.
Tags and what an organization says of itself are kept as they are now.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from counterseal.organizations import (
    ApiKey,
    ApiKeyAdded,
    ApiKeyRemoved,
    Authenticator,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    Change,
    FeaturesChanged,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationRenamed,
    Policy,
    PolicyRemoved,
    PolicySet,
    Quorum,
    RootQuorumChanged,
    Tag,
    TagRemoved,
    TagSet,
    User,
    UserAdded,
    UserChanged,
    UserRemoved,
)
from counterseal.store.sqlite.rows import NUMBER_OF_ORGANIZATION, NUMBER_OF_PARENT
from counterseal.store.sqlite.spans import SPAN_UNTIL_1
from counterseal.store.uuids import join, to_bytes

_ADD_ORGANIZATION = (
    "INSERT INTO organizations (id, parent_id, name, version, root_threshold, root_user_ids, features, created_ms,"
    " parent_number) VALUES (?1, ?2, ?, ?, ?, ?, ?, ?, coalesce((SELECT number FROM organizations WHERE id = ?2), 0))"
)
_RENAME_ORGANIZATION = "UPDATE organizations SET name = ? WHERE id = ?"
_DELETE_ORGANIZATION = "UPDATE organizations SET deleted_ms = ? WHERE id = ?"
_SET_QUORUM = "UPDATE organizations SET root_threshold = ?, root_user_ids = ? WHERE id = ?"
_SET_FEATURES = "UPDATE organizations SET features = ? WHERE id = ?"
_ADD_USER = (
    "INSERT INTO users (id, organization_number, parent_number, since, name, email, phone_number, tag_ids, created_ms,"
    f" updated_ms) VALUES (?, {NUMBER_OF_ORGANIZATION}, {NUMBER_OF_PARENT}, ?, ?, ?, ?, ?, ?, ?)"
)
# The plus keeps SQLite from walking through all users of the organization instead of going to the one by its id.
_OF_ORGANIZATION = f"+organization_number = {NUMBER_OF_ORGANIZATION}"
_END = f"until = ?1, span = {SPAN_UNTIL_1}"
_KEEP_USER_AS_IT_WAS = (
    "INSERT INTO users (id, organization_number, parent_number, since, until, span, name, email, phone_number, tag_ids,"
    f" created_ms, updated_ms) SELECT id, organization_number, parent_number, since, ?1, {SPAN_UNTIL_1}, name, email,"
    f" phone_number, tag_ids, created_ms, updated_ms FROM users WHERE {_OF_ORGANIZATION} AND id = ? AND until IS NULL"
)
_CHANGE_USER = (
    "UPDATE users SET since = ?, name = ?, email = ?, phone_number = ?, tag_ids = ?, updated_ms = ?"
    f" WHERE {_OF_ORGANIZATION} AND id = ? AND until IS NULL"
)
_CLOSE_USER = f"UPDATE users SET {_END} WHERE {_OF_ORGANIZATION} AND id = ? AND until IS NULL"
_ADD_API_KEY = (
    "INSERT INTO api_keys (id, organization_number, parent_number, user_id, since, name, type, curve, public_key,"
    f" created_ms, expiration_seconds) VALUES (?, {NUMBER_OF_ORGANIZATION}, {NUMBER_OF_PARENT}, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_OF_USER = f"{_OF_ORGANIZATION} AND user_id = ? AND span = 0"
_CLOSE_API_KEY = f"UPDATE api_keys SET {_END} WHERE {_OF_USER} AND id = ?"
_ADD_AUTHENTICATOR = (
    "INSERT INTO authenticators (id, organization_number, parent_number, user_id, since, name, credential_id,"
    " public_key, aaguid, attestation_type, model, transports, rp_id_hash, created_ms)"
    f" VALUES (?, {NUMBER_OF_ORGANIZATION}, {NUMBER_OF_PARENT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CLOSE_AUTHENTICATOR = f"UPDATE authenticators SET {_END} WHERE {_OF_USER} AND id = ?"
_CLOSE_CREDENTIALS_OF_USER = (
    f"UPDATE api_keys SET {_END} WHERE {_OF_USER}",
    f"UPDATE authenticators SET {_END} WHERE {_OF_USER}",
)
_LIVE_USER_IDS = f"(SELECT id FROM users WHERE organization_number = {NUMBER_OF_ORGANIZATION} AND span = 0)"
_CLOSE_ALL_OF_ORGANIZATION = (
    f"UPDATE api_keys SET {_END} WHERE span = 0 AND user_id IN {_LIVE_USER_IDS}",
    f"UPDATE authenticators SET {_END} WHERE span = 0 AND user_id IN {_LIVE_USER_IDS}",
    f"UPDATE users SET {_END} WHERE organization_number = {NUMBER_OF_ORGANIZATION} AND span = 0",
)
_SET_TAG = (
    "INSERT INTO tags (id, organization_id, name, type, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET name = excluded.name, updated_ms = excluded.updated_ms"
    " WHERE organization_id = excluded.organization_id"
)
_REMOVE_TAG = "DELETE FROM tags WHERE organization_id = ? AND id = ?"
_KEEP_POLICY_AS_IT_WAS = (
    "INSERT INTO policies (id, organization_id, since, until, span, name, effect, condition, consensus, time, notes,"
    f" created_ms, updated_ms) SELECT id, organization_id, since, ?1, {SPAN_UNTIL_1}, name, effect, condition,"
    " consensus, time, notes, created_ms, updated_ms"
    " FROM policies WHERE +organization_id = ? AND id = ? AND until IS NULL"
)
_SET_POLICY = (
    "INSERT INTO policies (id, organization_id, since, name, effect, condition, consensus, time, notes, created_ms,"
    " updated_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) WHERE until IS NULL DO UPDATE SET"
    " since = excluded.since, name = excluded.name, effect = excluded.effect, condition = excluded.condition,"
    " consensus = excluded.consensus, time = excluded.time, notes = excluded.notes, updated_ms = excluded.updated_ms"
    " WHERE organization_id = excluded.organization_id"
)
_CLOSE_POLICY = f"UPDATE policies SET {_END} WHERE +organization_id = ? AND id = ? AND until IS NULL"

Statement = tuple[str, tuple[Any, ...]]


def statements_of(change: Change, organization: bytes, version: int) -> Iterator[Statement]:
    """Statements with their parameters, in the order in which they must run."""
    match change:
        case ApiKeyAdded(api_key=key):
            yield _ADD_API_KEY, _api_key_row(organization, version, key)
        case ApiKeyRemoved(api_key=key):
            yield _CLOSE_API_KEY, (version, organization, to_bytes(key.user_id), to_bytes(key.id))
        case AuthenticatorAdded(authenticator=authenticator):
            yield _ADD_AUTHENTICATOR, _authenticator_row(organization, version, authenticator)
        case AuthenticatorRemoved(authenticator=authenticator):
            ids = to_bytes(authenticator.user_id), to_bytes(authenticator.id)
            yield _CLOSE_AUTHENTICATOR, (version, organization, *ids)
        case UserAdded(user=user):
            yield _ADD_USER, _user_row(organization, version, user)
        case UserChanged(user=user):
            yield _KEEP_USER_AS_IT_WAS, (version, organization, to_bytes(user.id))
            yield _CHANGE_USER, _user_change(organization, version, user)
        case UserRemoved(user_id=user_id):
            yield _CLOSE_USER, (version, organization, to_bytes(user_id))
            for statement in _CLOSE_CREDENTIALS_OF_USER:
                yield statement, (version, organization, to_bytes(user_id))
        case TagSet(tag=tag):
            yield _SET_TAG, _tag_row(organization, tag)
        case TagRemoved(tag_id=tag_id):
            yield _REMOVE_TAG, (organization, to_bytes(tag_id))
        case PolicySet(policy=policy):
            yield _KEEP_POLICY_AS_IT_WAS, (version, organization, to_bytes(policy.id))
            yield _SET_POLICY, _policy_row(organization, version, policy)
        case PolicyRemoved(policy_id=policy_id):
            yield _CLOSE_POLICY, (version, organization, to_bytes(policy_id))
        case _:
            yield from _statements_of_organization(change, organization, version)


def _statements_of_organization(
    change: OrganizationCreated | OrganizationRenamed | OrganizationDeleted | RootQuorumChanged | FeaturesChanged,
    organization: bytes,
    version: int,
) -> Iterator[Statement]:
    match change:
        case RootQuorumChanged(quorum=quorum):
            yield _SET_QUORUM, (*_quorum_columns(quorum), organization)
        case FeaturesChanged(features=features):
            yield _SET_FEATURES, (_json(features), organization)
        case OrganizationRenamed(name=name):
            yield _RENAME_ORGANIZATION, (name, organization)
        case OrganizationDeleted(deleted_ms=deleted_ms):
            yield _DELETE_ORGANIZATION, (deleted_ms, organization)
            for statement in _CLOSE_ALL_OF_ORGANIZATION:
                yield statement, (version, organization)
        case OrganizationCreated():
            yield _ADD_ORGANIZATION, _organization_row(organization, version, change)


def _organization_row(organization: bytes, version: int, change: OrganizationCreated) -> tuple[Any, ...]:
    parent = to_bytes(change.parent_id) if change.parent_id else None
    quorum = _quorum_columns(change.quorum)
    return (organization, parent, change.name, version, *quorum, _json(change.features), change.created_ms)


def _quorum_columns(quorum: Quorum) -> tuple[int, bytes]:
    return quorum.threshold, join(quorum.user_ids)


def _user_row(organization: bytes, version: int, user: User) -> tuple[Any, ...]:
    return (
        to_bytes(user.id),
        organization,
        organization,
        version,
        user.name,
        user.email,
        user.phone_number,
        join(user.tag_ids),
        user.created_ms,
        user.updated_ms,
    )


def _user_change(organization: bytes, version: int, user: User) -> tuple[Any, ...]:
    tags, id_ = join(user.tag_ids), to_bytes(user.id)
    return version, user.name, user.email, user.phone_number, tags, user.updated_ms, organization, id_


def _api_key_row(organization: bytes, version: int, key: ApiKey) -> tuple[Any, ...]:
    return (
        to_bytes(key.id),
        organization,
        organization,
        to_bytes(key.user_id),
        version,
        key.name,
        key.type,
        key.curve,
        bytes.fromhex(key.public_key),
        key.created_ms,
        key.expiration_seconds,
    )


def _authenticator_row(organization: bytes, version: int, authenticator: Authenticator) -> tuple[Any, ...]:
    return (
        to_bytes(authenticator.id),
        organization,
        organization,
        to_bytes(authenticator.user_id),
        version,
        authenticator.name,
        authenticator.credential_id,
        authenticator.public_key,
        authenticator.aaguid,
        authenticator.attestation_type,
        authenticator.model,
        _json(authenticator.transports),
        authenticator.rp_id_hash,
        authenticator.created_ms,
    )


def _tag_row(organization: bytes, tag: Tag) -> tuple[Any, ...]:
    return to_bytes(tag.id), organization, tag.name, tag.type, tag.created_ms, tag.updated_ms


def _policy_row(organization: bytes, version: int, policy: Policy) -> tuple[Any, ...]:
    return (
        to_bytes(policy.id),
        organization,
        version,
        policy.name,
        policy.effect,
        policy.condition,
        policy.consensus,
        policy.time,
        policy.notes,
        policy.created_ms,
        policy.updated_ms,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
