"""Places for large replies: how many, whose turn it is, and who loses one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counterseal.http.body import ClientGone
from counterseal.http.large_replies import LargeReplies, Place


class Client:
    """One whose request wants a place; it hangs up when ``gone`` is set."""

    def __init__(self, large_replies: LargeReplies, organization_id: str) -> None:
        self.gone = asyncio.Event()
        self.hung_up_on = 0
        self.place = Place(large_replies, self._receive, self._hang_up)
        self.asked = asyncio.create_task(self.place.take(organization_id))

    @property
    def has_place(self) -> bool:
        return self.asked.done() and not self.asked.cancelled() and self.asked.exception() is None

    async def _receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    def _hang_up(self) -> None:
        self.hung_up_on += 1


async def some_turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def clients(large_replies: LargeReplies, organizations: str) -> list[Client]:
    """One for each letter, each of the organization of that name."""
    made = [Client(large_replies, each) for each in organizations]
    await some_turns()
    return made


def places_of(crowd: list[Client]) -> list[int]:
    return [at for at, client in enumerate(crowd) if client.has_place]


async def test_as_many_have_a_place_as_there_are_and_the_first_come_is_next() -> None:
    crowd = await clients(LargeReplies(2), "aaaaa")
    assert places_of(crowd) == [0, 1]
    for left in range(3):
        crowd[left].place.leave()
        await some_turns()
        assert places_of(crowd) == list(range(left + 3))
    for client in crowd:
        client.place.leave()
    late = Client(LargeReplies(2), "a")
    await some_turns()
    assert late.has_place


async def test_an_organization_that_has_a_place_lets_others_go_first() -> None:
    crowd = await clients(LargeReplies(2), "aaaab")
    crowd[0].place.leave()
    await some_turns()
    assert places_of(crowd) == [0, 1, 4]
    crowd[4].place.leave()
    await some_turns()
    assert places_of(crowd) == [0, 1, 2, 4], "nobody else waits"
    for client in crowd:
        client.place.leave()


async def test_who_hangs_up_leaves_the_line() -> None:
    crowd = await clients(LargeReplies(1), "abc")
    crowd[1].gone.set()
    await some_turns()
    assert isinstance(crowd[1].asked.exception(), ClientGone)
    crowd[1].place.leave()
    crowd[0].place.leave()
    await some_turns()
    assert crowd[2].has_place
    crowd[2].place.leave()


async def test_a_cancelled_wait_leaves_nothing_behind() -> None:
    crowd = await clients(LargeReplies(1), "ab")
    crowd[1].asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await crowd[1].asked
    for client in crowd:
        client.place.leave()
    assert len(asyncio.all_tasks()) == 1


async def test_who_takes_nothing_between_two_looks_is_hung_up_on() -> None:
    large_replies = LargeReplies(3)
    making, reading, idle = await clients(large_replies, "abc")
    for _ in range(3):
        reading.place.part_sent()
        if not idle.hung_up_on:
            idle.place.part_sent()
        large_replies.send_idle_away()
    assert idle.hung_up_on == 0
    reading.place.part_sent()
    large_replies.send_idle_away()
    assert [each.hung_up_on for each in (making, reading, idle)] == [0, 0, 1]
    for client in (making, reading, idle):
        client.place.leave()
