"""Rows that were read lately: what is known is never older than the last commit, and is bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

import sample
from counterseal.organizations import Put, Removed, Snapshot
from counterseal.store import Commit, Conflict, RowChanges, RowKey, SealedRow, SqliteStore
from counterseal.store.sqlite.recent_rows import RecentRows
from sample import ORGANIZATION_ID, Door, door

HERE = RowKey(kind=Door, value=door(1).id)
OTHER_ID = sample.uuid(77)


class Rows:
    """What is read, how often, and before which gate."""

    def __init__(self) -> None:
        self.reads = 0
        self.names: dict[RowKey, str] = {}
        self.gate: asyncio.Event | None = None

    async def read(self, organization_id: str, asked: Sequence[RowKey]) -> dict[RowKey, tuple[Door, ...]]:
        self.reads += 1
        found = {each: tuple(door(1, name=name) for name in [self.names.get(each)] if name) for each in asked}
        if self.gate is not None:
            await self.gate.wait()
        return found


def altering(organization_id: str = ORGANIZATION_ID) -> list[Commit]:
    organization = replace(sample.organization(), id=organization_id)
    return [sample.commit(None, rows=(RowChanges(organization=organization, changes=()),))]


@pytest.mark.asyncio
async def test_what_is_not_altered_is_read_once() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=100_000)
    rows.names[HERE] = "front"
    for _ in range(3):
        assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE][0].name == "front"
    with recent.altered_by(altering(OTHER_ID)):
        pass
    await recent.get(ORGANIZATION_ID, [HERE], rows.read)
    assert rows.reads == 1


@pytest.mark.asyncio
async def test_that_there_is_none_is_known_until_there_is_one() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=100_000)
    assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE] == ()
    with recent.altered_by(altering()):
        rows.names[HERE] = "front"
    assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE][0].name == "front"


@pytest.mark.asyncio
async def test_a_read_that_a_commit_overtakes_is_not_kept() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=100_000)
    rows.names[HERE], rows.gate = "old", asyncio.Event()
    reading = asyncio.create_task(recent.get(ORGANIZATION_ID, [HERE], rows.read))
    await asyncio.sleep(0)
    with recent.altered_by(altering()):
        rows.names[HERE] = "new"
    rows.gate.set()
    assert (await reading)[HERE][0].name == "old"
    assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE][0].name == "new"


@pytest.mark.asyncio
async def test_while_a_commit_is_on_its_way_nothing_is_kept() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=100_000)
    with recent.altered_by(altering()):
        for name in ("old", "new"):  # it becomes visible in between
            rows.names[HERE] = name
            assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE][0].name == name


@pytest.mark.asyncio
async def test_of_two_commits_on_their_way_the_end_of_one_is_not_that_of_the_other() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=100_000)
    rows.names[HERE] = "old"
    with recent.altered_by(altering(OTHER_ID)):
        longer = recent.altered_by(altering())
        longer.__enter__()
    assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE][0].name == "old"
    rows.names[HERE] = "new"
    longer.__exit__(None, None, None)
    assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE][0].name == "new"


@pytest.mark.asyncio
async def test_of_two_commits_to_one_organization_the_first_to_end_does_not_end_both() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=100_000)
    rows.names[HERE] = "old"
    longer = recent.altered_by(altering())
    longer.__enter__()
    with recent.altered_by(altering()):
        pass
    await recent.get(ORGANIZATION_ID, [HERE], rows.read)
    rows.names[HERE] = "new"
    longer.__exit__(None, None, None)
    assert (await recent.get(ORGANIZATION_ID, [HERE], rows.read))[HERE][0].name == "new"
    assert not recent._altering


@pytest.mark.asyncio
@pytest.mark.parametrize("reason", [Conflict("not as it was"), asyncio.CancelledError()])
async def test_nothing_is_known_after_a_commit_that_found_another_store_or_was_not_seen_to_end(
    reason: BaseException,
) -> None:
    rows, recent = Rows(), RecentRows(bytes_max=100_000)
    await recent.get(ORGANIZATION_ID, [HERE], rows.read)
    with pytest.raises(type(reason)), recent.altered_by(altering(OTHER_ID)):
        raise reason
    await recent.get(ORGANIZATION_ID, [HERE], rows.read)
    assert rows.reads == 2


@pytest.mark.asyncio
async def test_what_one_organization_asks_for_displaces_little_of_others() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=64 * 2_000)
    await recent.get(OTHER_ID, [HERE], rows.read)
    for number in range(1_000):
        await recent.get(ORGANIZATION_ID, [RowKey(kind=Door, value=sample.uuid(number))], rows.read)
    assert recent._kept[ORGANIZATION_ID].bytes <= 2_000
    before = rows.reads
    await recent.get(OTHER_ID, [HERE], rows.read)
    assert rows.reads == before


@pytest.mark.asyncio
async def test_all_together_is_bounded() -> None:
    rows, recent = Rows(), RecentRows(bytes_max=64 * 1_000)
    for number in range(1_000):
        await recent.get(sample.uuid(number), [HERE], rows.read)
        assert recent._bytes == sum(each.bytes for each in recent._kept.values()) <= 64 * 1_000


class House:
    """An organization in a file of SQLite."""

    def __init__(self, store: SqliteStore, organization: Snapshot) -> None:
        self.store = store
        self.organization = organization

    async def change(self, *changes: Put | Removed, secrets: tuple[SealedRow, ...] = ()) -> None:
        rows = (RowChanges(organization=self.organization, changes=changes),)
        rests_on = ((self.organization.id, self.organization.version),)
        await self.store.commit([sample.commit(None, rows=rows, rests_on=rests_on, secrets=secrets)])

    async def door(self) -> Door | None:
        found = (await self.store.rows(self.organization.id, [HERE]))[HERE]
        return found[0] if found else None  # type: ignore[return-value]


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> House:
    store = SqliteStore.create(tmp_path / "store.db")
    step = sample.made(ORGANIZATION_ID)
    await store.commit([sample.commit(None, step)])
    return House(store, step.after)


@pytest.mark.asyncio
async def test_each_commit_is_seen_by_the_next_read(house: House) -> None:
    secret = SealedRow(organization_id=ORGANIZATION_ID, id=door(1).id, sealed=b"sealed")
    assert await house.door() is None
    await house.change(Put(row=door(1, name="first"), replaces=None), secrets=(secret,))
    assert await house.store.secrets(ORGANIZATION_ID, [door(1).id]) == {door(1).id: b"sealed"}
    first = await house.door()
    assert first is not None and first.name == "first"
    await house.change(Put(row=replace(first, name="second"), replaces=first))
    second = await house.door()
    assert second is not None and second.name == "second"
    await house.change(Removed(row=second), secrets=(replace(secret, sealed=None),))
    assert await house.door() is None
    assert await house.store.secrets(ORGANIZATION_ID, [door(1).id]) == {}
    await house.store.close()
