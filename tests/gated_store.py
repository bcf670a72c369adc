"""A store between a test and the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from counterseal.store import Commit, Conflict, Store, StoreError


class GatedStore:
    """Its commits wait until they are let through, take their time, or fail: all of them, or the one of a number."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.open = asyncio.Event()
        self.open.set()
        self.seconds = 0.0
        self.failure: BaseException | None = None
        self.failures_left = 1_000
        self.fails_at: int | None = None
        self.is_conflict: Callable[[int, Sequence[Commit]], bool] = lambda number, commits: False
        self.batches: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def let_one_through(self) -> None:
        """The commit that waits; returns when another one waits in its place, or none comes."""
        seen = len(self.batches)
        self.open.set()
        self.open.clear()  # whoever waits has been woken, whoever comes waits
        for _ in range(100):
            await asyncio.sleep(0.001)
            if len(self.batches) > seen:
                return

    async def commit(self, commits: Sequence[Commit]) -> None:
        self.batches.append(len(commits))
        number = len(self.batches)
        await self.open.wait()
        await asyncio.sleep(self.seconds)
        if self.is_conflict(number, commits):
            raise Conflict("as the test wants it")
        if self.fails_at == number:
            raise StoreError("as the test wants it")
        if self.failure is not None and self.failures_left:
            self.failures_left -= 1
            raise self.failure
        await self._store.commit(commits)
