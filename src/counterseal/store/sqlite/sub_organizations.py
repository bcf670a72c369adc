"""Lists of a parent's sub-organizations: all of them, those of a name, or those in which a user or credential is found.

Each is a walk along one index that ends with the number of the organization, in the order of the list, so that a page
costs as much as it shows, however many sub-organizations match.
"""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from counterseal.store.records import SubOrganizationFilter, Trait
from counterseal.store.uuids import to_bytes, to_text

_NUMBER_OF_CURSOR = "(SELECT number FROM organizations WHERE id = ? AND parent_id = ?)"


class _Walk(NamedTuple):
    """Tables in the order of the walk, the column that numbers organizations, and what the index is searched for."""

    tables: str
    number: str
    condition: str


def _members(table: str, condition: str) -> _Walk:
    """Through the live rows of a table that names organizations; CROSS JOIN forbids SQLite another order."""
    number = f"{table}.organization_number"
    tables = f"{table} CROSS JOIN organizations ON organizations.number = {number}"
    return _Walk(tables, number, f"{table}.until IS NULL AND {table}.{condition} AND ")


_ALL = _Walk("organizations", "organizations.number", "")
_WALKS = {
    Trait.NAME: _Walk("organizations", "organizations.number", "name = ? AND "),
    Trait.USERNAME: _members("users", "name = ?"),
    Trait.EMAIL: _members("users", "email = ? COLLATE NOCASE"),
    Trait.PHONE_NUMBER: _members("users", "phone_number = ?"),
    Trait.CREDENTIAL_ID: _members("authenticators", "credential_id = ?"),
    Trait.PUBLIC_KEY: _members("api_keys", "public_key = ?"),
}


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
    walk = _ALL if matching is None else _WALKS[matching.trait]
    parent = to_bytes(parent_id)
    parameters = [*_sought(matching), parent]
    bounds = ""
    for cursor, comparison in ((after, "<"), (before, ">")):
        if cursor is not None:
            bounds += (
                f" AND {walk.number} {comparison} (SELECT number FROM organizations WHERE id = ? AND parent_id = ?)"
            )
            parameters += [to_bytes(cursor), parent]
    backwards = before is not None and after is None
    rows = connection.execute(
        f"SELECT organizations.id FROM {walk.tables} WHERE {walk.condition}parent_id = ? AND deleted_ms IS NULL{bounds}"
        f" GROUP BY {walk.number} ORDER BY {walk.number} {'ASC' if backwards else 'DESC'} LIMIT ?",
        (*parameters, limit),
    ).fetchall()
    if backwards:
        rows.reverse()
    return [to_text(id_) for (id_,) in rows]


def _sought(matching: SubOrganizationFilter | None) -> list[Any]:
    if matching is None:
        return []
    return [bytes.fromhex(matching.value) if matching.trait is Trait.PUBLIC_KEY else matching.value]
