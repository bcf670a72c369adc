"""A move into a directory from which ``counterseal.db`` had been taken away, and not the log beside it, made a store
that was the old one again as soon as it was opened: SQLite reads whatever log has the database's name. What had been
acknowledged since was gone, after "moved and verified".
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import sample
from counterseal.store import SqliteStore, StoreError
from counterseal.store.moving import move
from counterseal.store.sqlite.moving import sqlite_source, sqlite_target

NAME = "counterseal.db"


async def make_store(path: Path, *, activity_id: str) -> None:
    path.parent.mkdir()
    store = SqliteStore.create(path)
    made = sample.made(sample.ORGANIZATION_ID, users=[sample.user()])
    await store.commit([sample.commit(sample.activity(id=activity_id), made)])
    await store.close()


def leave_log(old: Path, directory: Path) -> None:
    """That of a store which was killed: with pages that are in no database yet."""
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("UPDATE organizations SET version = version + 1")
        for end in "-wal", "-shm":
            shutil.copy(f"{old}{end}", directory / f"{NAME}{end}")


def leave_journal(old: Path, directory: Path) -> None:
    """That of a database which was killed: with the pages that it had before."""
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.execute("UPDATE organizations SET version = version + 1")
        connection.execute("UPDATE activities SET result = randomblob(100000)")
        shutil.copy(f"{old}-journal", directory / f"{NAME}-journal")
        connection.execute("ROLLBACK")


def leave_index(old: Path, directory: Path) -> None:
    leave_log(old, directory)
    (directory / f"{NAME}-wal").unlink()


def leave_dead_link(old: Path, directory: Path) -> None:
    (directory / NAME).symlink_to(old.parent / "taken away")


def files(directory: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in directory.iterdir() if not file.is_symlink()}


@pytest.mark.parametrize("leave", [leave_log, leave_journal, leave_index, leave_dead_link])
async def test_what_another_database_has_left_is_refused_and_stays(
    leave: Callable[[Path, Path], None], tmp_path: Path
) -> None:
    source, old, target = tmp_path / "source" / NAME, tmp_path / "old" / NAME, tmp_path / "target" / NAME
    await make_store(source, activity_id=sample.uuid(1))
    await make_store(old, activity_id=sample.uuid(2))
    target.parent.mkdir()
    leave(old, target.parent)
    before = files(target.parent)
    with pytest.raises(StoreError, match="nothing was overwritten"):
        async with sqlite_source(source) as reading, sqlite_target(target) as writing:
            await move(reading, writing, watch=lambda rows: None)
    assert files(target.parent) == before


@pytest.mark.parametrize("leave", [leave_log, leave_journal])
async def test_what_has_come_meanwhile_is_refused_too(leave: Callable[[Path, Path], None], tmp_path: Path) -> None:
    source, old, target = tmp_path / "source" / NAME, tmp_path / "old" / NAME, tmp_path / "target" / NAME
    await make_store(source, activity_id=sample.uuid(1))
    await make_store(old, activity_id=sample.uuid(2))
    target.parent.mkdir()
    with pytest.raises(StoreError, match="nothing was overwritten"):
        async with sqlite_source(source) as reading, sqlite_target(target) as writing:
            leave(old, target.parent)
            await move(reading, writing, watch=lambda rows: None)
    assert not target.exists()


@pytest.mark.parametrize("leave", [leave_log, leave_journal])
async def test_what_a_move_has_left_is_read_into_nothing(leave: Callable[[Path, Path], None], tmp_path: Path) -> None:
    source, old, target = tmp_path / "source" / NAME, tmp_path / "old" / NAME, tmp_path / "target" / NAME
    await make_store(source, activity_id=sample.uuid(1))
    await make_store(old, activity_id=sample.uuid(2))
    target.parent.mkdir()
    leave(old, target.parent)
    for file in list(target.parent.iterdir()):
        file.rename(file.with_name(file.name.replace(NAME, f"{NAME}.unfinished")))
    async with sqlite_source(source) as reading, sqlite_target(target) as writing:
        await move(reading, writing, watch=lambda rows: None)
    assert set(files(target.parent)) == {NAME}
    store = SqliteStore.open(target)
    found = [await store.activity(sample.ORGANIZATION_ID, sample.uuid(number)) for number in (1, 2)]
    assert [each is not None for each in found] == [True, False]
    await store.close()
