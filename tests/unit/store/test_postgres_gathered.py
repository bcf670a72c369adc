"""Advances are asked for once for all who want them, and nobody is told what was found before they came."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from counterseal.organizations import Advance, Difference
from counterseal.store import StoreError
from counterseal.store.postgres.gathered import GatheredAdvances


class Database:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.version = 1
        self.asked: list[dict[str, int]] = []
        self.may_answer = asyncio.Event()
        self.is_broken = False

    async def ask(self, versions: Mapping[str, int]) -> dict[str, Advance]:
        self.asked.append({**versions})
        found = {id_: way(version, self.version) for id_, version in versions.items()}
        await self.may_answer.wait()
        if self.is_broken:
            raise StoreError("broken")
        return {id_: each for id_, each in found.items() if id_ != "none"}


def way(rests_on: int, version: int) -> Advance:
    return Advance(rests_on, version, Difference())


async def some_turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_of_one_turn_of_the_loop_are_one_question() -> None:
    database = Database()
    database.may_answer.set()
    advances = GatheredAdvances(database.ask)
    found = await asyncio.gather(advances.of({"a": 1, "b": 1}), advances.of({"b": 1, "c": 1}), advances.of({"none": 1}))
    same = way(1, 1)
    assert found == [{"a": same, "b": same}, {"b": same, "c": same}, {}]
    assert database.asked == [{"a": 1, "b": 1, "c": 1, "none": 1}]


async def test_of_several_versions_of_one_the_earliest_is_asked_for() -> None:
    database = Database()
    database.version = 9
    database.may_answer.set()
    advances = GatheredAdvances(database.ask)
    found = await asyncio.gather(*(advances.of({"a": version}) for version in (7, 5, 6)))
    assert found == [{"a": way(5, 9)}] * 3
    assert database.asked == [{"a": 5}]


async def test_who_comes_while_one_is_under_way_is_answered_by_the_next() -> None:
    database = Database()
    advances = GatheredAdvances(database.ask)
    first = asyncio.create_task(advances.of({"a": 1}))
    await some_turns()
    database.version = 2
    later = [asyncio.create_task(advances.of({"a": 1})) for _ in range(3)]
    await some_turns()
    assert database.asked == [{"a": 1}]
    database.may_answer.set()
    assert await first == {"a": way(1, 1)}
    assert await asyncio.gather(*later) == [{"a": way(1, 2)}] * 3
    assert database.asked == [{"a": 1}] * 2


async def test_a_failure_is_told_to_all_who_wait_for_it_and_to_nobody_else() -> None:
    database = Database()
    advances = GatheredAdvances(database.ask)
    first = [asyncio.create_task(advances.of({"a": 1})) for _ in range(2)]
    await some_turns()
    database.is_broken = True
    database.may_answer.set()
    for each in first:
        with pytest.raises(StoreError):
            await each
    database.is_broken = False
    assert await advances.of({"a": 1}) == {"a": way(1, 1)}


async def test_one_that_gives_up_takes_nothing_from_the_others() -> None:
    database = Database()
    advances = GatheredAdvances(database.ask)
    first, second = (asyncio.create_task(advances.of({"a": 1})) for _ in range(2))
    await some_turns()
    first.cancel()
    database.may_answer.set()
    assert await second == {"a": way(1, 1)}
    with pytest.raises(asyncio.CancelledError):
        await first
