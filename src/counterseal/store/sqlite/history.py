"""Rows as they were at an earlier version of their organization: users, their credentials, policies."""

from __future__ import annotations

import sqlite3

import msgspec

from counterseal.organizations import Snapshot, User
from counterseal.store.sqlite.reads import by_user, read_snapshot
from counterseal.store.sqlite.rows import (
    API_KEY_COLUMNS,
    AUTHENTICATOR_COLUMNS,
    NUMBER_OF_ORGANIZATION,
    POLICY_COLUMNS,
    USER_COLUMNS,
    Row,
    api_key_from,
    authenticator_from,
    policy_from,
    user_from,
)
from counterseal.store.uuids import to_bytes, to_text

_LIVE_THEN = "since <= ? AND (until IS NULL OR until > ?)"
# Numbers are in the order of creation only among live rows.
_AS_CREATED = "ORDER BY created_ms, number"


def read_user_as_of(connection: sqlite3.Connection, organization_id: str, user_id: str, version: int) -> User | None:
    """The user as the organization's given version had it."""
    row = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users"
        f" WHERE id = ? AND organization_number = {NUMBER_OF_ORGANIZATION} AND {_LIVE_THEN}",
        (to_bytes(user_id), to_bytes(organization_id), version, version),
    ).fetchone()
    if row is None:
        return None
    key_rows = _of_user(connection, API_KEY_COLUMNS, "api_keys", row[0], version)
    authenticator_rows = _of_user(connection, AUTHENTICATOR_COLUMNS, "authenticators", row[0], version)
    return user_from(
        row, [api_key_from(each) for each in key_rows], [authenticator_from(each) for each in authenticator_rows]
    )


def read_snapshot_as_of(connection: sqlite3.Connection, organization_id: str, version: int) -> Snapshot | None:
    """The organization with users, credentials and policies of that version, and the rest of today."""
    today = read_snapshot(connection, organization_id)
    if today is None or not 1 <= version <= today.version:
        return None
    if version == today.version:
        return today
    id_ = to_bytes(organization_id)
    user_rows = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users WHERE organization_number = {NUMBER_OF_ORGANIZATION} AND {_LIVE_THEN}"
        f" {_AS_CREATED}",
        (id_, version, version),
    ).fetchall()
    api_keys = [api_key_from(row) for row in _credentials(connection, API_KEY_COLUMNS, "api_keys", id_, version)]
    authenticators = [
        authenticator_from(row)
        for row in _credentials(connection, AUTHENTICATOR_COLUMNS, "authenticators", id_, version)
    ]
    policy_rows = connection.execute(
        f"SELECT {POLICY_COLUMNS} FROM policies WHERE organization_id = ? AND {_LIVE_THEN} {_AS_CREATED}",
        (id_, version, version),
    ).fetchall()
    keys_of, authenticators_of = by_user(api_keys), by_user(authenticators)
    users = [user_from(row, keys_of[to_text(row[0])], authenticators_of[to_text(row[0])]) for row in user_rows]
    return msgspec.structs.replace(
        today,
        version=version,
        users={user.id: user for user in users},
        api_keys={key.public_key: key for key in api_keys},
        authenticators={each.credential_id: each for each in authenticators},
        policies={policy.id: policy for policy in map(policy_from, policy_rows)},
    )


def _of_user(connection: sqlite3.Connection, columns: str, table: str, user: bytes, version: int) -> list[Row]:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE user_id = ? AND (until IS NULL OR until > ?) AND since <= ?"
        " ORDER BY number",
        (user, version, version),
    ).fetchall()


def _credentials(
    connection: sqlite3.Connection, columns: str, table: str, organization: bytes, version: int
) -> list[Row]:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE organization_number = {NUMBER_OF_ORGANIZATION} AND {_LIVE_THEN}"
        f" {_AS_CREATED}",
        (organization, version, version),
    ).fetchall()
