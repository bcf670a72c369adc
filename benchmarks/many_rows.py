"""``python -m benchmarks.many_rows``: what a row costs in an organization that has a million of its kind.

The store is asked and written to as the engine does it: a row by its id, a row by a key, a page, a commit that adds one
and a commit that alters one. Two organizations of one store take turns, one with ten rows and one with a million.
"""

from __future__ import annotations

import time

from benchmarks.few_and_many import FEW, TIMES, Try, command, new_organization, take_turns
from counterseal.organizations import PrivateKeyTag, Put, Snapshot
from counterseal.organizations.private_key_tags import PRIVATE_KEY_TAG_NAME
from counterseal.store import Commit, RowChanges, RowKey, Store
from counterseal.world import SystemClock, SystemRandom, World

_AT_ONCE = 2_000


def _measure(count: int) -> Try:
    async def measure(store: Store) -> None:
        few, many = [await _Tried.make(store, rows) for rows in (FEW, count)]
        await take_turns(few, many, _Tried.STEPS, count=count)

    return measure


main = command(_measure)


class _Tried:
    """One organization and some of its rows, evenly spread."""

    STEPS = ("by_id", "by_key", "page", "add", "alter")

    def __init__(self, store: Store, organization: Snapshot, rows: list[PrivateKeyTag]) -> None:
        self._store = store
        self._organization = organization
        self._rows = rows
        self._world = World(SystemClock().now_ms(), SystemRandom())

    @classmethod
    async def make(cls, store: Store, count: int) -> _Tried:
        """An organization with so many rows, which are written through the store."""
        organization = await new_organization(store, f"Of {count}")
        tried, kept = cls(store, organization, []), []
        started = time.perf_counter()
        for first in range(0, count, _AT_ONCE):
            rows = [tried._row(f"row {number}") for number in range(first, min(first + _AT_ONCE, count))]
            await tried._put(*(Put(row=row) for row in rows))
            kept += rows[:: max(1, count // TIMES)]
        print(f"{count:,} rows in {time.perf_counter() - started:.0f} s", flush=True)
        tried._rows = [await tried._stored(row) for row in kept]
        return tried

    async def by_id(self, number: int) -> None:
        await self._stored(self._rows[number % len(self._rows)])

    async def by_key(self, number: int) -> None:
        row = self._rows[number % len(self._rows)]
        key = RowKey(kind=PrivateKeyTag, value=row.name, key=PRIVATE_KEY_TAG_NAME)
        (found,) = (await self._store.rows(self._organization.id, [key]))[key]
        assert found.id == row.id

    async def page(self, number: int) -> None:
        after = self._rows[number % len(self._rows)].id
        await self._store.page(self._organization.id, PrivateKeyTag, limit=FEW, before=None, after=after)

    async def add(self, number: int) -> None:
        await self._put(Put(row=self._row(f"added {number}")))

    async def alter(self, number: int) -> None:
        place = number % len(self._rows)
        row = self._rows[place]
        await self._put(Put(row=row, replaces=row))
        self._rows[place] = await self._stored(row)

    async def _stored(self, row: PrivateKeyTag) -> PrivateKeyTag:
        key = RowKey(kind=PrivateKeyTag, value=row.id)
        (found,) = (await self._store.rows(self._organization.id, [key]))[key]
        assert isinstance(found, PrivateKeyTag)
        return found

    async def _put(self, *changes: Put) -> None:
        rows = (RowChanges(organization=self._organization, changes=changes),)
        rests_on = ((self._organization.id, self._organization.version),)
        await self._store.commit([Commit(activity=None, is_new=False, new_votes=(), rests_on=rests_on, rows=rows)])

    def _row(self, name: str) -> PrivateKeyTag:
        now_ms = self._world.now_ms
        return PrivateKeyTag(id=self._world.dated_id(), name=name, created_ms=now_ms, updated_ms=now_ms)


if __name__ == "__main__":
    main()
