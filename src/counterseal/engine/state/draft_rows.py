"""Rows as uncommitted batches have left them, laid over what is stored.

What this costs depends on what is found, not on how many rows a batch has altered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from counterseal.activities import AllOf, Needed, NumberOf, Sealed, Unit
from counterseal.contract.errors import InternalFault
from counterseal.organizations import Removed, RemovedAll, Row, RowChange, Snapshot, View
from counterseal.store import Reads, RowKey, SealedRow

OfKind = tuple[str, str]
"""Organization, and kind of row."""

Held = tuple[str, str, str, bytes]
"""The same, with the name of a key and the form of what a row has for it."""


class DraftRows:
    """What one batch does to rows, over what the batch before it does."""

    def __init__(self, under: DraftRows | None = None) -> None:
        self._under = under
        self._now: defaultdict[OfKind, dict[str, Row | None]] = defaultdict(dict)
        self._holders: defaultdict[Held, list[str]] = defaultdict(list)  # who has had it at any time in this batch
        self._revisions: dict[tuple[OfKind, str], int] = {}  # before this batch
        self._removed_all: defaultdict[OfKind, list[RemovedAll]] = defaultdict(list)
        self._sealed: dict[tuple[str, str], bytes | None] = {}

    def stage(self, organization_id: str, changes: Iterable[RowChange]) -> None:
        """These are done."""
        for change in changes:
            if isinstance(change, RemovedAll):
                self._remove_all(organization_id, change)
                continue
            row = change.row
            before = row if isinstance(change, Removed) else change.replaces
            kind = (organization_id, row.KIND)
            revision = self._revisions.setdefault((kind, row.id), 0 if before is None else before.revision)
            if isinstance(change, Removed):
                self._now[kind][row.id] = None
                continue
            # However often a batch alters a row, it is stored once.
            self._now[kind][row.id] = replace(row, revision=revision + 1)
            for key, text in row.looked_up_by():
                if text is not None:
                    self._holders[*kind, key.name, key.form(text)].append(row.id)

    def seal(self, secrets: Iterable[SealedRow]) -> None:
        """These are kept, or erased."""
        self._sealed.update(((each.organization_id, each.id), each.sealed) for each in secrets)

    def settle(self) -> None:
        """What this was laid over is stored."""
        self._under = None

    def layers(self) -> tuple[DraftRows, ...]:
        """This one, then what it lies over; a commit that ends meanwhile takes none of them away."""
        return (self,) if self._under is None else (self, *self._under.layers())

    def touched(self, organization_id: str, wanted: RowKey | AllOf) -> Iterable[str]:
        """The ids of rows that may be an answer, or may be none any more; all that are here and are one."""
        kind = (organization_id, wanted.kind.KIND)
        if isinstance(wanted, AllOf):
            return self._now.get(kind, ())
        if wanted.key is None:
            return (wanted.value,)
        return self._holders.get((*kind, wanted.key.name, wanted.key.form(wanted.value)), ())

    def without_removed(self, organization_id: str, rows: Mapping[str, Row | None]) -> dict[str, Row | None]:
        """Rows of a kind as they were before this batch, by id; None for those that it has removed by a key."""
        return {
            id_: None if row is None or any(each.fits(row) for each in self._all_gone(organization_id, row)) else row
            for id_, row in rows.items()
        }

    def _all_gone(self, organization_id: str, row: Row) -> Sequence[RemovedAll]:
        return self._removed_all.get((organization_id, row.KIND), ())

    def _remove_all(self, organization_id: str, change: RemovedAll) -> None:
        kind = (organization_id, change.kind.KIND)
        layers = self.layers()
        for id_ in {id_ for layer in layers for id_ in layer._candidates(organization_id, change)}:
            now = next(
                altered[id_] for layer in layers if id_ in (altered := layer.altered(organization_id, change.kind))
            )
            if now is not None and change.fits(now):
                self._now[kind][id_] = None
        self._removed_all[kind].append(change)

    def _candidates(self, organization_id: str, change: RemovedAll) -> Iterable[str]:
        kind = (organization_id, change.kind.KIND)
        if change.key is None:
            return self._now.get(kind, ())
        return self._holders.get((*kind, change.key.name, change.key.form(change.value)), ())

    def has_altered(self, organization_id: str, kind: type[Row]) -> bool:
        """Whether this batch has altered any row of a kind."""
        whose = (organization_id, kind.KIND)
        return whose in self._now or whose in self._removed_all

    def altered(self, organization_id: str, kind: type[Row]) -> Mapping[str, Row | None]:
        """The rows of a kind that this batch has altered, by id; None is gone."""
        return self._now.get((organization_id, kind.KIND), {})

    def sealed(self, organization_id: str, asked: Sequence[Sealed]) -> dict[str, bytes | None]:
        """Those of the secrets that this batch has altered, by id; None is erased."""
        ids = (each.id for each in asked if (organization_id, each.id) in self._sealed)
        return {id_: self._sealed[organization_id, id_] for id_ in ids}


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
) -> dict[Needed, tuple[Any, ...]]:
    """What is found for each, in the order of ids."""
    # Taken before the store is asked: what it says may be older than a commit that ends in between.
    layers = () if over is None else over.layers()
    keys = [each for each in wanted if isinstance(each, RowKey)]
    stored = await reads.rows(organization_id, keys) if keys else {}
    rows: dict[RowKey | AllOf, tuple[Any, ...]] = {key: stored[key] for key in keys}
    for each in wanted:
        if isinstance(each, AllOf):
            rows[each] = tuple(await _all_of(organization_id, each, reads))
    found: dict[Needed, tuple[Any, ...]] = {
        each: _laid_over(organization_id, each, answer, layers) for each, answer in rows.items()
    }
    for each in wanted:
        if isinstance(each, NumberOf):
            where = (each.key, each.value)
            found[each] = (await reads.count(organization_id, each.kind, at_most=each.at_most, where=where),)
    secrets = [each for each in wanted if isinstance(each, Sealed)]
    return found | await _secrets(organization_id, secrets, reads, layers) if secrets else found


async def _secrets(
    organization_id: str, asked: Sequence[Sealed], reads: Reads, layers: Sequence[DraftRows]
) -> dict[Needed, tuple[Any, ...]]:
    """Those that there are, as the newest batch has left each."""
    found: dict[str, bytes | None] = {**await reads.secrets(organization_id, [each.id for each in asked])}
    for layer in reversed(layers):
        found |= layer.sealed(organization_id, asked)
    return {each: () if (sealed := found.get(each.id)) is None else (sealed,) for each in asked}


async def _all_of(organization_id: str, wanted: AllOf, reads: Reads) -> list[Row]:
    page = await reads.page(organization_id, wanted.kind, limit=wanted.at_most + 1, before=None, after=None)
    if len(page) > wanted.at_most:
        raise InternalFault(f"an organization has more than {wanted.at_most} rows of {wanted.kind.KIND}")
    return page[::-1]


def _laid_over(
    organization_id: str, wanted: RowKey | AllOf, stored: tuple[Row, ...], layers: Sequence[DraftRows]
) -> tuple[Row, ...]:
    layers = [layer for layer in layers if layer.has_altered(organization_id, wanted.kind)]
    if not layers:
        return stored
    rows: dict[str, Row | None] = {row.id: row for row in stored}
    ids = {*rows, *(id_ for layer in layers for id_ in layer.touched(organization_id, wanted))}
    for layer in reversed(layers):  # the newest counts
        rows = layer.without_removed(organization_id, rows)
        altered = layer.altered(organization_id, wanted.kind)
        rows |= {id_: altered[id_] for id_ in ids if id_ in altered}
    return tuple(row for _, row in sorted(rows.items()) if row is not None and wanted.fits(row))
