"""Counts the turns of the event loop: to tell what was done in one, where nothing may be said about time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def turns_counted() -> Iterator[list[int]]:
    """Inside, the number of the present turn is the only item."""
    turn = [0]

    async def count() -> None:
        while True:
            turn[0] += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    yield turn
    counting.cancel()
