"""Turns of a store that fail where a test wants it."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from enum import Enum, auto
from typing import Any

from counterseal.store import Commit, Conflict, StoreError, Unknown
from counterseal.store.postgres import PostgresStore


class End(Enum):
    """How a commit may end that does not end well."""

    CONFLICT = auto()
    LOST = auto()
    """Its end is not seen, and nothing of it is durable."""
    DURABLE = auto()
    """Its end is not seen, and all of it is durable."""
    FAULT = auto()
    """Nothing of it is durable, and what is raised is no error of a store."""


class FaultyTurns:
    """Put between a store and whoever takes turns on it."""

    def __init__(self, store: PostgresStore) -> None:
        self._turn = store.turn
        store.turn = self.turn  # type: ignore[method-assign, assignment]
        self.ends: deque[End | None] = deque()
        """Of the next commits, one each; None for one that ends well."""
        self.calls = 0
        self.fails_at: int | None = None
        """The number of the call that fails, and with it all calls after it in the same turn."""
        self.fails_for: Callable[[str, tuple[Any, ...]], bool] = lambda name, arguments: False
        self.commits: list[int] = []
        """How many decisions each has had."""

    @asynccontextmanager
    async def turn(
        self, organization_ids: Sequence[str], fingerprints: Sequence[Any], **members: Any
    ) -> AsyncIterator[Any]:
        self.call("turn", ())
        async with self._turn(organization_ids, fingerprints, **members) as turn:
            yield _Turn(turn, self)

    def call(self, name: str, arguments: tuple[Any, ...]) -> None:
        """One more."""
        self.calls += 1
        if self.calls == self.fails_at or self.fails_for(name, arguments):
            raise StoreError("as the test wants it")


class _Turn:
    def __init__(self, turn: Any, faults: FaultyTurns) -> None:
        self._turn = turn
        self._faults = faults
        self.versions_held = turn.versions_held
        self.advances_held = turn.advances_held
        self.known = turn.known

    def __getattr__(self, name: str) -> Any:
        read = getattr(self._turn, name)

        async def watched(*arguments: Any, **members: Any) -> Any:
            self._faults.call(name, arguments)
            return await read(*arguments, **members)

        return watched

    async def commit(self, commits: Sequence[Commit]) -> None:
        self._faults.call("commit", ())
        self._faults.commits.append(len(commits))
        match self._faults.ends.popleft() if self._faults.ends else None:
            case End.CONFLICT:
                raise Conflict("as the test wants it")
            case End.FAULT:
                raise RuntimeError("as the test wants it")
            case End.LOST:
                raise Unknown("as the test wants it")
            case End.DURABLE:
                await self._turn.commit(commits)
                raise Unknown("as the test wants it")
            case None:
                await self._turn.commit(commits)
