"""Rows as they were at an earlier version of their organization: users, their credentials, policies."""

from __future__ import annotations

import sqlite3

import msgspec

from counterseal.organizations import Snapshot, User, sizes
from counterseal.store.sqlite.long_reads import InPieces
from counterseal.store.sqlite.reads import read_credentials
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
from counterseal.store.sqlite.snapshots import read_snapshot
from counterseal.store.sqlite.spans import Live, live_then
from counterseal.store.uuids import to_bytes, to_text

# Numbers are in the order of creation only among live rows.
_AS_CREATED = "ORDER BY created_ms, number"


def read_user_as_of(connection: sqlite3.Connection, organization_id: str, user_id: str, version: int) -> User | None:
    """The user as the organization's given version had it."""
    organization = _number_and_version(connection, organization_id)
    if organization is None:
        return None
    number, newest = organization
    # Versions of one user follow each other: only the one that began last can have been there.
    row = connection.execute(
        f"SELECT until, {USER_COLUMNS} FROM users"
        " WHERE id = ? AND +organization_number = ? AND since <= ? AND until IS NOT since ORDER BY since DESC LIMIT 1",
        (to_bytes(user_id), number, version),
    ).fetchone()
    if row is None or (row[0] is not None and row[0] <= version):
        return None
    return _with_credentials(connection, row[1:], live_then(version, newest=newest))


def read_policy_ids_as_of(connection: sqlite3.Connection, organization_id: str, version: int) -> list[str]:
    """The policies that the organization's given version had, in the order of their creation."""
    organization = _number_and_version(connection, organization_id)
    if organization is None:
        return []
    then = live_then(version, newest=organization[1])
    rows = connection.execute(
        f"SELECT id FROM policies WHERE organization_id = ? AND {then.condition} ORDER BY created_ms, id",
        (to_bytes(organization_id), *then.parameters),
    )
    return [to_text(id_) for (id_,) in rows]


def read_snapshot_as_of(
    connection: sqlite3.Connection, organization_id: str, version: int
) -> InPieces[Snapshot | None]:
    """The organization with users, credentials and policies of that version, and the rest of today."""
    today = yield from read_snapshot(connection, organization_id)
    if today is None or not 1 <= version <= today.version:
        return None
    if version == today.version:
        return today
    id_, then = to_bytes(organization_id), live_then(version, newest=today.version)
    user_rows = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users WHERE organization_number = {NUMBER_OF_ORGANIZATION} AND {then.condition}"
        f" {_AS_CREATED}",
        (id_, *then.parameters),
    ).fetchall()
    users = []
    for row in user_rows:
        users.append(_with_credentials(connection, row, then))
        yield
    policy_rows = connection.execute(
        f"SELECT {POLICY_COLUMNS} FROM policies WHERE organization_id = ? AND {then.condition} {_AS_CREATED}",
        (id_, *then.parameters),
    ).fetchall()
    then_it_was = msgspec.structs.replace(
        today,
        version=version,
        users={user.id: user for user in users},
        api_keys={key.public_key: key for user in users for key in user.api_keys},
        authenticators={each.credential_id: each for user in users for each in user.authenticators},
        policies={policy.id: policy for policy in map(policy_from, policy_rows)},
    )
    return msgspec.structs.replace(then_it_was, bytes_held=sizes.snapshot_bytes(then_it_was))


def _number_and_version(connection: sqlite3.Connection, organization_id: str) -> tuple[int, int] | None:
    row: tuple[int, int] | None = connection.execute(
        "SELECT number, version FROM organizations WHERE id = ?", (to_bytes(organization_id),)
    ).fetchone()
    return row


def _with_credentials(connection: sqlite3.Connection, user_row: Row, then: Live) -> User:
    api_keys = read_credentials(connection, API_KEY_COLUMNS, "api_keys", user_row[0], then)
    authenticators = read_credentials(connection, AUTHENTICATOR_COLUMNS, "authenticators", user_row[0], then)
    return user_from(
        user_row,
        [api_key_from(columns) for _, *columns in api_keys],
        [authenticator_from(columns) for _, *columns in authenticators],
    )
