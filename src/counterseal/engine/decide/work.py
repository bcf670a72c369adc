"""What a unit makes that takes long: once it is allowed, on a thread, while others are decided.

A decision that lacks it ends with ``WorkFirst``, nothing staged. The submission queues again when it is made, and is
decided anew: what was made is used if it is still what is wanted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from counterseal.engine.decide.places import PLACES, Places


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a work."""

    work: Any
    value: Any


class WorkFirst(Exception):
    """It is allowed, and this is to be made first."""

    def __init__(self, make: Callable[[], Any], *, work: Any) -> None:
        super().__init__("to be made first")
        self.make = make
        self.work = work


class Workshop:
    """A few threads, for which organizations take turns: one that asks for much leaves a thread to others."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(PLACES, thread_name_prefix="work")
        self._places = Places()

    async def do(self, first: WorkFirst, whose: str) -> Made:
        """Make it for this organization. Whoever goes meanwhile leaves the place no sooner than its thread is done."""
        making = asyncio.ensure_future(self._make(first, whose))
        making.add_done_callback(_look_at)
        return await asyncio.shield(making)

    async def _make(self, first: WorkFirst, whose: str) -> Made:
        async with self._places.one_for(whose):
            value = await asyncio.get_running_loop().run_in_executor(self._threads, first.make)
        return Made(work=first.work, value=value)


def _look_at(making: asyncio.Future[Made]) -> None:
    """Nobody may be left to whom a fault is told."""
    if not making.cancelled():
        making.exception()
