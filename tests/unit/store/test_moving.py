"""A store that is moved into another database is the same store there, or none."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import long_history
import sample
from counterseal.ledger import Tile
from counterseal.store import (
    Chain,
    Ending,
    Entry,
    Growth,
    NewEvent,
    SqliteStore,
    Store,
    StoredLog,
    StoredSecret,
    StoreError,
)
from counterseal.store.moving import Source, Target, move, rows_in
from counterseal.store.postgres import DatabaseUrl, Limits, PostgresStore
from counterseal.store.postgres.moving import postgres_source, postgres_target
from counterseal.store.sql import pieces
from counterseal.store.sql.query import Query, Rows
from counterseal.store.sql.tables import TABLES, Table
from counterseal.store.sqlite import connection
from counterseal.store.sqlite.moving import sqlite_source, sqlite_target
from outbox_samples import delivery, ended
from postgres_server import PostgresServer
from sample import ORGANIZATION_ID

LENGTH = 12
LARGE = b"\x00\xff" * 512 * 1024
"""As large as a body may be."""

THERE, NOT_THERE = r"not empty|exists already", r"not ended|is not there"


class Sqlite:
    """Where a store is, or will be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source: Callable[[], AbstractAsyncContextManager[Source]] = lambda: sqlite_source(path)
        self.target: Callable[[], AbstractAsyncContextManager[Target]] = lambda: sqlite_target(path)

    async def create(self) -> Store:
        return SqliteStore.create(self.path)

    async def open(self) -> Store:
        return SqliteStore.open(self.path)


class Postgres:
    """The same."""

    def __init__(self, url: DatabaseUrl) -> None:
        self.url = url
        self.source: Callable[[], AbstractAsyncContextManager[Source]] = lambda: postgres_source(url)
        self.target: Callable[[], AbstractAsyncContextManager[Target]] = lambda: postgres_target(url)

    async def create(self) -> Store:
        return await PostgresStore.create(self.url)

    async def open(self) -> Store:
        return await PostgresStore.open(self.url)


Place = Sqlite | Postgres


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Place]:
    """A new place by the name of the implementation."""

    numbers = itertools.count()

    def new(name: str) -> Place:
        if name == "postgres":
            return Postgres(DatabaseUrl(request.getfixturevalue("postgres").new_whole_database()))
        return Sqlite(tmp_path / f"{next(numbers)}.db")

    return new


@pytest.fixture(params=["sqlite to postgres", "postgres to sqlite", "sqlite to sqlite", "postgres to postgres"])
async def places(request: pytest.FixtureRequest, place: Callable[[str], Place]) -> tuple[Place, Place]:
    """A store with something of everything, and a place for it."""
    source, _, target = request.param.partition(" to ")
    filled = place(source)
    await fill(filled)
    return filled, place(target)


async def fill(place: Place, *, message: bytes = LARGE) -> None:
    """Every table has rows, in every column."""
    store = await place.create()
    await long_history.fill(store, length=LENGTH)
    await long_history.fill_rows(store, length=LENGTH)
    large = sample.uuid(0xACC)
    votes = [sample.vote(large, message=message), sample.vote(large, message=message, decision=b'{"why":"\xc3\xa9"}')]
    votes += [sample.vote(large, message=message[number:]) for number in range(1, 6)]
    activity = sample.activity(id=large, failure=b"{}", resolved={"userId": large}, votes=tuple(votes))
    event = NewEvent(id=sample.uuid(0xEEE), organization_id=ORGANIZATION_ID, topic="topic", data=b"{}")
    organization = await store.snapshot(ORGANIZATION_ID)
    assert organization is not None
    rests_on = ((ORGANIZATION_ID, organization.version),)
    told = tuple(delivery(number) for number in (1, 2, 3))
    await store.commit([replace(sample.commit(activity, events=(event,), deliveries=told), rests_on=rests_on)])
    (line,) = await store.lines_due(told[0].channel_id, now_ms=told[0].created_ms, limit=1)
    await store.settle([ended(line, Ending.BURIED, at=0, reason="status 410")])
    assert await store.take_lease("webhooks", "process 1", now_ms=sample.NOW_MS)
    await long_history.alter(store)
    await store.add_sealed_secrets([StoredSecret(name=name, public_key="02", sealed=b"\x00s") for name in "bBa"])
    await fill_ledger(store)
    await store.add_boot_proof(sample.boot_proof(1))
    await store.close()


