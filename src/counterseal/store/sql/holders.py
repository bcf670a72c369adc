"""Who has which key after a batch: keys are taken, left, and passed on from one item to another."""

from __future__ import annotations

from collections.abc import Iterator

from counterseal.organizations import Item, Key, Row, Snapshot
from counterseal.store.errors import Conflict
from counterseal.store.sql import tables
from counterseal.store.sql.query import Write
from counterseal.store.uuids import NOBODY, to_bytes

Family = tuple[bytes, int, bytes]
"""Of an organization: its parent, or nobody; when it was created; its id. All its keys have it."""

_Place = tuple[str, bytes, bytes, int, bytes, bytes]
"""The primary key of a row of ``keys``."""


class Holders:
    """Takes what comes and goes, and gives what is to be written for it."""

    def __init__(self) -> None:
        self._stored: dict[_Place, bytes | None] = {}
        self._now: dict[_Place, bytes | None] = {}

    def turn_over(self, family: Family, before: Item | Row | None, after: Item | Row | None) -> None:
        """One takes the place of another; None is nobody. Raises Conflict if two have a key that only one can have."""
        if before is not None:
            for place, holder in places(family, before):
                self._stored.setdefault(place, holder)
                self._now[place] = None
        if after is not None:
            for place, holder in places(family, after):
                self._stored.setdefault(place, None)
                if self._now.get(place) is not None:
                    raise Conflict(f"{place[0]}: two of an organization have the same")
                self._now[place] = holder

    def writes(self) -> Iterator[Write]:
        """All that is to be written."""
        added, removed, passed = [], [], []
        for place, holder in self._now.items():
            stored = self._stored[place]
            if holder is None:
                if stored is not None:
                    removed.append(place)
            elif stored is None:
                added.append((*place, holder))
            elif stored != holder:
                passed.append((*place, holder))
        yield from tables.KEYS.delete(removed)
        yield from tables.PASS_KEYS.of(passed)
        yield from tables.KEYS.insert(added)


def family_of(organization: Snapshot) -> Family:
    """See ``Family``."""
    parent_id = NOBODY if organization.parent_id is None else to_bytes(organization.parent_id)
    return parent_id, organization.created_ms, to_bytes(organization.id)


def places(family: Family, item: Item | Row) -> list[tuple[_Place, bytes]]:
    """Where the keys of an item or row stand, and what stands there."""
    id_ = to_bytes(item.id)
    return [
        ((key.name, key.form(text), *family, slot_of(key, id_)), id_)
        for key, text in item.looked_up_by()
        if text is not None
    ]


def slot_of(key: Key, item_id: bytes) -> bytes:
    """Nothing for a key that only one of an organization can have, so that the primary key is the same for all."""
    return b"" if key.is_unique else item_id
