"""Rows as values. Every statement names its organization; the few that may not are in ``unscoped``."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec

from counterseal.organizations import Quorum, Snapshot, User
from counterseal.store.records import ActivityStatus, StoredActivity
from counterseal.store.sqlite.rows import (
    ACTIVITY_COLUMNS,
    API_KEY_COLUMNS,
    AUTHENTICATOR_COLUMNS,
    POLICY_COLUMNS,
    TAG_COLUMNS,
    USER_COLUMNS,
    VOTE_COLUMNS,
    Row,
    activity_from,
    api_key_from,
    authenticator_from,
    policy_from,
    tag_from,
    user_from,
    vote_from,
)
from counterseal.store.uuids import split, to_bytes, to_text

Value = TypeVar("Value")


def read_snapshot(connection: sqlite3.Connection, organization_id: str) -> Snapshot | None:
    """The organization with its live users and credentials, read inside the caller's transaction."""
    id_ = to_bytes(organization_id)
    row = connection.execute(
        "SELECT parent_id, name, version, root_threshold, root_user_ids, features, created_ms, deleted_ms"
        " FROM organizations WHERE id = ?",
        (id_,),
    ).fetchone()
    if row is None:
        return None
    parent_id, name, version, threshold, root_user_ids, features, created_ms, deleted_ms = row
    user_rows = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users WHERE organization_id = ? AND until IS NULL ORDER BY number", (id_,)
    ).fetchall()
    api_keys = _byuser_from(_live_of_users(connection, API_KEY_COLUMNS, "api_keys", id_), api_key_from)
    authenticators = _byuser_from(
        _live_of_users(connection, AUTHENTICATOR_COLUMNS, "authenticators", id_), authenticator_from
    )
    users = [user_from(row, api_keys.get(row[0], []), authenticators.get(row[0], [])) for row in user_rows]
    tags = [tag_from(row) for row in _of_organization(connection, TAG_COLUMNS, "tags", id_)]
    policies = [policy_from(row) for row in _of_organization(connection, POLICY_COLUMNS, "policies", id_)]
    return Snapshot(
        id=organization_id,
        name=name,
        parent_id=to_text(parent_id) if parent_id else None,
        version=version,
        created_ms=created_ms,
        deleted_ms=deleted_ms,
        quorum=Quorum(threshold=threshold, user_ids=split(root_user_ids)),
        features=msgspec.json.decode(features, type=dict[str, str]),
        users={user.id: user for user in users},
        api_keys={key.public_key: key for user in users for key in user.api_keys},
        authenticators={each.credential_id: each for user in users for each in user.authenticators},
        tags={tag.id: tag for tag in tags},
        policies={policy.id: policy for policy in policies},
    )


def read_user_as_of(connection: sqlite3.Connection, organization_id: str, user_id: str, version: int) -> User | None:
    """The user as the organization's given version had it."""
    row = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users"
        " WHERE id = ? AND organization_id = ? AND since <= ? AND (until IS NULL OR until > ?)",
        (to_bytes(user_id), to_bytes(organization_id), version, version),
    ).fetchone()
    if row is None:
        return None
    key_rows = _of_user_as_of(connection, API_KEY_COLUMNS, "api_keys", row[0], version)
    authenticator_rows = _of_user_as_of(connection, AUTHENTICATOR_COLUMNS, "authenticators", row[0], version)
    return user_from(
        row, [api_key_from(each) for each in key_rows], [authenticator_from(each) for each in authenticator_rows]
    )


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
    conditions, parameters = ["parent_id = ?", "deleted_ms IS NULL"], [to_bytes(parent_id)]
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


def activity_of(connection: sqlite3.Connection, row: Row) -> StoredActivity:
    """An activity's row with its votes."""
    votes = connection.execute(f"SELECT {VOTE_COLUMNS} FROM votes WHERE activity_id = ? ORDER BY number", (row[0],))
    return activity_from(row, tuple(vote_from(vote) for vote in votes))


def _live_of_users(connection: sqlite3.Connection, columns: str, table: str, organization: bytes) -> list[Row]:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE until IS NULL AND user_id IN"
        " (SELECT id FROM users WHERE organization_id = ? AND until IS NULL) ORDER BY number",
        (organization,),
    ).fetchall()


def _of_user_as_of(connection: sqlite3.Connection, columns: str, table: str, user: bytes, version: int) -> list[Row]:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE user_id = ? AND (until IS NULL OR until > ?) AND since <= ?"
        " ORDER BY number",
        (user, version, version),
    ).fetchall()


def _of_organization(connection: sqlite3.Connection, columns: str, table: str, organization: bytes) -> list[Row]:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE organization_id = ? ORDER BY number", (organization,)
    ).fetchall()


def _byuser_from(rows: list[Row], value_of: Callable[[Row], Value]) -> dict[bytes, list[Value]]:
    """Values by the id of their user, which is the second column."""
    values: dict[bytes, list[Value]] = {}
    for row in rows:
        values.setdefault(row[1], []).append(value_of(row))
    return values


def _add_choice(conditions: list[str], parameters: list[Any], column: str, choices: Sequence[Any]) -> None:
    if choices:
        conditions.append(f"{column} IN ({', '.join('?' * len(choices))})")
        parameters.extend(choices)
