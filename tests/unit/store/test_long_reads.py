"""Reads in pieces: one moment of the database, and the event loop and the writer go on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio

import sample
import stored
from counterseal.organizations import ApiKeyAdded, Change, OrganizationRenamed, Snapshot, UserAdded
from counterseal.store import SqliteStore, StoreError
from counterseal.store.sqlite import long_reads
from sample import ORGANIZATION_ID, uuid

USERS, KEYS = 50, 10


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """With an organization of more rows than a piece has."""
    made = SqliteStore.create(tmp_path / "store.db")
    changes: list[Change] = []
    for number in range(USERS):
        changes.append(UserAdded(user=sample.user(uuid(number))))
        changes += [ApiKeyAdded(api_key=sample.api_key(uuid(number))) for _ in range(KEYS)]
    await stored.make(made, ORGANIZATION_ID, *changes)
    yield made
    await made.close()


async def begun(store: SqliteStore) -> asyncio.Task[Snapshot | None]:
    """A read that has done a piece and not the last."""
    reading = asyncio.create_task(store.snapshot(ORGANIZATION_ID))
    while not (store._long_reads._all and store._long_reads._all[0].in_transaction):
        await asyncio.sleep(0)
    assert not reading.done()
    return reading


async def test_what_is_committed_meanwhile_is_not_in_it_and_does_not_wait(store: SqliteStore) -> None:
    renamed = await stored.step(store, ORGANIZATION_ID, OrganizationRenamed(name="new"))
    reading = await begun(store)
    await store.commit([sample.commit(None, renamed)])
    assert await store.versions([ORGANIZATION_ID]) == {ORGANIZATION_ID: 2}
    then = cast(Snapshot, await reading)
    assert (then.version, then.name, len(then.users), len(then.api_keys)) == (1, "Sample", USERS, USERS * KEYS)
    now = cast(Snapshot, await store.snapshot(ORGANIZATION_ID))
    assert (now.version, now.name) == (2, "new")


async def test_a_small_organization_is_read_at_once(store: SqliteStore) -> None:
    await stored.make(store, uuid(0xCC), UserAdded(user=sample.user()))
    reading = asyncio.create_task(store.snapshot(uuid(0xCC)))
    await asyncio.sleep(0)
    assert reading.done()
    assert await reading is not None


async def test_there_are_only_so_many_at_once_and_all_end(store: SqliteStore) -> None:
    readings = [asyncio.create_task(store.snapshot(ORGANIZATION_ID)) for _ in range(20)]
    snapshots = await asyncio.gather(*readings)
    assert all(snapshot == snapshots[0] for snapshot in snapshots)
    assert len(store._long_reads._all) == long_reads._AT_ONCE_MAX
    assert sorted(map(id, store._long_reads._idle)) == sorted(map(id, store._long_reads._all))


async def test_one_that_is_given_up_leaves_nothing_open(store: SqliteStore) -> None:
    reading = await begun(store)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert store._long_reads._all == []
    assert await store.snapshot(ORGANIZATION_ID) is not None


async def test_one_under_way_when_the_store_is_closed_fails(tmp_path: Path, store: SqliteStore) -> None:
    again = SqliteStore.open(tmp_path / "store.db")
    reading = await begun(again)
    await again.close()
    with pytest.raises(StoreError):
        await reading
