"""A database that an earlier release has made is brought up to date, and then is as if this one had made it.

``schema_1.sql`` is the dump of what ``long_history.fill`` with a length of 12 was under schema version 1. What it was
under 2 and 3 is made of it by their steps. ``test_release_before.py`` has a file of a server's under 3.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

import long_history
import sample
import stored
from counterseal.store import SqliteStore
from counterseal.store.sqlite.migrate import _old_steps

LENGTH = 12
PENDING = 'INSERT INTO "ledger_pending"'
DUMP = Path(__file__).with_name("schema_1.sql")


@pytest.fixture(params=[1, 2, 3])
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The file of an earlier release, by its schema version."""
    path = tmp_path / "old.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text("utf-8"))
        for number, script in _old_steps():
            if 1 < number <= request.param:
                connection.executescript(script)
        connection.execute(f"PRAGMA user_version = {request.param}")
    return path


@pytest_asyncio.fixture
async def new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same made by this release."""
    monkeypatch.setattr(sample, "_ids", sample.Ids())
    path = tmp_path / "new.db"
    store = SqliteStore.create(path)
    await long_history.fill(store, length=LENGTH)
    await store.close()
    return path


def dumped(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {line for line in connection.iterdump() if not line.startswith(PENDING)}


async def test_it_has_the_same_rows_and_the_same_schema(old: Path, new: Path) -> None:
    await SqliteStore.open(old).close()
    assert dumped(old) == dumped(new)
    with closing(sqlite3.connect(old)) as connection:
        pending = connection.execute("SELECT organization_id, activity_id, ordinal FROM ledger_pending").fetchall()
        votes = "SELECT organization_id, activity_id, ordinal FROM votes JOIN activities ON id = activity_id"
        organizations = "SELECT id, zeroblob(16), version FROM organizations"
        there = connection.execute(f"{votes.replace('ON id', 'ON activities.id')} UNION ALL {organizations}").fetchall()
    assert sorted(pending) == sorted(there), "what an earlier release has decided is put into the ledger, too"


async def test_every_read_gives_the_same(old: Path, new: Path) -> None:
    migrated, made = SqliteStore.open(old), SqliteStore.open(new)
    for name, read in long_history.reads(length=LENGTH).items():
        assert await read(migrated) == await read(made), name
    for version in range(1, LENGTH + 3):
        then = await migrated.snapshot_as_of(sample.ORGANIZATION_ID, version)
        assert then is not None
        assert then.version == version
        assert then == await made.snapshot_as_of(sample.ORGANIZATION_ID, version)
    await migrated.close()
    await made.close()


async def test_it_goes_on(old: Path) -> None:
    store = SqliteStore.open(old)
    before = await store.snapshot(sample.ORGANIZATION_ID)
    assert before is not None
    activity = sample.activity()
    await stored.change(store, before.id, *long_history.renamed(before), activity=activity)
    assert await store.activity(before.id, activity.id) == activity
    assert await store.snapshot_as_of(before.id, before.version) == before
    await store.close()
