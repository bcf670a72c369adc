"""What a test puts before the commits of a store, of either kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from counterseal.store import Commit, Conflict, SharedStore, Store, StoreError

_Write = Callable[[Sequence[Commit]], Awaitable[None]]


class Gate:
    """Commits wait until they are let through, take their time, or fail: all of them, or the one of a number."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.seconds = 0.0
        self.failure: BaseException | None = None
        self.failures_left = 1_000
        self.fails_at: int | None = None
        self.is_conflict: Callable[[int, Sequence[Commit]], bool] = lambda number, commits: False
        self.batches: list[int] = []

    def before(self, store: Store) -> Store:
        """The store, whose commits come here first, those of its turns as well."""
        store.commit = partial(self._commit, store.commit)  # type: ignore[method-assign]
        if isinstance(store, SharedStore):
            store.turn = partial(self._turn, store.turn)  # type: ignore[method-assign]
        return store

    async def let_one_through(self) -> None:
        """The commit that waits; returns when another one waits in its place, or none comes."""
        seen = len(self.batches)
        self.open.set()
        self.open.clear()  # whoever waits has been woken, whoever comes waits
        for _ in range(100):
            await asyncio.sleep(0.001)
            if len(self.batches) > seen:
                return

    @asynccontextmanager
    async def _turn(self, take: Callable[..., Any], *wanted: Any, **known: Any) -> AsyncIterator[Any]:
        async with take(*wanted, **known) as turn:
            turn.commit = partial(self._commit, turn.commit)
            yield turn

    async def _commit(self, write: _Write, commits: Sequence[Commit]) -> None:
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
        await write(commits)
