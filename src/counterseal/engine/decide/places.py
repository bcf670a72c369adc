"""A few places for what takes much, given to organizations in turn."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PLACES = 4
OF_ONE = 3
"""Places that one organization may have: another finds one at once, or waits for it behind others of its kind only."""


class Places:
    """Who has one, and who waits, by organization."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def one_for(self, whose: str) -> AsyncIterator[None]:
        """Wait for a place and hold it."""
        admitted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(whose, deque()).append(admitted)
        self._admit()
        try:
            await admitted
            yield
        finally:
            self._leave(whose, admitted)

    def _leave(self, whose: str, admitted: asyncio.Future[None]) -> None:
        """Give the place to the next, or leave the line."""
        line = self._lines.get(whose, deque())
        if admitted in line:
            line.remove(admitted)
            if not line:
                del self._lines[whose]
        else:
            self._held[whose] -= 1
            self._held += Counter()  # without those who have none
        self._admit()

    def _admit(self) -> None:
        while self._held.total() < PLACES:
            whose = next((each for each in self._lines if self._held[each] < OF_ONE), None)
            if whose is None:
                return
            line = self._lines.pop(whose)
            admitted = line.popleft()
            if line:
                self._lines[whose] = line  # its line is the last to have a turn again
            self._held[whose] += 1
            if not admitted.done():  # else its owner has gone, and leaves
                admitted.set_result(None)
