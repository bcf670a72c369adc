"""Pages of an organization's activities, by the ids of what they show.

A page is put together from walks along an index, one for each type and status: so it costs as much as it shows, however
long the history is and however rare what is looked for. Types are those of the contract, so the walks are few.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import product

from counterseal.store.records import ActivityStatus
from counterseal.store.uuids import to_bytes, to_text

_BEFORE_ALL, _AFTER_ALL = bytes(16), b"\xff" * 16


def read_activity_ids(
    connection: sqlite3.Connection,
    organization_id: str,
    *,
    statuses: Sequence[ActivityStatus],
    types: Sequence[str],
    limit: int,
    before: str | None,
    after: str | None,
) -> list[str]:
    """A page, newest first. With ``before`` alone it is the page that touches it, still newest first."""
    organization = to_bytes(organization_id)
    low = _BEFORE_ALL if before is None else to_bytes(before)
    high = _AFTER_ALL if after is None else to_bytes(after)
    backwards = before is not None and after is None
    page: list[bytes] = []
    for type_, status in product(types or _types(connection, organization), statuses or ActivityStatus):
        rows = connection.execute(
            "SELECT id FROM activities WHERE organization_id = ? AND type = ? AND status = ? AND id > ? AND id < ?"
            f" ORDER BY id {'ASC' if backwards else 'DESC'} LIMIT ?",
            (organization, type_, int(status), low, high, limit),
        )
        page = sorted([*page, *(id_ for (id_,) in rows)], reverse=not backwards)[:limit]
        if len(page) == limit:  # what lies beyond has no place on it any more
            low, high = (low, page[-1]) if backwards else (page[-1], high)
    if backwards:
        page.reverse()
    return [to_text(id_) for id_ in page]


def _types(connection: sqlite3.Connection, organization: bytes) -> list[str]:
    """Of the organization's activities, each found by one step in the index."""
    found = [""]
    while row := connection.execute(
        "SELECT type FROM activities WHERE organization_id = ? AND type > ? ORDER BY type LIMIT 1",
        (organization, found[-1]),
    ).fetchone():
        found.append(row[0])
    return found[1:]
