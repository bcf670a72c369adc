"""A store that fails where a test wants it, of either kind; and so do its turns."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from enum import Enum, auto
from functools import partial
from typing import Any

from counterseal.store import Commit, Conflict, Reads, SharedStore, Store, StoreError, Unknown

_READS = tuple(name for name in vars(Reads) if not name.startswith("_"))


class End(Enum):
    """How a commit may end that does not end well."""

    CONFLICT = auto()
    LOST = auto()
    """Its end is not seen, and nothing of it is durable."""
    DURABLE = auto()
    """Its end is not seen, and all of it is durable."""
    FAULT = auto()
    """Nothing of it is durable, and what is raised is no error of a store."""


class FaultyStore:
    """Put between a store and whoever reads it, commits to it or takes turns on it."""

    def __init__(self, store: Store) -> None:
        self.ends: deque[End | None] = deque()
        """Of the next commits, one each; None for one that ends well."""
        self.calls = 0
        self.fails_at: int | None = None
        """The number of the call that fails."""
        self.fails_for: Callable[[str, tuple[Any, ...]], bool] = lambda name, arguments: False
        self.commits: list[int] = []
        """How many decisions each has had."""
        self._watch(store)
        if isinstance(store, SharedStore):
            store.turn = partial(self._turn, store.turn)  # type: ignore[method-assign]

    def call(self, name: str, arguments: tuple[Any, ...]) -> None:
        """One more."""
        self.calls += 1
        if self.calls == self.fails_at or self.fails_for(name, arguments):
            raise StoreError("as the test wants it")

    def _watch(self, store: Any) -> None:
        for name in _READS:
            setattr(store, name, partial(self._read, name, getattr(store, name)))
        store.commit = partial(self._commit, store.commit)

    @asynccontextmanager
    async def _turn(self, take: Callable[..., Any], *wanted: Any, **known: Any) -> AsyncIterator[Any]:
        self.call("turn", ())
        async with take(*wanted, **known) as turn:
            self._watch(turn)
            yield turn

    async def _read(self, name: str, read: Callable[..., Awaitable[Any]], *arguments: Any, **members: Any) -> Any:
        self.call(name, arguments)
        return await read(*arguments, **members)

    async def _commit(self, write: Callable[..., Awaitable[None]], commits: Sequence[Commit]) -> None:
        self.call("commit", ())
        self.commits.append(len(commits))
        match self.ends.popleft() if self.ends else None:
            case End.CONFLICT:
                raise Conflict("as the test wants it")
            case End.FAULT:
                raise RuntimeError("as the test wants it")
            case End.LOST:
                raise Unknown("as the test wants it")
            case End.DURABLE:
                await write(commits)
                raise Unknown("as the test wants it")
            case None:
                await write(commits)
