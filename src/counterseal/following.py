"""The tasks that follow behind the commits."""

from __future__ import annotations

import asyncio
from typing import Protocol

import structlog

_log = structlog.get_logger("counterseal")


class Follower(Protocol):
    """Something that goes on until it is closed."""

    async def run(self) -> None:
        """Go on."""
        ...

    def close(self) -> None:
        """Come to an end."""
        ...


class Following:
    """Followers and their tasks. One that ends by a fault is told in the log; decisions do not wait for any."""

    def __init__(self, *followers: Follower) -> None:
        self._followers: list[Follower] = []
        self._running: list[asyncio.Task[None]] = []
        for follower in followers:
            self.add(follower)

    def add(self, follower: Follower) -> None:
        """One more, which begins at once."""
        task = asyncio.create_task(follower.run())
        task.add_done_callback(_on_end)
        self._followers.append(follower)
        self._running.append(task)

    async def stop(self) -> None:
        """Let all of them finish."""
        for follower in self._followers:
            follower.close()
        if self._running:
            await asyncio.wait(self._running)


def _on_end(task: asyncio.Task[None]) -> None:
    fault = None if task.cancelled() else task.exception()
    if fault is not None:
        _log.error("follower ended", kind=type(fault).__name__, exc_info=fault)
