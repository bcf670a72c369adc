"""Who writes, as the rest of the server sees it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from counterseal.engine.decide.submission import Submission
from counterseal.organizations import OrganizationChanges
from counterseal.store import StoredActivity


class Writes(Protocol):
    """The one writer of a store, one of several equal processes, or a worker that hands writes on."""

    ended: asyncio.Event
    """Set once ``run`` has ended, asked to or by a fault: everybody has been told, and nothing more is taken."""

    @property
    def is_open(self) -> bool:
        """Whether it takes writes: neither closed nor ended by a fault."""
        ...

    async def submit(self, submission: Submission) -> StoredActivity:
        """The activity as committed. Raises Refused; Unavailable when it could not be stored or too much waits."""
        ...

    async def run(self) -> None:
        """Write until closed."""
        ...

    def close(self) -> None:
        """Take nothing more; ``run`` ends when what waits is done."""
        ...


class WritesElsewhere(Writes, Protocol):
    """Another process writes, which tells what it has committed before the answer to it comes."""

    def follow_with(self, follow: Callable[[OrganizationChanges], None]) -> None:
        """Tell it of every commit that has changed an organization."""
        ...
