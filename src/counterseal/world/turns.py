"""Long work in pieces, so that nobody else has to wait until all of it is done."""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """Gives the turns of the event loop to long pieces of work: one piece a turn, whoever's, in the order of asking.

    All others that are ready go on in each turn. So how long they wait is the length of one piece, however many long
    works there are.
    """

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def next(self) -> None:
        """Wait for the next turn that is one's own."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        self._waiting.append(turn)
        if len(self._waiting) == 1:
            loop.call_soon(self._give)
        await turn

    def _give(self) -> None:
        turn = self._waiting.popleft()
        if not turn.done():  # else its owner has gone
            turn.set_result(None)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._give)
