"""An organization from version to version, made of the rows of its items, and checked against what the ledger says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from counterseal.ledger import NotProven
from counterseal.ledger.effects import Effect, ItemRow, digest_of, item_line, organization_line, state_digest
from counterseal.organizations import ITEM_KINDS, Advance, Assembly, Difference, Gone, Item, Snapshot
from counterseal.store.sql.spans import span_of
from counterseal.store.uuids import NOBODY, to_text

_DECODE = {kind.KIND: msgspec.json.Decoder(kind).decode for kind in ITEM_KINDS}


class OrganizationRow(NamedTuple):
    """As its table has it."""

    id: bytes
    parent_id: bytes | None
    created_ms: int
    version: int


class History:
    """Steps forward as the ledger does. Everything raises NotProven."""

    def __init__(self, organization: OrganizationRow) -> None:
        self._organization = organization
        self._begun: dict[int, list[ItemRow]] = defaultdict(list)
        self._ended: dict[int, list[ItemRow]] = defaultdict(list)
        self.version = 0
        """The one that the ledger has come to; 0 before it has said with which one it begins."""
        self.snapshot: Snapshot | None = None

    def add(self, row: Sequence[Any]) -> None:
        """A row of its items."""
        organization_id, span, owner_id, kind, id_, since, until, place, data = row
        item = ItemRow(owner_id, kind, id_, since, until, place, data)
        last = self._organization.version
        if organization_id != self._organization.id or not 1 <= since <= last:
            raise NotProven(f"{_name(item)} is of another organization, or of a version that has not been")
        if (until is not None and not since < until <= last) or span != (0 if until is None else span_of(since, until)):
            raise NotProven(f"{_name(item)} has a span in which it cannot have been")
        self._begun[since].append(item)
        if until is not None:
            self._ended[until].append(item)

    def begin(self, found: Effect) -> None:
        """The ledger says with which state it begins."""
        if self.version:
            raise NotProven("the ledger begins with the organization twice")
        if found.organization_id != self._organization.id or found.version > self._organization.version:
            raise NotProven("the ledger begins with another organization, or with a version that has not been")
        rows = [row for rows in self._begun.values() for row in rows]
        organization = self._organization
        digest = state_digest(organization.parent_id, organization.created_ms, rows, version=found.version)
        if digest != found.digest:
            raise NotProven(
                f"the organization or its items up to version {found.version} are others than the ledger began with"
            )
        self.version = found.version
        live = [row for row in rows if row.since <= found.version and not _has_ended(row, found.version)]
        self.snapshot = self._assembled(live)

    def step(self, effect: Effect) -> None:
        """The ledger says that it has another version now."""
        version = effect.version
        if version != self.version + 1:
            raise NotProven(f"version {version} follows upon {self.version}: a step is missing in the ledger")
        begun, ended = self._begun.get(version, []), self._ended.get(version, [])
        before = {_key(row): row for row in ended}
        lines = []
        for row in begun:
            earlier = before.pop(_key(row), None)
            keeps_its_place = earlier is not None and earlier.place == row.place
            lines.append(item_line(row.kind, row.owner_id, row.id, None if keeps_its_place else row.place, row.data))
        lines += [item_line(row.kind, row.owner_id, row.id, None, None) for row in before.values()]
        if version == 1:
            lines.append(organization_line(self._organization.parent_id, self._organization.created_ms))
        if digest_of(lines) != effect.digest:
            raise NotProven(f"the items that began or ended with version {version} are others than the ledger says")
        self.version = version
        self._advance(begun, ended)

    def end(self) -> None:
        """No more comes."""
        if not self.version:
            raise NotProven("the ledger does not say with what it began to follow the organization")
        if self.version != self._organization.version:
            raise NotProven(
                f"the organization has version {self._organization.version}, and the ledger leads to {self.version}"
            )

    def _advance(self, begun: Sequence[ItemRow], ended: Sequence[ItemRow]) -> None:
        if self.snapshot is None:
            raise NotProven("the ledger does not say with what the organization began")
        kept = {(*_key(row), row.place) for row in begun}
        gone = tuple(
            Gone(row.kind, None if row.owner_id == NOBODY else to_text(row.owner_id), to_text(row.id))
            for row in ended
            if (*_key(row), row.place) not in kept
        )
        items = tuple(_item(row) for row in sorted(begun, key=_place))
        self.snapshot = Advance(self.version - 1, self.version, Difference(gone, items)).of(self.snapshot)

    def _assembled(self, live: Iterable[ItemRow]) -> Snapshot:
        organization = self._organization
        assembly = Assembly()
        assembly.add((row.place, _item(row)) for row in live)
        return assembly.snapshot(
            to_text(organization.id),
            parent_id=None if organization.parent_id is None else to_text(organization.parent_id),
            created_ms=organization.created_ms,
            version=self.version,
        )


def _item(row: ItemRow) -> Item:
    try:
        return _DECODE[row.kind](row.data)
    except (KeyError, msgspec.DecodeError):
        raise NotProven(f"{_name(row)} cannot be read") from None


def _name(row: ItemRow) -> str:
    return f"the {row.kind} {row.id.hex()} since version {row.since}"


def _key(row: ItemRow) -> tuple[bytes, str, bytes]:
    return row.owner_id, row.kind, row.id


def _place(row: ItemRow) -> int:
    return row.place


def _has_ended(row: ItemRow, version: int) -> bool:
    return row.until is not None and row.until <= version
