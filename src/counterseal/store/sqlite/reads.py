"""Rows as values. Every statement names its organization; those that cannot are in ``unscoped``, and those of a parent
about its sub-organizations in ``sub_organizations``.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from counterseal.organizations import ApiKey, Authenticator, Quorum, Snapshot
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

Credential = TypeVar("Credential", ApiKey, Authenticator)


def read_snapshot(connection: sqlite3.Connection, organization_id: str) -> Snapshot | None:
    """The organization with its live users and credentials, read inside the caller's transaction."""
    id_ = to_bytes(organization_id)
    row = connection.execute(
        "SELECT number, parent_id, name, version, root_threshold, root_user_ids, features, created_ms, deleted_ms"
        " FROM organizations WHERE id = ?",
        (id_,),
    ).fetchone()
    if row is None:
        return None
    number, parent_id, name, version, threshold, root_user_ids, features, created_ms, deleted_ms = row
    user_rows = connection.execute(
        f"SELECT {USER_COLUMNS} FROM users WHERE organization_number = ? AND until IS NULL ORDER BY number", (number,)
    ).fetchall()
    api_keys = [api_key_from(row) for row in _live_of_users(connection, API_KEY_COLUMNS, "api_keys", number)]
    authenticators = [
        authenticator_from(row) for row in _live_of_users(connection, AUTHENTICATOR_COLUMNS, "authenticators", number)
    ]
    keys_of, authenticators_of = by_user(api_keys), by_user(authenticators)
    users = [user_from(row, keys_of[to_text(row[0])], authenticators_of[to_text(row[0])]) for row in user_rows]
    tags = [tag_from(row) for row in _of_organization(connection, TAG_COLUMNS, "tags", id_)]
    policies = [policy_from(row) for row in _live_policies(connection, id_)]
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
        api_keys={key.public_key: key for key in api_keys},
        authenticators={each.credential_id: each for each in authenticators},
        tags={tag.id: tag for tag in tags},
        policies={policy.id: policy for policy in policies},
    )


def read_version(connection: sqlite3.Connection, organization_id: str) -> int | None:
    """The version of the organization's snapshot."""
    row = connection.execute("SELECT version FROM organizations WHERE id = ?", (to_bytes(organization_id),)).fetchone()
    return None if row is None else int(row[0])


def read_known_fingerprints(
    connection: sqlite3.Connection, asked: Sequence[tuple[str, bytes]]
) -> set[tuple[str, bytes]]:
    """Those of the organizations and SHA-256s of which there is an activity."""
    pairs = ", ".join(["(?, ?)"] * len(asked))
    found = connection.execute(
        f"WITH asked (organization_id, fingerprint) AS (VALUES {pairs})"
        # CROSS JOIN: each pair is looked up in the index; the planner would rather go through all of it.
        " SELECT asked.organization_id, asked.fingerprint"
        " FROM asked CROSS JOIN activities USING (organization_id, fingerprint)",
        [value for organization_id, fingerprint in asked for value in (to_bytes(organization_id), fingerprint)],
    )
    return {(to_text(organization_id), fingerprint) for organization_id, fingerprint in found}


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


def activity_of(connection: sqlite3.Connection, row: Row) -> StoredActivity:
    """An activity's row with its votes."""
    votes = connection.execute(f"SELECT {VOTE_COLUMNS} FROM votes WHERE activity_id = ? ORDER BY number", (row[0],))
    return activity_from(row, tuple(vote_from(vote) for vote in votes))


def _live_of_users(connection: sqlite3.Connection, columns: str, table: str, organization: int) -> list[Row]:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE until IS NULL AND user_id IN"
        " (SELECT id FROM users WHERE organization_number = ? AND until IS NULL) ORDER BY number",
        (organization,),
    ).fetchall()


def _live_policies(connection: sqlite3.Connection, organization: bytes) -> list[Row]:
    return connection.execute(
        f"SELECT {POLICY_COLUMNS} FROM policies WHERE organization_id = ? AND until IS NULL ORDER BY number",
        (organization,),
    ).fetchall()


def _of_organization(connection: sqlite3.Connection, columns: str, table: str, organization: bytes) -> list[Row]:
    return connection.execute(
        f"SELECT {columns} FROM {table} WHERE organization_id = ? ORDER BY number", (organization,)
    ).fetchall()


def by_user(credentials: Iterable[Credential]) -> defaultdict[str, list[Credential]]:
    """Credentials by the id of their user; of a user without any, an empty list."""
    of_user: defaultdict[str, list[Credential]] = defaultdict(list)
    for credential in credentials:
        of_user[credential.user_id].append(credential)
    return of_user


def _add_choice(conditions: list[str], parameters: list[Any], column: str, choices: Sequence[Any]) -> None:
    if choices:
        conditions.append(f"{column} IN ({', '.join('?' * len(choices))})")
        parameters.extend(choices)