async def fill_ledger(store: Store) -> None:
    """Some is in it, and some is pending."""
    first, *_ = (await store.ledger_pending(after=0, limit=1, bytes_max=1)).pending
    log = StoredLog(1, "ledger.example/1", 0, 0, b"")
    await store.begin_log(log)
    entry = Entry(
        *(1, 0, "ACTIVITY", first.organization_id, first.activity_id, first.ordinal),
        *(first.effects or b"effects", b"p" * 32, 1, b"s" * 32, b"c" * 32),
    )
    growth = Growth(
        before=log,
        after=log._replace(size=1, signed_ms=2, checkpoint=b"note"),
        places=[first.place],
        entries=[entry],
        chains={first.organization_id: Chain(1, b"h" * 32)},
        tiles={Tile(0, 0, 1): b"t" * 32},
    )
    await store.grow_ledger(growth)


async def all_rows(source: Source) -> dict[str, Rows]:
    rows = {table.name: [tuple(r) for r in await source.ask(Query(everything(table)))] for table in TABLES}
    assert all(rows.values())
    return rows


def everything(table: Table) -> str:
    names = [name for name, _ in table.columns]
    return f"SELECT {', '.join(names)} FROM {table.name} ORDER BY {', '.join(names[: table.key])}"


async def moved(
    source: Place, target: Place, wrap: Callable[[Target], Target] = lambda target: target
) -> dict[str, int]:
    async with source.source() as reading, target.target() as writing:
        return await move(reading, wrap(writing), watch=lambda rows: None)


async def assert_same(source: Place, target: Place) -> None:
    async with source.source() as before, target.source() as after:
        assert await all_rows(before) == await all_rows(after)


async def test_every_row_is_there_and_every_read_gives_the_same(places: tuple[Place, Place]) -> None:
    source, target = places
    seen: list[int] = []
    async with source.source() as reading, target.target() as writing:
        total = await rows_in(reading)
        counted = await move(reading, writing, watch=seen.append)
    assert sum(counted.values()) * 2 == total * 2 == sum(seen)
    await assert_same(source, target)
    before, after = await source.open(), await target.open()
    for name, read in long_history.reads(length=LENGTH).items():
        assert await read(before) == await read(after), name
    assert await before.sealed_secrets() == await after.sealed_secrets()
    await after.commit([sample.commit(sample.activity())])
    await before.close()
    await after.close()


