"""``Outbox``, the same whatever the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import ClassVar, TypeVar

from counterseal.store.errors import Conflict
from counterseal.store.outbox import DeadLetter, Line, Settlement
from counterseal.store.sql import webhook_queue
from counterseal.store.sql.query import Read, Write

Value = TypeVar("Value")


class SqlOutbox(ABC):
    """See ``Outbox`` for what each method does."""

    SETTLES_TOGETHER: ClassVar[bool]
    """Whether settlements of several lines may share a transaction: elsewhere, each has one line locked at most."""

    @abstractmethod
    async def _read(self, read: Callable[..., Read[Value]], *arguments: object) -> Value:
        """See ``SqlReads``."""

    @abstractmethod
    async def _do(self, writes: Sequence[Write]) -> None:
        """All of them in one transaction. Raises Conflict for a guard."""

    async def take_lease(self, name: str, holder: str, *, now_ms: int) -> bool:
        """See ``Outbox``."""
        held = await self._read(webhook_queue.read_lease, name)
        if held is not None and held[0] != holder and held[1] > now_ms:
            return False
        await self._do(webhook_queue.take_lease(name, holder, now_ms))
        held = await self._read(webhook_queue.read_lease, name)
        return held is not None and held[0] == holder

    async def drop_lease(self, name: str, holder: str) -> None:
        """See ``Outbox``."""
        await self._do(webhook_queue.drop_lease(name, holder))

    async def channels_due(self) -> dict[str, int]:
        """See ``Outbox``."""
        return await self._read(webhook_queue.read_channels_due)

    async def lines_due(self, channel_id: str, *, now_ms: int, limit: int) -> list[Line]:
        """See ``Outbox``."""
        return await self._read(webhook_queue.read_lines_due, channel_id, now_ms, limit)

    async def settle(self, settlements: Sequence[Settlement]) -> None:
        """See ``Outbox``."""
        if self.SETTLES_TOGETHER and len(settlements) > 1:
            with suppress(Conflict):
                await self._do([write for each in settlements for write in webhook_queue.settle(each)])
                return
        for each in settlements:
            with suppress(Conflict):
                await self._do(webhook_queue.settle(each))

    async def drop_lines(self, channel_id: str) -> int:
        """See ``Outbox``."""
        organization_ids = await self._read(webhook_queue.read_some_lines, channel_id)
        if organization_ids:
            await self._do(webhook_queue.drop(channel_id, organization_ids))
        return len(organization_ids)

    async def deaths_in_a_row(self, channel_id: str) -> int:
        """See ``Outbox``."""
        return await self._read(webhook_queue.read_deaths_in_a_row, channel_id)

    async def oldest_delivery_ms(self) -> int | None:
        """See ``Outbox``."""
        return await self._read(webhook_queue.read_oldest_delivery_ms)

    async def dead_letters(self, *, owner_id: str | None, after: DeadLetter | None, limit: int) -> list[DeadLetter]:
        """See ``Outbox``."""
        return await self._read(webhook_queue.read_dead_letters, owner_id, after, limit)

    async def revive(self, letter: DeadLetter, *, channel_id: str, now_ms: int) -> bool:
        """See ``Outbox``."""
        body = await self._read(webhook_queue.read_body, letter)
        if body is None:
            return False
        await self._do(webhook_queue.revive(letter, body, channel_id=channel_id, now_ms=now_ms))
        return True

    async def forget_dead_letters(self, *, before_event_id: str) -> None:
        """See ``Outbox``."""
        await self._do(webhook_queue.forget_dead_letters(before_event_id))
