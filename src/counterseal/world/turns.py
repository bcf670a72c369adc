"""Long work in pieces, so that nobody else has to wait until all of it is done."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque

from counterseal.world.clock import Clock, SystemClock

REST = 3
"""Turns of the event loop in which no piece is done, after each that is; as many more for each two milliseconds that it
took. To be answered takes several turns, of reading, deciding and writing: so others do not wait for a piece in each of
them, but for one in all. An empty turn takes microseconds."""

_REST_TIMES_MAX = 5

LITTLE_SECONDS = 0.001
"""What takes less is no piece that anybody has to rest from; and so much may be begun in one turn."""

BEGIN_TOGETHER = 8
"""How many are let begin in one turn, as long as it is little: to wait for a turn each would cost small ones as much as
they take."""

PIECE_SECONDS = 0.002
"""Of a work that is measured as it goes on: then others are let go first."""


class Turns:
    """Gives the turns of the event loop to long pieces of work: one piece a turn, in lines that take turns as well.

    A line is somebody's, an organization's: however much work of one there is, another waits for one piece of it at a
    time. All others that are ready go on in each turn, and in some more before the next piece, unless it was little. So
    how long they wait is the length of one piece, however many long works there are.

    What waits to begin has lines of its own, and every other turn: it is short more often than not.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._works = _Lines()
        self._beginnings = _Lines()
        self._was_beginning = False  # what was given last
        self._is_theirs = False  # whether those who waited to begin have been given this turn
        self._is_giving = False
        self._given = 0.0
        self._turn_began: float | None = None

    async def next(self, whose: str = "") -> None:
        """Wait for the next turn that is one's own."""
        await self._turn_in(self._works, whose)

    async def begin(self, whose: str) -> None:
        """Begin something of unknown length: at once, unless enough has been begun in this turn of the loop already, or
        somebody waits to begin.

        A crowd comes in one turn, and would all be served in it; or in one turn after another, before whoever waits.
        """
        if self._beginnings or self._is_theirs or self._is_enough_begun():
            await self._turn_in(self._beginnings, whose)
            while self._is_enough_begun():  # by those who were given the same turn
                await self._turn_in(self._beginnings, whose, is_again=True)

    def work(self, whose: str) -> LongWork:
        """A work of many small parts, which is measured as it goes on."""
        return LongWork(self, self._clock, whose)

    def _turn_in(self, lines: _Lines, whose: str, *, is_again: bool = False) -> asyncio.Future[None]:
        if not self._is_giving:
            self._is_giving = True
            asyncio.get_running_loop().call_soon(self._give)
        return lines.line_up(whose, is_again=is_again)

    def _is_enough_begun(self) -> bool:
        """Whether no more is to be begun in this turn of the loop. Who is told otherwise begins."""
        now = self._clock.stopwatch()
        if self._turn_began is None:
            self._turn_began = now
            asyncio.get_running_loop().call_soon(self._end_turn)
        return now - self._turn_began >= LITTLE_SECONDS

    def _end_turn(self) -> None:
        self._turn_began = None

    def _give(self) -> None:
        self._was_beginning = bool(self._beginnings) and not (self._was_beginning and self._works)
        self._is_theirs = self._was_beginning
        if self._was_beginning:
            self._beginnings.give(BEGIN_TOGETHER)
        else:
            self._works.give()
        self._given = self._clock.stopwatch()
        asyncio.get_running_loop().call_soon(self._after_piece)

    def _after_piece(self) -> None:
        self._is_theirs = False
        seconds = self._clock.stopwatch() - self._given
        self._rest(0 if seconds < LITTLE_SECONDS else REST * min(1 + int(seconds / PIECE_SECONDS), _REST_TIMES_MAX))

    def _rest(self, left: int) -> None:
        if left:
            asyncio.get_running_loop().call_soon(self._rest, left - 1)
        elif self._works or self._beginnings:
            self._give()
        else:
            self._is_giving = False


class _Lines:
    """Who waits for a turn: somebody of each line, then somebody else of each that has more, and so on."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._again: deque[asyncio.Future[None]] = deque()  # who had a turn that others have used up: before all lines

    def __bool__(self) -> bool:
        return bool(self._again or self._lines)

    def line_up(self, whose: str, *, is_again: bool) -> asyncio.Future[None]:
        """Done once one has the turn."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line = self._again if is_again else self._lines.setdefault(whose, deque())
        line.append(turn)
        return turn

    def give(self, count: int = 1) -> None:
        """The turn is the next one's, or that of the next few."""
        while count and self:
            turn = self._again.popleft() if self._again else self._next()
            if not turn.done():  # else its owner has gone
                turn.set_result(None)
            count -= 1

    def _next(self) -> asyncio.Future[None]:
        whose, line = self._lines.popitem(last=False)
        turn = line.popleft()
        if line:
            self._lines[whose] = line
        return turn


class LongWork:
    """Goes on until it has taken long enough, then lets others go."""

    def __init__(self, turns: Turns, clock: Clock, whose: str) -> None:
        self._turns = turns
        self._clock = clock
        self._whose = whose
        self._began = clock.stopwatch()

    async def go_on(self) -> None:
        """A part is done."""
        if self._clock.stopwatch() - self._began >= PIECE_SECONDS:
            await self._turns.next(self._whose)
            self._began = self._clock.stopwatch()


async def rest() -> None:
    """Let all others go on for as many turns as between two pieces: for who may not be made to wait for them."""
    for _ in range(REST):
        await asyncio.sleep(0)
