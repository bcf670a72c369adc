"""What a batch does to items: values that end, values that come, and those that do both within the batch."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from counterseal.organizations import Touched
from counterseal.store.sql import tables
from counterseal.store.sql.query import Row, Write
from counterseal.store.sql.spans import span_of
from counterseal.store.uuids import NOBODY, to_bytes

PLACES = 1 << 20
"""More than one activity can add."""

_encode = msgspec.json.Encoder().encode

Whose = tuple[bytes, bytes, str, bytes]
"""Organization, owner, kind and id of an item."""

Change = tuple[str, bytes, bytes, int | None, bytes | None]
"""What becomes of an item: kind, owner, id, its place if that is new, and what it is now, if anything."""


class _Value(msgspec.Struct, frozen=True):
    """One that began in this batch; without a place if its item is stored and keeps its own."""

    since: int
    place: int | None
    data: bytes

    def row(self, whose: Whose, *, until: int | None) -> Row:
        organization_id, owner_id, kind, id_ = whose
        span = 0 if until is None else span_of(self.since, until)
        at = () if self.place is None else (self.place,)
        return organization_id, span, owner_id, kind, id_, self.since, until, *at, self.data


class _Life(msgspec.Struct):
    """Of one item: when the stored value ends, and the one that is live so far if it is another one."""

    ended: int | None = None
    live: _Value | None = None


class Lives:
    """Takes what is touched, version after version, and gives what is to be written for it."""

    def __init__(self) -> None:
        self._lives: dict[Whose, _Life] = {}
        self._placed: list[Row] = []
        self._in_place: list[Row] = []

    def touch(self, touched: Touched, organization_id: bytes, version: int) -> Change:
        """An item that is another one from this version on."""
        before, after, position = touched
        item = touched.item
        owner, id_ = NOBODY if item.owner_id is None else to_bytes(item.owner_id), to_bytes(item.id)
        whose = (organization_id, owner, item.KIND, id_)
        life = self._lives.setdefault(whose, _Life())
        new_place = place = None if position is None else version * PLACES + position
        if life.live is not None:
            place = life.live.place if place is None else place
            self._begin(whose, life.live, until=version)
        elif before is not None:
            life.ended = version
        data = None if after is None else _encode(after)
        life.live = None if data is None else _Value(version, place, data)
        return item.KIND, owner, id_, new_place, data

    def writes(self) -> Iterator[Write]:
        """All that is to be written, in this order."""
        ended = []
        for whose, life in self._lives.items():
            if life.live is not None:
                self._begin(whose, life.live, until=None)
            if life.ended is not None:
                ended.append((*whose, life.ended))
        yield from tables.REPLACE_ITEMS.of(self._in_place)
        yield from tables.END_ITEMS.of(ended)
        yield from tables.ITEMS.insert(self._placed)

    def _begin(self, whose: Whose, value: _Value, *, until: int | None) -> None:
        rows = self._in_place if value.place is None else self._placed
        rows.append(value.row(whose, until=until))
