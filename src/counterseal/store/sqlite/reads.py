"""Rows as values. Every statement names its organization; the few that may not are in ``unscoped``."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from counterseal.contract.shapes import CredentialType
from counterseal.crypto import Curve
from counterseal.organizations import ApiKey, Quorum, Snapshot, User
from counterseal.store.records import ActivityStatus, StoredActivity, StoredVote, VoteSelection
from counterseal.store.uuids import split, to_bytes, to_text

_USER_COLUMNS = "id, name, email, phone_number, tag_ids, created_ms, updated_ms"
_API_KEY_COLUMNS = "id, user_id, name, type, curve, public_key, created_ms, expiration_seconds"
ACTIVITY_COLUMNS = "id, organization_id, type, fingerprint, status, result, failure, created_ms, updated_ms"
_VOTE_COLUMNS = (
    "id, activity_id, user_id, credential_id, public_key, scheme, signature, message, selection,"
    " organization_version, created_ms"
)


def read_snapshot(connection: sqlite3.Connection, organization_id: str) -> Snapshot | None:
    """The organization with its live users and credentials, read inside the caller's transaction."""
    id_ = to_bytes(organization_id)
    row = connection.execute(
        "SELECT parent_id, name, version, root_threshold, root_user_ids, features, created_ms FROM organizations"
        " WHERE id = ?",
        (id_,),
    ).fetchone()
    if row is None:
        return None
    parent_id, name, version, threshold, root_user_ids, features, created_ms = row
    user_rows = connection.execute(
        f"SELECT {_USER_COLUMNS} FROM users WHERE organization_id = ? AND until IS NULL ORDER BY number", (id_,)
    ).fetchall()
    keys_by_user: dict[bytes, list[ApiKey]] = {row[0]: [] for row in user_rows}
    key_rows = connection.execute(
        f"SELECT {_API_KEY_COLUMNS} FROM api_keys WHERE until IS NULL AND user_id IN"
        " (SELECT id FROM users WHERE organization_id = ? AND until IS NULL) ORDER BY number",
        (id_,),
    )
    for key_row in key_rows:
        keys_by_user[key_row[1]].append(_api_key(key_row))
    users = [_user(row, keys_by_user[row[0]]) for row in user_rows]
    return Snapshot(
        id=organization_id,
        name=name,
        parent_id=to_text(parent_id) if parent_id else None,
        version=version,
        created_ms=created_ms,
        quorum=Quorum(threshold=threshold, user_ids=split(root_user_ids)),
        features=msgspec.json.decode(features, type=dict[str, str]),
        users={user.id: user for user in users},
        api_keys={key.public_key: key for user in users for key in user.api_keys},
    )


def read_user_as_of(connection: sqlite3.Connection, organization_id: str, user_id: str, version: int) -> User | None:
    """The user as the organization's given version had it."""
    row = connection.execute(
        f"SELECT {_USER_COLUMNS} FROM users"
        " WHERE id = ? AND organization_id = ? AND since <= ? AND (until IS NULL OR until > ?)",
        (to_bytes(user_id), to_bytes(organization_id), version, version),
    ).fetchone()
    if row is None:
        return None
    key_rows = connection.execute(
        f"SELECT {_API_KEY_COLUMNS} FROM api_keys WHERE user_id = ? AND (until IS NULL OR until > ?) AND since <= ?"
        " ORDER BY number",
        (to_bytes(user_id), version, version),
    )
    return _user(row, [_api_key(key_row) for key_row in key_rows])


def read_activity_by_fingerprint(
    connection: sqlite3.Connection, organization_id: str, fingerprint: bytes
) -> StoredActivity | None:
    """The activity whose submission had this SHA-256."""
    row = connection.execute(
        f"SELECT {ACTIVITY_COLUMNS} FROM activities WHERE organization_id = ? AND fingerprint = ?",
        (to_bytes(organization_id), fingerprint),
    ).fetchone()
    return None if row is None else activity_of(connection, row)


