"""Rows as uncommitted batches have left them, laid over what is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from counterseal.activities import AllOf, Needed, Unit
from counterseal.contract.errors import InternalFault
from counterseal.organizations import Put, Removed, Row, Snapshot, View
from counterseal.store import Reads, RowKey

Whose = tuple[str, str, str]
"""Organization, kind and id of a row."""


class DraftRows:
    """What one batch does to rows, over what the batch before it does."""

    def __init__(self, under: DraftRows | None = None) -> None:
        self._under = under
        self._now: dict[Whose, Row | None] = {}
        self._revisions: dict[Whose, int] = {}  # before this batch

    def stage(self, organization_id: str, changes: Iterable[Put | Removed]) -> None:
        """These are done."""
        for change in changes:
            row = change.row
            before = row if isinstance(change, Removed) else change.replaces
            whose = (organization_id, row.KIND, row.id)
            revision = self._revisions.setdefault(whose, 0 if before is None else before.revision)
            # However often a batch alters a row, it is stored once.
            self._now[whose] = None if isinstance(change, Removed) else replace(row, revision=revision + 1)

    def settle(self) -> None:
        """What this was laid over is stored."""
        self._under = None

    def altered(self, organization_id: str, kind: type[Row]) -> dict[str, Row | None]:
        """The rows of a kind that are not as they are stored, by id; None is gone."""
        found = {} if self._under is None else self._under.altered(organization_id, kind)
        mine = (each for each in self._now.items() if each[0][:2] == (organization_id, kind.KIND))
        return found | {id_: row for (_, _, id_), row in mine}


async def read_needs(
    unit: Unit, intent: msgspec.Struct, view: View, reads: Reads, *, over: DraftRows | None = None
) -> None:
    """Whatever rows the unit needs, step by step, into ``view.rows``."""
    if unit.needs is not None:
        for wanted in unit.needs(intent, view):
            view.rows.update(await _read(view.organization.id, wanted, reads, over))


async def read_parent(
    unit: Unit, intent: msgspec.Struct, view: View, snapshot: Callable[[str], Awaitable[Snapshot | None]]
) -> None:
    """The parent organization into ``view.parent``, if the unit looks at it."""
    parent_id = view.organization.parent_id
    if parent_id is not None and unit.reads_parent is not None and unit.reads_parent(intent):
        view.parent = await snapshot(parent_id)


async def _read(
    organization_id: str, wanted: Sequence[Needed], reads: Reads, over: DraftRows | None
) -> Mapping[Needed, tuple[Row, ...]]:
    """What is found for each, in the order of ids."""
    keys = [each for each in wanted if isinstance(each, RowKey)]
    stored = await reads.rows(organization_id, keys) if keys else {}
    found: dict[Needed, tuple[Row, ...]] = {key: stored[key] for key in keys}
    for each in wanted:
        if isinstance(each, AllOf):
            found[each] = tuple(await _all_of(organization_id, each, reads))
    if over is not None:
        for each, rows in found.items():
            found[each] = _laid_over(each, rows, over.altered(organization_id, each.kind))
    return found


async def _all_of(organization_id: str, wanted: AllOf, reads: Reads) -> list[Row]:
    page = await reads.page(organization_id, wanted.kind, limit=wanted.at_most + 1, before=None, after=None)
    if len(page) > wanted.at_most:
        raise InternalFault(f"an organization has more than {wanted.at_most} rows of {wanted.kind.KIND}")
    return page[::-1]


def _laid_over(wanted: Needed, stored: Iterable[Row], altered: Mapping[str, Row | None]) -> tuple[Row, ...]:
    if not altered:
        return tuple(stored)
    kept = [row for row in stored if row.id not in altered]
    kept += [row for row in altered.values() if row is not None and wanted.fits(row)]
    return tuple(sorted(kept, key=lambda row: row.id))
