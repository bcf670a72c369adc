"""What a store answers of the ledger, the same whatever the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from counterseal.ledger import Tile
from counterseal.store.ledger_rows import Chain, Entry, Found, Row, Shown, StoredLog, Waiting
from counterseal.store.sql import ledger, ledger_export
from counterseal.store.sql.query import Read

Value = TypeVar("Value")


class SqlLedgerReads(ABC):
    """See ``LedgerStore`` for what each gives."""

    @abstractmethod
    async def _read(self, read: Callable[..., Read[Value]], *arguments: object) -> Value:
        """See ``SqlReads``."""

    async def ledger_logs(self) -> list[StoredLog]:
        """See ``LedgerStore``."""
        return await self._read(ledger.read_logs)

    async def ledger_pending(self, *, after: int, limit: int, bytes_max: int) -> Waiting:
        """See ``LedgerStore``."""
        return await self._read(ledger.read_pending, after, limit, bytes_max)

    async def ledger_chains(self, organization_ids: Sequence[bytes]) -> dict[bytes, Chain]:
        """See ``LedgerStore``."""
        return await self._read(ledger.read_chains, organization_ids) if organization_ids else {}

    async def ledger_tiles(self, log: int, tiles: Sequence[Tile]) -> dict[tuple[int, int], bytes]:
        """See ``LedgerStore``."""
        return await self._read(ledger.read_tiles, log, tiles) if tiles else {}

    async def ledger_entries(self, log: int, *, start: int, end: int) -> list[Entry]:
        """See ``LedgerStore``."""
        return await self._read(partial(ledger.read_entries, log, start, end))

    async def records_of_activity(self, organization_id: str, activity_id: str) -> list[Shown]:
        """See ``LedgerStore``."""
        return await self._read(ledger_export.read_records_of_activity, organization_id, activity_id)

    async def ledger_sizes(self, log: int) -> tuple[int, int, int]:
        """See ``LedgerStore``."""
        return await self._read(ledger_export.read_sizes, log)

    async def items_of(self, organization_id: bytes) -> list[Row]:
        """See ``LedgerStore``."""
        return await self._read(ledger_export.read_items, organization_id)

    async def records_of(self, organization_id: bytes, log: int, *, after: int, size: int, limit: int) -> list[Shown]:
        """See ``LedgerStore``."""
        read = partial(ledger_export.read_records, after=after, size=size, limit=limit)
        return await self._read(read, organization_id, log)

    async def strays_of(self, organization_id: bytes) -> list[Row]:
        """See ``LedgerStore``."""
        return await self._read(ledger_export.read_strays, organization_id)

    async def organization_as_found(self, organization_id: bytes) -> Found | None:
        """See ``LedgerStore``."""
        return await self._read(ledger.read_found, organization_id)