def read_activity(connection: sqlite3.Connection, organization_id: str, activity_id: str) -> StoredActivity | None:
    """One activity of this organization."""
    row = connection.execute(
        f"SELECT {ACTIVITY_COLUMNS} FROM activities WHERE organization_id = ? AND id = ?",
        (to_bytes(organization_id), to_bytes(activity_id)),
    ).fetchone()
    return None if row is None else activity_of(connection, row)


def read_activities(
    connection: sqlite3.Connection,
    organization_id: str,
    *,
    statuses: Sequence[ActivityStatus],
    types: Sequence[str],
    limit: int,
    before: str | None,
    after: str | None,
) -> list[StoredActivity]:
    """A page, newest first. With ``before`` alone it is the page that touches it, still newest first."""
    conditions, parameters = ["organization_id = ?"], [to_bytes(organization_id)]
    _add_choice(conditions, parameters, "status", [int(status) for status in statuses])
    _add_choice(conditions, parameters, "type", types)
    if after is not None:
        conditions.append("id < ?")
        parameters.append(to_bytes(after))
    if before is not None:
        conditions.append("id > ?")
        parameters.append(to_bytes(before))
    backwards = before is not None and after is None
    rows = connection.execute(
        f"SELECT {ACTIVITY_COLUMNS} FROM activities WHERE {' AND '.join(conditions)}"
        f" ORDER BY id {'ASC' if backwards else 'DESC'} LIMIT ?",
        (*parameters, limit),
    ).fetchall()
    if backwards:
        rows.reverse()
    return [activity_of(connection, row) for row in rows]


def read_sub_organization_ids(
    connection: sqlite3.Connection,
    parent_id: str,
    *,
    name: str | None,
    limit: int,
    before: str | None,
    after: str | None,
) -> list[str]:
    """A page of sub-organizations, newest first."""
    number_of = "(SELECT number FROM organizations WHERE id = ? AND parent_id = ?)"
    conditions, parameters = ["parent_id = ?"], [to_bytes(parent_id)]
    if name is not None:
        _add_choice(conditions, parameters, "name", [name])
    if after is not None:
        conditions.append(f"number < {number_of}")
        parameters += [to_bytes(after), to_bytes(parent_id)]
    if before is not None:
        conditions.append(f"number > {number_of}")
        parameters += [to_bytes(before), to_bytes(parent_id)]
    backwards = before is not None and after is None
    rows = connection.execute(
        f"SELECT id FROM organizations WHERE {' AND '.join(conditions)}"
        f" ORDER BY number {'ASC' if backwards else 'DESC'} LIMIT ?",
        (*parameters, limit),
    ).fetchall()
    if backwards:
        rows.reverse()
    return [to_text(id_) for (id_,) in rows]


def activity_of(connection: sqlite3.Connection, row: tuple[Any, ...]) -> StoredActivity:
    """An activity's row with its votes."""
    id_, organization_id, type_, fingerprint, status, result, failure, created_ms, updated_ms = row
    votes = connection.execute(f"SELECT {_VOTE_COLUMNS} FROM votes WHERE activity_id = ? ORDER BY number", (id_,))
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
        votes=tuple(_vote(vote) for vote in votes),
    )


def _add_choice(conditions: list[str], parameters: list[Any], column: str, choices: Sequence[Any]) -> None:
    if choices:
        conditions.append(f"{column} IN ({', '.join('?' * len(choices))})")
        parameters.extend(choices)


def _vote(row: tuple[Any, ...]) -> StoredVote:
    id_, activity_id, user_id, credential_id, public_key, scheme, signature, message, selection, version, created = row
    return StoredVote(
        id=to_text(id_),
        activity_id=to_text(activity_id),
        user_id=to_text(user_id),
        credential_id=to_text(credential_id),
        public_key=public_key,
        scheme=scheme,
        signature=signature,
        message=message,
        selection=VoteSelection(selection),
        organization_version=version,
        created_ms=created,
    )


def _user(row: tuple[Any, ...], api_keys: list[ApiKey]) -> User:
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
    )


def _api_key(row: tuple[Any, ...]) -> ApiKey:
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
