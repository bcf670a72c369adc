"""Lists of a parent's sub-organizations: all of them, those of a name, or those in which a user or credential is found.

Each is a walk along one index in the order of the list, from one sub-organization to the next, so that a page costs as
much as it shows: however many sub-organizations match, and whatever is in those of other parents.
"""

from __future__ import annotations

import sqlite3

from counterseal.store.records import SubOrganizationFilter, Trait
from counterseal.store.uuids import to_bytes, to_text

_MORE_THAN_ALL = 1 << 62

_THEMSELVES = "SELECT number, id FROM organizations WHERE parent_id = ? AND deleted_ms IS NULL"
_OF_MEMBERS = (
    "SELECT organizations.number, organizations.id FROM {table} CROSS JOIN organizations"
    " ON organizations.number = {table}.organization_number"
    " WHERE {table}.parent_number = (SELECT number FROM organizations WHERE id = ?) AND {table}.until IS NULL"
)
"""CROSS JOIN forbids SQLite another order. Only live organizations have live rows."""

_WALKS = {
    None: (_THEMSELVES, "number"),
    Trait.NAME: (f"{_THEMSELVES} AND name = ?", "number"),
    Trait.USERNAME: (f"{_OF_MEMBERS.format(table='users')} AND users.name = ?", "organization_number"),
    Trait.EMAIL: (f"{_OF_MEMBERS.format(table='users')} AND email = ? COLLATE NOCASE", "organization_number"),
    Trait.PHONE_NUMBER: (f"{_OF_MEMBERS.format(table='users')} AND phone_number = ?", "organization_number"),
    Trait.CREDENTIAL_ID: (f"{_OF_MEMBERS.format(table='authenticators')} AND credential_id = ?", "organization_number"),
    Trait.PUBLIC_KEY: (f"{_OF_MEMBERS.format(table='api_keys')} AND public_key = ?", "organization_number"),
}
"""What is gone through, and the column by which it is in order."""


def read_sub_organization_ids(
    connection: sqlite3.Connection,
    parent_id: str,
    *,
    matching: SubOrganizationFilter | None,
    limit: int,
    before: str | None,
    after: str | None,
) -> list[str]:
    """A page, newest first. With ``before`` alone it is the page that touches it, still newest first."""
    low = 0 if before is None else _number(connection, parent_id, before)
    high = _MORE_THAN_ALL if after is None else _number(connection, parent_id, after)
    if low is None or high is None:  # a cursor that is none of them
        return []
    walk, number = _WALKS[None if matching is None else matching.trait]
    sought = (to_bytes(parent_id), *(() if matching is None else (_sought(matching),)))
    backwards = before is not None and after is None
    next_one = f"{walk} AND {number} > ? AND {number} < ? ORDER BY {number} {'ASC' if backwards else 'DESC'} LIMIT 1"
    page: list[str] = []
    while len(page) < limit and (row := connection.execute(next_one, (*sought, low, high)).fetchone()):
        found, id_ = row
        page.append(to_text(id_))
        low, high = (found, high) if backwards else (low, found)
    if backwards:
        page.reverse()
    return page


def _number(connection: sqlite3.Connection, parent_id: str, id_: str) -> int | None:
    row = connection.execute(
        "SELECT number FROM organizations WHERE id = ? AND parent_id = ?", (to_bytes(id_), to_bytes(parent_id))
    ).fetchone()
    return None if row is None else int(row[0])


def _sought(matching: SubOrganizationFilter) -> str | bytes:
    return bytes.fromhex(matching.value) if matching.trait is Trait.PUBLIC_KEY else matching.value
