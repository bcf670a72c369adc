"""What followers read and write: events on their way to webhooks, what was given up, and who follows.

Whoever follows is one process at a time, or nearly so: what it says of an event counts only if that event is still
there. Nothing here is of one organization: a follower sends what any of them has to tell.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Protocol

import msgspec

LEASE_MS = 15_000
"""How long a lease lasts that is not taken again. The clocks of machines must agree better than that."""


class QueuedEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event of a line."""

    sequence: int
    event_id: str
    created_ms: int
    body: bytes


class Line(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The first events of a line, in their order; ``tries`` of the very first have failed so far."""

    channel_id: str
    organization_id: str
    owner_id: str
    endpoint_id: str
    tries: int
    due_ms: int
    events: tuple[QueuedEvent, ...]


class Ending(enum.Enum):
    """What a try has come to."""

    DELIVERED = enum.auto()
    TRIED = enum.auto()  # in vain: once more, later
    BURIED = enum.auto()  # given up


class Settlement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is to be remembered of one try. ``due_ms`` is when the line's next try is due."""

    channel_id: str
    organization_id: str
    sequence: int
    event_id: str
    ending: Ending
    tries: int
    due_ms: int
    now_ms: int
    reason: str = ""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event that was given up."""

    event_id: str
    channel_id: str
    organization_id: str
    owner_id: str
    endpoint_id: str
    created_ms: int
    died_ms: int
    reason: str


class Outbox(Protocol):
    """Every method raises StoreError."""

    async def take_lease(self, name: str, holder: str, *, now_ms: int) -> bool:
        """Whether the holder has what the name stands for, for ``LEASE_MS`` from now: it was free, or its own."""
        ...

    async def drop_lease(self, name: str, holder: str) -> None:
        """Let others have it at once."""
        ...

    async def channels_due(self) -> dict[str, int]:
        """The channels that have lines, each with the time at which the first of them is due."""
        ...

    async def lines_due(self, channel_id: str, *, now_ms: int, limit: int) -> list[Line]:
        """Lines of a channel whose next try is due, the longest due first, with the first few events of each."""
        ...

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """Remember them, those of a line in the order of its events; of events that are gone, nothing."""
        ...

    async def drop_lines(self, channel_id: str) -> int:
        """Forget events of a channel, of some lines at a time. How many lines are gone: none if there is none left."""
        ...

    async def deaths_in_a_row(self, channel_id: str) -> int:
        """How many events of a channel have been given up since one was delivered."""
        ...

    async def oldest_delivery_ms(self) -> int | None:
        """When the oldest event was made that is still on its way."""
        ...

    async def dead_letters(self, *, owner_id: str | None, after: DeadLetter | None, limit: int) -> list[DeadLetter]:
        """Those of endpoints of an organization, or of all; the oldest events first."""
        ...

    async def revive(self, letter: DeadLetter, *, channel_id: str, now_ms: int) -> bool:
        """Put it at the end of its line, in this channel of its endpoint. Whether it was there. Raises Conflict."""
        ...

    async def forget_dead_letters(self, *, before_event_id: str) -> None:
        """Delete those of events that are older than this id says, of all organizations."""
        ...