async def test_pieces_have_a_bound_in_rows_and_in_bytes(
    places: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_ROWS_MAX", 7)
    source, _ = places
    async with source.source() as reading:
        for table in TABLES:
            read = [rows async for rows in pieces.pieces(reading.ask, table)]
            assert max(map(len, read)) <= 7
            assert [tuple(row) for rows in read for row in rows] == (await all_rows(reading))[table.name]
            held = [sum(len(value) for row in rows for value in row if isinstance(value, bytes)) for rows in read]
            assert max(held) <= 4.1 * 1024 * 1024


class CutOff(Exception):
    """The machine lost power."""


class Failing:
    """A target of which the n-th call fails, before or after it is done."""

    def __init__(self, target: Target, *, at: int, is_done: bool) -> None:
        self._target, self._left, self._is_done = target, at, is_done

    async def ask(self, query: Query) -> Rows:
        return await self._call(self._target.ask, query)

    async def add(self, table: Table, rows: Rows) -> None:
        await self._call(self._target.add, table, rows)

    async def finish(self) -> None:
        await self._call(self._target.finish)

    async def _call(self, do: Callable[..., Any], *arguments: Any) -> Any:
        self._left -= 1
        if self._left == 0 and not self._is_done:
            raise CutOff
        done = await do(*arguments)
        if self._left == 0:
            raise CutOff
        return done


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sqlite", "postgres"])
@pytest.mark.parametrize("is_done", [False, True], ids=["before it is done", "after it was done"])
async def test_cut_off_anywhere_there_is_no_store_until_it_is_repeated(
    name: str, is_done: bool, place: Callable[[str], Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_ROWS_MAX", 25)
    source, target = place("sqlite"), place(name)
    await fill(source, message=b"a small body")
    at = 0
    while True:
        at += 1
        try:
            await moved(source, target, lambda target, at=at: Failing(target, at=at, is_done=is_done))  # type: ignore[misc]
        except CutOff:
            if await is_store(target):  # what was cut off last is the answer
                assert is_done
                with pytest.raises(StoreError, match=THERE):
                    await moved(source, target)
                break
            with pytest.raises(StoreError, match=NOT_THERE):
                await target.open()
            if name == "postgres":
                with pytest.raises(StoreError, match="not ended"):
                    await target.create()
        else:
            break
    assert at > 30
    await assert_same(source, target)


async def is_store(place: Place) -> bool:
    try:
        await (await place.open()).close()
    except StoreError:
        return False
    return True


async def test_what_is_there_is_not_overwritten(places: tuple[Place, Place]) -> None:
    source, target = places
    await fill(target)
    async with target.source() as reading:
        before = await all_rows(reading)
    with pytest.raises(StoreError, match=THERE):
        await moved(source, target)
    async with target.source() as reading:
        assert await all_rows(reading) == before


class Careless:
    """A target that does not keep what it is given."""

    def __init__(self, target: Target, *, alter: Callable[[Table, Rows], Rows]) -> None:
        self._target, self._alter, self.ask, self.finish = target, alter, target.ask, target.finish

    async def add(self, table: Table, rows: Rows) -> None:
        await self._target.add(table, self._alter(table, rows))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
async def test_what_was_copied_wrongly_does_not_count(table: Table, place: Callable[[str], Place]) -> None:
    source, target = place("sqlite"), place("sqlite")
    await fill(source, message=b"a small body")

    def without_one(of: Table, rows: Rows) -> Rows:
        return rows[1:] if of == table else rows

    def with_another_value(of: Table, rows: Rows) -> Rows:
        return [(*rows[0][:-1], 7 if rows[0][-1] != 7 else 8), *rows[1:]] if of == table else rows

    for alter, said in (without_one, "rows of"), (with_another_value, "other values"):
        with pytest.raises(StoreError, match=f"table {table.name} has .*{said}|FOREIGN KEY"):
            await moved(source, target, lambda target, alter=alter: Careless(target, alter=alter))  # type: ignore[misc]
        assert not await is_store(target)
    await moved(source, target)
    await assert_same(source, target)


async def test_of_two_at_once_into_one_database_the_later_goes_on(postgres: PostgresServer, tmp_path: Path) -> None:
    source, target = Sqlite(tmp_path / "store.db"), Postgres(DatabaseUrl(postgres.new_whole_database()))
    await fill(source)
    async with target.target() as first:
        async with source.source() as reading, target.target() as second:
            with pytest.raises(StoreError, match="another migration into this database has begun anew"):
                await first.add(TABLES[-1], [("name", "02", b"s")])
            with pytest.raises(StoreError, match="another migration into this database has begun anew"):
                await first.finish()
            await move(reading, second, watch=lambda rows: None)
        with pytest.raises(StoreError):
            await first.add(TABLES[-1], [("name", "02", b"s")])
    await assert_same(source, target)


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[Store]:
    store = await place.open()
    try:
        yield store
    finally:
        await store.close()


async def test_a_database_that_servers_use_is_not_moved(postgres: PostgresServer) -> None:
    source = Postgres(DatabaseUrl(postgres.new_whole_database()))
    await fill(source)
    async with opened(source) as store:
        await store.ping()
        with pytest.raises(StoreError, match="in use by counterseal servers"):
            async with source.source():
                pytest.fail("not reached")


async def test_nobody_writes_to_a_file_that_is_being_moved(
    place: Callable[[str], Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = place("sqlite")
    await fill(source)
    monkeypatch.setattr(connection, "_BUSY_TIMEOUT_S", 0.05)
    async with source.source(), opened(source) as store:
        with pytest.raises(StoreError, match="locked"):
            await store.commit([sample.commit(sample.activity())])


async def test_nobody_writes_to_a_database_that_is_being_moved(postgres: PostgresServer) -> None:
    source = Postgres(DatabaseUrl(postgres.new_whole_database()))
    await fill(source)
    async with source.source():
        store = await PostgresStore.open(source.url, Limits(lock_s=0.05))
        assert await store.versions([sample.PARENT_ID]) == {sample.PARENT_ID: 1}
        with pytest.raises(StoreError, match="lock timeout"):
            await store.commit([sample.commit(sample.activity(), rests_on=((sample.PARENT_ID, 1),))])
        await store.close()


async def test_a_file_of_an_older_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as old:
        old.execute("PRAGMA user_version = 3")
    with pytest.raises(StoreError, match="schema version 3"):
        async with sqlite_source(path):
            pytest.fail("not reached")
