"""Long work in pieces, so that nobody else has to wait until all of it is done."""

from __future__ import annotations

import asyncio
from collections import deque

REST = 3
"""Turns of the event loop in which no piece is done, after each that is. To be answered takes several turns, of
reading, deciding and writing: so others do not wait for a piece in each of them, but for one in all. An empty turn
takes microseconds."""


class Turns:
    """Gives the turns of the event loop to long pieces of work: one piece a turn, whoever's, in the order of asking.

    All others that are ready go on in each turn, and in some more before the next piece. So how long they wait is the
    length of one piece, however many long works there are.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._is_giving = False

    async def next(self) -> None:
        """Wait for the next turn that is one's own."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        if not self._is_giving:
            self._is_giving = True
            loop.call_soon(self._give)
        await turn

    def _give(self) -> None:
        turn = self._waiting.popleft()
        if not turn.done():  # else its owner has gone
            turn.set_result(None)
        asyncio.get_running_loop().call_soon(self._rest, REST)

    def _rest(self, left: int) -> None:
        if left:
            asyncio.get_running_loop().call_soon(self._rest, left - 1)
        elif self._waiting:
            self._give()
        else:
            self._is_giving = False


async def rest() -> None:
    """Let all others go on for as many turns as between two pieces: for who may not be made to wait for them."""
    for _ in range(REST):
        await asyncio.sleep(0)
