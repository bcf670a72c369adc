"""An organization read from its rows, a few at a time: one at the limits has some thousands, and megabytes of texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import msgspec

from counterseal.organizations import (
    ApiKey,
    Authenticator,
    Quorum,
    Snapshot,
    User,
    sizes,
)
from counterseal.store.sqlite.long_reads import InPieces
from counterseal.store.sqlite.reads import read_credentials
from counterseal.store.sqlite.rows import (
    API_KEY_COLUMNS,
    AUTHENTICATOR_COLUMNS,
    POLICY_COLUMNS,
    TAG_COLUMNS,
    USER_COLUMNS,
    Row,
    api_key_from,
    authenticator_from,
    policy_from,
    tag_from,
    user_from,
)
from counterseal.store.sqlite.spans import LIVE_NOW
from counterseal.store.uuids import split, to_bytes, to_text

Value = TypeVar("Value")

_ROWS_AT_ONCE = 100
_POLICIES_AT_ONCE = 20  # of up to 40 KiB each


def read_snapshot(connection: sqlite3.Connection, organization_id: str) -> InPieces[Snapshot | None]:
    """The organization with its live users and credentials, read inside the caller's transaction."""
    id_ = to_bytes(organization_id)
    row = connection.execute(
        "SELECT number, parent_id, name, version, root_threshold, root_user_ids, features, created_ms, deleted_ms"
        " FROM organizations WHERE id = ?",
        (id_,),
    ).fetchone()
    if row is None:
        return None
    number, parent_id, name, version, threshold, root_user_ids, features_json, created_ms, deleted_ms = row
    quorum = Quorum(threshold=threshold, user_ids=split(root_user_ids))
    features = msgspec.json.decode(features_json, type=dict[str, str])
    held = _Held(sizes.organization_bytes(name, quorum, features))
    members = yield from _members(connection, number, held)
    tags = yield from held.values(_of_organization(connection, TAG_COLUMNS, "tags", id_), tag_from, sizes.tag_bytes)
    policy_rows = _live_policies(connection, id_)
    policies = yield from held.values(policy_rows, policy_from, sizes.policy_bytes, at_once=_POLICIES_AT_ONCE)
    return Snapshot(
        id=organization_id,
        name=name,
        parent_id=to_text(parent_id) if parent_id else None,
        version=version,
        created_ms=created_ms,
        deleted_ms=deleted_ms,
        quorum=quorum,
        features=features,
        users={user.id: user for user in members.users},
        api_keys={key.public_key: key for _, key in sorted(members.api_keys.items())},
        authenticators={each.credential_id: each for _, each in sorted(members.authenticators.items())},
        tags={tag.id: tag for tag in tags},
        policies={policy.id: policy for policy in policies},
        bytes_held=held.bytes,
    )


class _Held:
    """Reads values, and counts the memory that they take."""

    def __init__(self, bytes_: int) -> None:
        self.bytes = bytes_

    def values(
        self,
        rows: sqlite3.Cursor,
        value_of: Callable[[Row], Value],
        bytes_of: Callable[[Value], int],
        *,
        at_once: int = _ROWS_AT_ONCE,
    ) -> InPieces[list[Value]]:
        """The value of each row."""
        values: list[Value] = []
        while rows_at_once := rows.fetchmany(at_once):
            made = [*map(value_of, rows_at_once)]
            values += made
            self.bytes += sum(map(bytes_of, made))
            if len(made) == at_once:
                yield
        return values


class _Members:
    """The live users, and their credentials by the number of their row, which is the order of creation."""

    def __init__(self) -> None:
        self.users: list[User] = []
        self.api_keys: dict[int, ApiKey] = {}
        self.authenticators: dict[int, Authenticator] = {}


def _members(connection: sqlite3.Connection, organization: int, held: _Held) -> InPieces[_Members]:
    members = _Members()
    rows = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users WHERE organization_number = ? AND span = 0 ORDER BY number", (organization,)
    ).fetchall()
    since_pause = 0
    for row in rows:
        key_rows = read_credentials(connection, API_KEY_COLUMNS, "api_keys", row[0], LIVE_NOW)
        api_keys = {number: api_key_from(columns) for number, *columns in key_rows}
        authenticator_rows = read_credentials(connection, AUTHENTICATOR_COLUMNS, "authenticators", row[0], LIVE_NOW)
        authenticators = {number: authenticator_from(columns) for number, *columns in authenticator_rows}
        user = user_from(row, [*api_keys.values()], [*authenticators.values()])
        held.bytes += sizes.user_bytes(user) + sizes.credentials_bytes(user)
        members.users.append(user)
        members.api_keys |= api_keys
        members.authenticators |= authenticators
        since_pause += 1 + len(api_keys) + len(authenticators)
        if since_pause >= _ROWS_AT_ONCE:
            since_pause = 0
            yield
    return members


def _live_policies(connection: sqlite3.Connection, organization: bytes) -> sqlite3.Cursor:
    return connection.execute(
        f"SELECT {POLICY_COLUMNS} FROM policies WHERE organization_id = ? AND span = 0 ORDER BY number", (organization,)
    )


def _of_organization(connection: sqlite3.Connection, columns: str, table: str, organization: bytes) -> sqlite3.Cursor:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE organization_id = ? ORDER BY number", (organization,)
    )
