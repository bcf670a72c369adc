"""Rows that go by a key they have, with all their keys and secrets, in pieces: nobody has read them before."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

from counterseal.organizations import RemovedAll
from counterseal.store.sql import tables
from counterseal.store.sql.holders import Family, places
from counterseal.store.sql.query import Query, Rows, Write
from counterseal.store.sql.resources import decoder
from counterseal.store.uuids import NOBODY

Removing = Generator[Query | Write, Rows | None, None]
"""It yields what is asked, and is sent the rows; and what is to be written."""

_AT_ONCE = 200


class Removal(NamedTuple):
    """Rows of one organization that go; ``but`` for the ids of those of which the same batch says more."""

    family: Family
    change: RemovedAll
    but: frozenset[bytes]


def remove(removal: Removal) -> Removing:
    """Remove what is stored, before anything else that its batch writes."""
    change, last = removal.change, NOBODY
    decode = decoder(change.kind)
    organization_id = removal.family[2]
    while rows := (yield _next(removal, last)):
        last = rows[-1][0]
        found = [(id_, decode(data)) for id_, data in rows if id_ not in removal.but]
        keys = [place for _, row in found for place, _ in places(removal.family, row)]
        yield from (
            *tables.KEYS.delete(keys),
            *tables.RESOURCES.delete([(organization_id, change.kind.KIND, id_) for id_, _ in found]),
            *tables.SECRETS.delete([(organization_id, id_) for id_, _ in found]),
        )


def _next(removal: Removal, last: bytes) -> Query:
    family, change = removal.family, removal.change
    if change.key is None:
        return Query(
            "SELECT id, data FROM resources WHERE organization_id = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?",
            (family[2], change.kind.KIND, last, _AT_ONCE),
        )
    return Query(
        "SELECT resources.id, data FROM keys CROSS JOIN resources ON [resources.kind = ?"
        " AND resources.organization_id = keys.organization_id AND resources.id = keys.item_id]"
        " WHERE keys.name = ? AND keys.value = ? AND keys.parent_id = ? AND keys.organization_created_ms = ?"
        " AND keys.organization_id = ? AND keys.slot > ? ORDER BY keys.slot LIMIT ?",
        (change.kind.KIND, change.key.name, change.key.form(change.value), *family, last, _AT_ONCE),
    )
