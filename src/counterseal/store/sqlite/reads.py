"""Rows as values. Every statement names its organization; those that cannot are in ``unscoped``, and those of a parent
about its sub-organizations in ``sub_organizations``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from counterseal.store.records import StoredActivity
from counterseal.store.sqlite.rows import ACTIVITY_COLUMNS, VOTE_COLUMNS, Row, activity_from, votes_from
from counterseal.store.sqlite.spans import Live
from counterseal.store.uuids import to_bytes, to_text


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


def activity_of(connection: sqlite3.Connection, row: Row) -> StoredActivity:
    """An activity's row with its votes."""
    votes = connection.execute(f"SELECT {VOTE_COLUMNS} FROM votes WHERE activity_id = ? ORDER BY number", (row[0],))
    return activity_from(row, votes_from(votes.fetchall()))


def read_credentials(
    connection: sqlite3.Connection, columns: str, table: str, user: bytes, live: Live
) -> sqlite3.Cursor:
    """The number and the columns of a user's API keys or authenticators, in the order of their creation."""
    return connection.execute(
        f"SELECT number, {columns} FROM {table} WHERE user_id = ? AND {live.condition} ORDER BY number",
        (user, *live.parameters),
    )
