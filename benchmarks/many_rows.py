"""``python -m benchmarks.many_rows``: what a row costs in an organization that has a million of its kind.

The store is asked and written to as the engine does it: a row by its id, a row by a key, a page, a commit that adds one
and a commit that alters one. Two organizations of one store take turns, one with ten rows and one with a million.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median

import click

from benchmarks.population import make_server
from benchmarks.workplace import workplace
from counterseal.data_directory import DataDirectory
from counterseal.organizations import OrganizationCreated, PrivateKeyTag, Put, Quorum, Snapshot, fold
from counterseal.organizations.private_key_tags import PRIVATE_KEY_TAG_NAME
from counterseal.store import Commit, RowChanges, RowKey, Store
from counterseal.store.postgres import DatabaseUrl
from counterseal.world import SystemClock, SystemRandom, World
from tests.postgres_server import running_postgres

_FEW = 10
_AT_ONCE = 2_000
_TIMES = 400
_PATH = click.Path(path_type=Path, exists=True)

Step = Callable[[int], Awaitable[object]]


@click.command()
@click.option("--count", default=1_000_000, show_default=True)
@click.option("--postgres", "on_postgres", is_flag=True, help="In a PostgreSQL that is started for it, not on SQLite.")
@click.option("--directory", type=_PATH, help="Where the data goes, on a disk. By default .bench in the checkout.")
def main(*, count: int, on_postgres: bool, directory: Path | None) -> None:
    """Fill, measure, print."""
    with workplace(directory) as own:
        if not on_postgres:
            make_server(own / "data")
            asyncio.run(_measure(DataDirectory(own / "data"), count))
            return
        with running_postgres(shared_buffers="256MB", max_wal_size="4GB") as postgres:
            postgres.run("CREATE DATABASE rows")
            make_server(own / "data", database=postgres.socket_url("rows"))
            asyncio.run(_measure(DataDirectory(own / "data", DatabaseUrl(postgres.socket_url("rows"))), count))


async def _measure(directory: DataDirectory, count: int) -> None:
    store = await directory.open_store()
    try:
        tried = [await _Tried.make(store, rows) for rows in (_FEW, count)]
        for name in _Tried.STEPS:
            seconds: list[list[float]] = [[], []]
            for number in range(_TIMES):
                for each, spent in zip(tried, seconds, strict=True):
                    started = time.perf_counter()
                    await getattr(each, name)(number)
                    spent.append(time.perf_counter() - started)
            few, many = (median(spent) * 1e3 for spent in seconds)
            print(f"{name}: {few:.3f} ms among {_FEW}, {many:.3f} ms among {count:,}", flush=True)
    finally:
        await store.close()


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
        world = World(SystemClock().now_ms(), SystemRandom())
        quorum = Quorum(threshold=1, user_ids=(world.new_id(),))
        created = OrganizationCreated(
            name=f"Of {count}", parent_id=None, created_ms=world.now_ms, quorum=quorum, features={}
        )
        step = fold(None, world.new_id(), [created])
        await store.commit([Commit(activity=None, is_new=False, new_votes=(), steps=(step,))])
        tried, kept = cls(store, step.after, []), []
        started = time.perf_counter()
        for first in range(0, count, _AT_ONCE):
            rows = [tried._row(f"row {number}") for number in range(first, min(first + _AT_ONCE, count))]
            await tried._put(*(Put(row=row) for row in rows))
            kept += rows[:: max(1, count // _TIMES)]
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
        await self._store.page(self._organization.id, PrivateKeyTag, limit=_FEW, before=None, after=after)

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
