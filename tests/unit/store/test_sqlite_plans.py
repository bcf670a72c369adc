"""Every read finds its rows by an index, and does the same work however long a history is and whatever others have."""

from __future__ import annotations

import inspect
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio

import long_history
from counterseal.store import LedgerStore, SqliteStore, Store
from counterseal.store.outbox import Outbox
from counterseal.store.sqlite import store as sqlite_store

SHORT, LONG = 110, 1_200
WRITES = {"commit", "add_sealed_secrets", "add_boot_proof", "close"}
OF_ALL = {"sealed_secrets", "ping", "revision"}
"""The server's own few keys, and what reads no rows that grow in number."""


class Watched(NamedTuple):
    """A store, what it has said to SQLite, how many steps that took, and how many the last change took."""

    store: SqliteStore
    said: list[str]
    steps: list[int]
    written: int


async def watched(path: Path, length: int, *, altered: bool = False) -> Watched:
    """A filled store whose every connection is looked at."""
    said: list[str] = []
    steps = [0]

    def step() -> None:
        steps[0] += 1

    connect = sqlite_store.connect

    def watching(path: Path, **members: Any) -> sqlite3.Connection:
        connection = connect(path, **members)
        connection.set_trace_callback(said.append)
        connection.set_progress_handler(step, 1)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_store, "connect", watching)
        await SqliteStore.create(path / f"{length}.db").close()
        store = SqliteStore.open(path / f"{length}.db", others_write=True)  # so that it reads, each time
    await long_history.fill(store, length=length)
    await long_history.fill_rows(store, length=length)
    steps[0] = 0
    if altered:
        await long_history.alter(store)
    return Watched(store, said, steps, steps[0])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[int, Watched]]:
    """One that is young, and one that is old."""
    stores = {length: await watched(tmp_path_factory.mktemp("stores"), length) for length in (SHORT, LONG)}
    yield stores
    for each in stores.values():
        await each.store.close()


READS = {length: long_history.reads(length=length) for length in (SHORT, LONG)}


def test_no_read_of_a_store_is_forgotten() -> None:
    asked = {name.split()[0] for name in READS[SHORT]}
    methods = {name for name, _ in inspect.getmembers(Store, inspect.isfunction) if not name.startswith("_")}
    of_followers = {  # what these ask is of all organizations, see test_outbox.py and test_ledger.py
        name for each in (LedgerStore, Outbox) for name, _ in inspect.getmembers(each, inspect.isfunction)
    }
    assert asked == methods - of_followers - WRITES - OF_ALL


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", READS[SHORT])
async def test_a_read_finds_its_rows_by_an_index(both: dict[int, Watched], name: str) -> None:
    store, said, *_ = both[LONG]
    said.clear()
    await READS[LONG][name](store)
    selects = [statement for statement in said if statement.startswith(("SELECT", "WITH"))]
    assert selects
    tables = {table for (table,) in store._reader.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for one in selects:
        scanned = set(_scanned(store._reader, one)) & tables
        assert not scanned, one


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", READS[SHORT])
async def test_what_a_read_gives_is_of_one_moment(both: dict[int, Watched], name: str) -> None:
    store, said, *_ = both[LONG]
    said.clear()
    await READS[LONG][name](store)
    begun = said.index("BEGIN") if "BEGIN" in said else len(said)
    pieces = said[begun:]
    assert pieces.count("BEGIN") == pieces.count("COMMIT") == bool(pieces)
    assert not pieces or pieces[-1] == "COMMIT"
    assert pieces or len(said) == 1, "a transaction, or a single statement"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", READS[SHORT])
async def test_a_read_costs_the_same_after_a_long_history(both: dict[int, Watched], name: str) -> None:
    costs = {}
    for length, (store, _, steps, _) in both.items():
        steps[0] = 0
        await READS[length][name](store)
        costs[length] = steps[0]
    assert costs[LONG] < costs[SHORT] * 1.5 + 200, costs


async def test_a_write_costs_the_same_after_a_long_history(tmp_path: Path) -> None:
    costs = {}
    for length in SHORT, LONG:
        store, _, _, costs[length] = await watched(tmp_path, length, altered=True)
        await store.close()
    assert costs[LONG] < costs[SHORT] * 1.5 + 200, costs


def _scanned(connection: sqlite3.Connection, statement: str) -> Iterator[str]:
    """The tables that a statement goes through from one end to the other."""
    for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
        words = row[3].split()
        if words[0] == "SCAN":
            yield words[1]
