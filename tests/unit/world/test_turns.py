"""Long work in pieces: everybody else goes on, and long works share one piece at a time."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from counterseal.world import Turns, rest
from counterseal.world.turns import REST


class Clock:
    """Counts the turns of the event loop."""

    def __init__(self) -> None:
        self.turn = 0
        self._task = asyncio.create_task(self._count())

    async def _count(self) -> None:
        while True:
            self.turn += 1
            await asyncio.sleep(0)

    def stop(self) -> None:
        self._task.cancel()


async def work(turns: Turns, clock: Clock, pieces: int) -> list[int]:
    """In which turns the pieces after the first were done."""
    done = []
    for _ in range(pieces):
        await turns.next()
        done.append(clock.turn)
    return done


async def test_one_piece_at_a_time_whoever_s_and_in_the_order_of_asking() -> None:
    turns, clock = Turns(), Clock()
    done = await asyncio.gather(*(work(turns, clock, 5) for _ in range(4)))
    clock.stop()
    together = sorted(turn for each in done for turn in each)
    assert [later - earlier for earlier, later in pairwise(together)] == [REST + 1] * 19
    for mine in done:
        assert [later - earlier for earlier, later in pairwise(mine)] == [4 * (REST + 1)] * 4


async def test_one_long_work_alone_rests_after_each_piece() -> None:
    turns, clock = Turns(), Clock()
    done = await work(turns, clock, 5)
    clock.stop()
    assert [later - earlier for earlier, later in pairwise(done)] == [REST + 1] * 4


async def test_who_rests_is_waited_for_by_nobody() -> None:
    clock = Clock()
    await asyncio.sleep(0)
    before = clock.turn
    await rest()
    clock.stop()
    assert clock.turn - before == REST


async def test_whoever_gives_up_holds_up_nobody() -> None:
    turns, clock = Turns(), Clock()
    first, second, third = (asyncio.create_task(work(turns, clock, 3)) for _ in range(3))
    await asyncio.sleep(0)
    second.cancel()
    assert len(await first) == len(await third) == 3
    with pytest.raises(asyncio.CancelledError):
        await second
    assert len(await work(turns, clock, 2)) == 2
    clock.stop()
