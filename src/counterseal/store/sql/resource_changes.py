"""What a batch does to rows: which ones it rests on, and which ones it leaves."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from counterseal.organizations import Put, Removed, RemovedAll, Row
from counterseal.store.errors import Conflict
from counterseal.store.sql import tables
from counterseal.store.sql.query import Given, Write
from counterseal.store.sql.query import Row as Columns
from counterseal.store.uuids import to_bytes

_encode = msgspec.json.Encoder().encode

Whose = tuple[bytes, str, bytes]
"""Organization, kind and id of a row."""


class ResourceChanges:
    """Takes the changes of rows, one after the other, and gives what is to be written for them."""

    def __init__(self) -> None:
        self._stored: dict[Whose, int] = {}
        self._now: dict[Whose, Row | None] = {}

    def add(self, organization_id: bytes, change: Put | Removed) -> tuple[Row | None, Row | None]:
        """One more; what was there before and is after. Raises Conflict if an earlier one left something else."""
        before = change.row if isinstance(change, Removed) else change.replaces
        after = None if isinstance(change, Removed) else change.row
        row = change.row
        whose = (organization_id, row.KIND, to_bytes(row.id))
        if whose not in self._now:
            self._stored[whose] = 0 if before is None else before.revision
        elif (self._now[whose] is None) != (before is None):
            raise Conflict(f"{row.KIND} {row.id} is another one within this batch")
        self._now[whose] = after
        return before, after

    def remove_all(self, organization_id: bytes, change: RemovedAll) -> tuple[list[Row], frozenset[bytes]]:
        """Those that this batch has altered and that go now; and the ids of all of the kind that it has altered.

        The latter say by themselves what becomes of what is stored of them.
        """
        ours = [whose for whose in self._now if whose[:2] == (organization_id, change.kind.KIND)]
        gone = [row for whose in ours if (row := self._now[whose]) is not None and change.fits(row)]
        self._now |= {(organization_id, row.KIND, to_bytes(row.id)): None for row in gone}
        return gone, frozenset(id_ for _, _, id_ in ours)

    def rests_on(self) -> Given | None:
        """The stored rows that have to be as they were read."""
        revisions = [(*whose, revision) for whose, revision in sorted(self._stored.items()) if revision > 0]
        return Given(tables.REVISIONS, revisions) if revisions else None

    def writes(self) -> Iterator[Write]:
        """All that is to be written."""
        added: list[Columns] = []
        replaced: list[Columns] = []
        removed: list[Columns] = []
        for whose, row in self._now.items():
            revision = self._stored[whose]
            if row is not None:
                rows = replaced if revision > 0 else added
                rows.append((*whose, revision + 1, _encode(replace(row, revision=0))))
            elif revision > 0:
                removed.append(whose)
        yield from tables.RESOURCES.delete(removed)
        yield from tables.REPLACE_RESOURCES.of(replaced)
        yield from tables.RESOURCES.insert(added)
