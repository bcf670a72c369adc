"""Versions are asked for once for all who want them, and nobody is told what was found before they came."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from counterseal.store import StoreError
from counterseal.store.postgres.gathered import GatheredVersions


class Database:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.version = 1
        self.asked: list[Sequence[str]] = []
        self.may_answer = asyncio.Event()
        self.is_broken = False

    async def ask(self, organization_ids: Sequence[str]) -> dict[str, int]:
        self.asked.append(organization_ids)
        found = dict.fromkeys(organization_ids, self.version)
        await self.may_answer.wait()
        if self.is_broken:
            raise StoreError("broken")
        return {id_: version for id_, version in found.items() if id_ != "none"}


async def some_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_of_one_turn_of_the_loop_are_one_question() -> None:
    database = Database()
    database.may_answer.set()
    versions = GatheredVersions(database.ask)
    found = await asyncio.gather(versions.of(["a", "b"]), versions.of(["b", "c"]), versions.of(["none"]))
    assert found == [{"a": 1, "b": 1}, {"b": 1, "c": 1}, {}]
    assert database.asked == [["a", "b", "c", "none"]]


async def test_who_comes_while_one_is_under_way_is_answered_by_the_next() -> None:
    database = Database()
    versions = GatheredVersions(database.ask)
    first = asyncio.create_task(versions.of(["a"]))
    await some_turns()
    database.version = 2
    later = [asyncio.create_task(versions.of(["a"])) for _ in range(3)]
    await some_turns()
    assert database.asked == [["a"]]
    database.may_answer.set()
    assert await first == {"a": 1}
    assert await asyncio.gather(*later) == [{"a": 2}] * 3
    assert database.asked == [["a"], ["a"]]


async def test_a_failure_is_told_to_all_who_wait_for_it_and_to_nobody_else() -> None:
    database = Database()
    versions = GatheredVersions(database.ask)
    first = [asyncio.create_task(versions.of(["a"])) for _ in range(2)]
    await some_turns()
    database.is_broken = True
    database.may_answer.set()
    for each in first:
        with pytest.raises(StoreError):
            await each
    database.is_broken = False
    assert await versions.of(["a"]) == {"a": 1}


async def test_one_that_gives_up_takes_nothing_from_the_others() -> None:
    database = Database()
    versions = GatheredVersions(database.ask)
    first, second = (asyncio.create_task(versions.of(["a"])) for _ in range(2))
    await some_turns()
    first.cancel()
    database.may_answer.set()
    assert await second == {"a": 1}
    with pytest.raises(asyncio.CancelledError):
        await first
