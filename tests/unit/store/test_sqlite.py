"""The file behind the SQLite store: who may read it, how it is written, and which schema it has."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import sample
import stored
from counterseal.organizations import UserAdded
from counterseal.store import SqliteStore, StoreError
from counterseal.store.sqlite import migrate as migrations


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest_asyncio.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore.create(path)
    yield made
    await made.close()


async def test_only_its_owner_may_read_any_of_its_files(path: Path) -> None:
    before = os.umask(0)
    try:
        store = SqliteStore.create(path)
        await store.commit([sample.commit(None, sample.made(sample.PARENT_ID))])
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    await store.close()
    assert modes == {"store.db": 0o600, "store.db-wal": 0o600, "store.db-shm": 0o600}


async def test_nothing_is_created_over_what_is_there(store: SqliteStore, path: Path) -> None:
    with pytest.raises(StoreError, match="exists already"):
        SqliteStore.create(path)


def test_opening_creates_nothing(path: Path) -> None:
    with pytest.raises(StoreError, match="counterseal init"):
        SqliteStore.open(path)
    assert not path.exists()


def test_an_sqlite_that_is_too_old_is_named(store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 32, 3))
    with pytest.raises(StoreError, match=r"expected 3\.33\.0 or later"):
        SqliteStore.open(path)


def test_another_kind_of_file_is_refused(path: Path) -> None:
    path.write_bytes(b"not a database, though long enough to have a header" * 10)
    with pytest.raises(StoreError, match="not a database"):
        SqliteStore.open(path)


async def test_a_newer_schema_is_refused(store: SqliteStore, path: Path) -> None:
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 9999")
    newer.close()
    with pytest.raises(StoreError, match=r"schema version 9999.*use a newer release"):
        SqliteStore.open(path)


async def test_every_connection_waits_for_the_disk_and_checks_references(store: SqliteStore) -> None:
    for connection in store._reader, store._writer:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, _ = migrations._steps()[-1]
    bad = [*migrations._steps(), (number + 1, "CREATE TABLE added (id); CREATE TABLE added (id);")]
    monkeypatch.setattr(migrations, "_steps", lambda: bad)
    with pytest.raises(StoreError, match="already exists"):
        SqliteStore.open(path)
    other = sqlite3.connect(path)
    assert other.execute("PRAGMA user_version").fetchone() == (number,)
    assert other.execute("SELECT name FROM sqlite_master WHERE name = 'added'").fetchall() == []
    other.close()


async def test_a_migration_runs_once(store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number, _ = migrations._steps()[-1]
    steps = [*migrations._steps(), (number + 1, "CREATE TABLE added (id);")]
    monkeypatch.setattr(migrations, "_steps", lambda: steps)
    for _ in range(2):
        again = SqliteStore.open(path)
        await again.ping()
        await again.close()


async def test_a_reader_sees_a_commit_whole_or_not_at_all(store: SqliteStore, path: Path) -> None:
    await stored.make(store, sample.PARENT_ID)
    store._writer.execute("BEGIN IMMEDIATE")
    store._writer.execute("UPDATE organizations SET version = 7")
    seen = await store.snapshot(sample.PARENT_ID)
    store._writer.execute("ROLLBACK")
    assert seen is not None
    assert seen.version == 1


async def test_a_commit_waits_for_another_process_but_not_for_ever(
    store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store._writer.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        await store.commit([sample.commit(None, sample.made(sample.PARENT_ID))])
    other.execute("ROLLBACK")
    other.close()
    await store.commit([sample.commit(None, sample.made(sample.PARENT_ID))])
    await stored.change(store, sample.PARENT_ID, UserAdded(user=sample.user()))
    snapshot = await store.snapshot(sample.PARENT_ID)
    assert snapshot is not None
    assert snapshot.version == 2
