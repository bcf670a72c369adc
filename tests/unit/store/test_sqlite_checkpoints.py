"""The write-ahead log: it is moved into the file while commits go on, and begins anew."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

import sample
import stored
from counterseal.store import SqliteStore
from counterseal.store.sqlite import checkpoints, connection

COMMITS = 600


async def filled(path: Path) -> int:
    """Make a store with so many activities, one a commit. How many bytes its log has at the end."""
    store = SqliteStore.create(path)
    await stored.make(store, sample.ORGANIZATION_ID)
    for _ in range(COMMITS):
        await store.commit([sample.commit(sample.activity())])
        await asyncio.sleep(0)
    size = path.with_name(f"{path.name}-wal").stat().st_size
    listed = await store.activity_ids(
        sample.ORGANIZATION_ID, statuses=[], types=[], limit=2 * COMMITS, before=None, after=None
    )
    assert len(listed) == COMMITS
    await store.close()
    return size


@pytest.fixture(autouse=True)
def left_to_us(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_WAL_AUTOCHECKPOINT_PAGES", 0)
    monkeypatch.setattr(checkpoints, "ACTIVITIES_BETWEEN", 20)


async def test_the_log_begins_anew_while_commits_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved = await filled(tmp_path / "moved.db")
    monkeypatch.setattr(checkpoints, "ACTIVITIES_BETWEEN", COMMITS * 2)
    grown = await filled(tmp_path / "grown.db")
    assert moved < grown / 3


async def test_what_cannot_be_moved_harms_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[sqlite3.Connection] = []

    def fail(connection: sqlite3.Connection) -> None:
        asked.append(connection)
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(checkpoints, "checkpoint", fail)
    await filled(tmp_path / "store.db")
    assert asked
