"""How much work is done in each turn of the event loop: counted, not timed.

Counted are calls of Python and C functions, steps of SQLite's machine, and bytes of JSON that are made. What takes long
does one of these often, but for a regular expression or a decoder that goes through a megabyte by itself.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from counterseal.engine.show import render
from counterseal.queries import pieces, registry
from counterseal.queries.organizations import get_organization
from counterseal.queries.policies import get_policy_evaluations
from counterseal.store.sqlite import store as sqlite_store


class Work:
    """By turn: what was done in it."""

    def __init__(self) -> None:
        self.turn = 0
        self.calls: Counter[int] = Counter()
        self.steps: Counter[int] = Counter()
        self.encoded: Counter[int] = Counter()

    def begin(self) -> None:
        """Forget what was counted so far."""
        for counter in (self.calls, self.steps, self.encoded):
            counter.clear()

    @property
    def most(self) -> dict[str, int]:
        """The largest count of each in one turn."""
        counters = {"calls": self.calls, "steps": self.steps, "encoded": self.encoded}
        return {name: max(counter.values(), default=0) for name, counter in counters.items()}

    async def count_turns(self) -> None:
        """To be run as a task beside what is looked at."""
        while True:
            self.turn += 1
            await asyncio.sleep(0)

    def on_call(self, _frame: object, event: str, _argument: object) -> None:
        if event in ("call", "c_call"):
            self.calls[self.turn] += 1

    def on_step(self) -> None:
        self.steps[self.turn] += 10

    def counting(self, encode: Callable[[Any], bytes]) -> Callable[[Any], bytes]:
        """``encode``, and its bytes are counted."""

        def counted(value: Any) -> bytes:
            made = encode(value)
            self.encoded[self.turn] += len(made)
            return made

        return counted


@contextmanager
def looked_at() -> Iterator[Work]:
    """Stores that are opened inside, and replies that are made inside, are counted; calls only in ``calls_counted``."""
    work = Work()
    connect = sqlite_store.connect

    def watching(*arguments: Any, **members: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **members)
        connection.set_progress_handler(work.on_step, 10)
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite_store, "connect", watching)
        for module in (pieces, registry, render, get_organization, get_policy_evaluations):
            patch.setattr(module, "encode", work.counting(module.encode))
        yield work


@contextmanager
def calls_counted(work: Work) -> Iterator[None]:
    """Inside, on this thread."""
    sys.setprofile(work.on_call)
    try:
        yield
    finally:
        sys.setprofile(None)
