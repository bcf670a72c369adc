"""Long work in pieces: everybody else goes on, and long works share one piece at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import pairwise

import pytest

from counterseal.world import ManualClock, Turns, rest
from counterseal.world.turns import BEGIN_TOGETHER, LITTLE_SECONDS, PIECE_SECONDS, REST


def of_long_pieces() -> Turns:
    """Whatever is done takes long."""
    clock = ManualClock(0)
    clock.work_seconds = LITTLE_SECONDS
    return Turns(clock)


def of_little_pieces() -> Turns:
    """Nothing takes any time."""
    return Turns(ManualClock(0))


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


async def work(turns: Turns, clock: Clock, pieces: int, whose: str = "") -> list[int]:
    """In which turns the pieces after the first were done."""
    done = []
    for _ in range(pieces):
        await turns.next(whose)
        done.append(clock.turn)
    return done


async def test_one_piece_at_a_time_whoever_s_and_in_the_order_of_asking() -> None:
    turns, clock = of_long_pieces(), Clock()
    done = await asyncio.gather(*(work(turns, clock, 5) for _ in range(4)))
    clock.stop()
    together = sorted(turn for each in done for turn in each)
    assert [later - earlier for earlier, later in pairwise(together)] == [REST + 1] * 19
    for mine in done:
        assert [later - earlier for earlier, later in pairwise(mine)] == [4 * (REST + 1)] * 4


async def test_one_long_work_alone_rests_after_each_piece() -> None:
    turns, clock = of_long_pieces(), Clock()
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
    turns, clock = of_long_pieces(), Clock()
    first, second, third = (asyncio.create_task(work(turns, clock, 3)) for _ in range(3))
    await asyncio.sleep(0)
    second.cancel()
    assert len(await first) == len(await third) == 3
    with pytest.raises(asyncio.CancelledError):
        await second
    assert len(await work(turns, clock, 2)) == 2
    clock.stop()


async def test_after_little_nobody_rests() -> None:
    turns, clock = of_little_pieces(), Clock()
    done = await work(turns, clock, 5)
    clock.stop()
    assert [later - earlier for earlier, later in pairwise(done)] == [1] * 4


async def test_however_much_one_line_has_another_waits_for_one_piece() -> None:
    turns, order = of_long_pieces(), []

    async def piece(whose: str) -> None:
        await turns.next(whose)
        order.append(whose)

    await asyncio.gather(*(piece("many") for _ in range(6)), *(piece("few") for _ in range(2)))
    assert order == ["many", "few", "many", "few", *["many"] * 4]


async def test_a_crowd_that_comes_in_one_turn_does_not_begin_in_it() -> None:
    turns, clock = of_long_pieces(), Clock()
    begun: list[tuple[str, int]] = []

    async def begin(whose: str) -> None:
        await turns.begin(whose)
        begun.append((whose, clock.turn))

    await asyncio.gather(*(begin("many") for _ in range(5)), begin("one"))
    clock.stop()
    first = begun[0][1]
    assert [whose for whose, _ in begun] == ["many", "many", "one", "many", "many", "many"]
    assert all(later - earlier > REST for (_, earlier), (_, later) in pairwise(begun[1:]))
    assert begun[1][1] > first


async def test_a_crowd_that_comes_in_one_turn_after_another_does_not_begin_before_whoever_waits() -> None:
    turns = of_long_pieces()
    begun: list[str] = []

    async def begin(whose: str) -> None:
        await turns.begin(whose)
        begun.append(whose)

    async def crowd() -> None:
        async with asyncio.TaskGroup() as coming:
            for _ in range(20):
                coming.create_task(begin("many"))
                await asyncio.sleep(0)

    waiting = [asyncio.create_task(begin(whose)) for whose in ("many", "many", "one")]
    await asyncio.gather(crowd(), *waiting)
    assert begun[:3] == ["many", "many", "one"]


async def test_of_a_crowd_of_little_ones_several_begin_in_a_turn_and_no_more() -> None:
    moving = ManualClock(0)
    turns, clock = Turns(moving), Clock()
    begun: list[int] = []

    async def begin(whose: int) -> None:
        await turns.begin(str(whose))
        begun.append(clock.turn)

    moving.work_seconds = LITTLE_SECONDS  # for the first two alone
    crowd = [asyncio.create_task(begin(whose)) for whose in range(2 * BEGIN_TOGETHER + 1)]
    await asyncio.sleep(0)
    moving.work_seconds = 0
    await asyncio.gather(*crowd)
    clock.stop()
    in_each = Counter(begun)
    assert [in_each[turn] for turn in sorted(in_each)] == [1, BEGIN_TOGETHER, BEGIN_TOGETHER]


async def test_whoever_was_let_begin_and_found_the_turn_used_up_is_the_next() -> None:
    turns, order = of_long_pieces(), []

    async def begin(whose: str) -> None:
        await turns.begin(whose)
        order.append(whose)
        if whose == "0":
            late.append(asyncio.create_task(begin("late")))

    late: list[asyncio.Task[None]] = []
    await asyncio.gather(*(begin(str(number)) for number in range(6)))
    await asyncio.gather(*late)
    assert order == ["0", "1", "2", "3", "4", "5", "late"]


async def test_to_begin_takes_every_other_turn_from_long_works_whosever_they_are() -> None:
    turns, clock = of_long_pieces(), Clock()
    order: list[str] = []

    async def goes_on(whose: str) -> None:
        for _ in range(4):
            await turns.next(whose)
            order.append("a work")

    async def begin(whose: str) -> None:
        await turns.begin(whose)
        order.append(whose)

    await asyncio.gather(*(goes_on(str(number)) for number in range(5)), *(begin(whose) for whose in ("a", "b", "c")))
    clock.stop()
    assert order[0] == "a"
    assert order[1:5] == ["b", "a work", "c", "a work"]


async def test_while_little_is_begun_nobody_waits() -> None:
    turns, clock = of_little_pieces(), Clock()
    began = clock.turn
    for _ in range(5):
        await turns.begin("one")
    assert clock.turn == began
    clock.stop()


async def test_a_work_of_many_parts_lets_others_go_once_it_has_taken_long() -> None:
    moving = ManualClock(0)
    turns, clock = Turns(moving), Clock()
    await asyncio.sleep(0)
    work_, began = turns.work("one"), clock.turn
    await work_.go_on()
    assert clock.turn == began
    moving.work_seconds = PIECE_SECONDS
    await work_.go_on()
    assert clock.turn > began
    clock.stop()
