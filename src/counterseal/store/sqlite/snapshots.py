"""An organization read from its rows, a few at a time: one at the limits has some thousands, and megabytes of texts."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from counterseal.organizations import (
    ApiKey,
    Authenticator,
    Quorum,
    Snapshot,
    sizes,
)
from counterseal.store.sqlite.long_reads import InPieces
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
from counterseal.store.uuids import split, to_bytes, to_text

Value = TypeVar("Value")
Credential = TypeVar("Credential", ApiKey, Authenticator)

_ROWS_AT_ONCE = 100
_POLICIES_AT_ONCE = 5  # of up to 40 KiB each


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
    user_rows = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users WHERE organization_number = ? AND span = 0 ORDER BY number", (number,)
    ).fetchall()
    key_rows = _live_of_users(connection, API_KEY_COLUMNS, "api_keys", number)
    api_keys = yield from held.values(key_rows, api_key_from, sizes.api_key_bytes)
    authenticator_rows = _live_of_users(connection, AUTHENTICATOR_COLUMNS, "authenticators", number)
    authenticators = yield from held.values(authenticator_rows, authenticator_from, sizes.authenticator_bytes)
    keys_of, authenticators_of = _by_user(api_keys), _by_user(authenticators)
    users = [user_from(row, keys_of[to_text(row[0])], authenticators_of[to_text(row[0])]) for row in user_rows]
    held.bytes += sum(map(sizes.user_bytes, users))
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
        users={user.id: user for user in users},
        api_keys={key.public_key: key for key in api_keys},
        authenticators={each.credential_id: each for each in authenticators},
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


def _by_user(credentials: Iterable[Credential]) -> defaultdict[str, list[Credential]]:
    of_user: defaultdict[str, list[Credential]] = defaultdict(list)
    for credential in credentials:
        of_user[credential.user_id].append(credential)
    return of_user


def _live_of_users(connection: sqlite3.Connection, columns: str, table: str, organization: int) -> sqlite3.Cursor:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE span = 0 AND user_id IN"
        " (SELECT id FROM users WHERE organization_number = ? AND span = 0) ORDER BY number",
        (organization,),
    )


def _live_policies(connection: sqlite3.Connection, organization: bytes) -> sqlite3.Cursor:
    return connection.execute(
        f"SELECT {POLICY_COLUMNS} FROM policies WHERE organization_id = ? AND span = 0 ORDER BY number", (organization,)
    )


def _of_organization(connection: sqlite3.Connection, columns: str, table: str, organization: bytes) -> sqlite3.Cursor:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE organization_id = ? ORDER BY number", (organization,)
    )
