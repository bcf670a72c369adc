"""Everything that is in one store, moved into another, whichever databases they are.

Both have the same tables (``sql/tables.py``), so rows are copied as they are: every id, vote, version and secret. The
target counts as a store once each of its tables has been read back and is that of the source. Whatever happens before
leaves no store there, and the next attempt begins anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from counterseal.store.errors import StoreError
from counterseal.store.sql.pieces import Tally, Tallying, count, pieces
from counterseal.store.sql.query import Query, Rows
from counterseal.store.sql.tables import TABLES, Table


class Source(Protocol):
    """A store that stays as it is meanwhile: nobody else can write to it. Everything raises StoreError."""

    async def ask(self, query: Query) -> Rows:
        """The rows of an answer."""
        ...


class Target(Source, Protocol):
    """The tables of a store to be: empty at first, and no store to anybody else."""

    async def add(self, table: Table, rows: Rows) -> None:
        """Write rows of a table, in a transaction of their own."""
        ...

    async def finish(self) -> None:
        """From now on it is a store, and durable."""
        ...


Watch = Callable[[int], object]
"""Told of so many rows more that have been copied, or read back."""


async def rows_in(source: Source) -> int:
    """How many rows there are in all tables."""
    return sum([await count(source.ask, table) for table in TABLES])


async def move(source: Source, target: Target, *, watch: Watch) -> dict[str, int]:
    """Copy and verify everything. How many rows of which table. Raises StoreError, Unknown."""
    copied = {table: await _copy(table, source, target, watch) for table in TABLES}
    for table, expected in copied.items():
        found = await _tally(table, target, watch)
        if found != expected:
            differs = f"{found.rows} rows of {expected.rows}" if found.rows != expected.rows else "other values"
            raise StoreError(
                f"what was copied is not what was read: the table {table.name} has {differs} in the target"
            )
    await target.finish()
    return {table.name: tally.rows for table, tally in copied.items()}


async def _copy(table: Table, source: Source, target: Target, watch: Watch) -> Tally:
    read = Tallying()
    async for rows in pieces(source.ask, table):
        await target.add(table, rows)
        read.add(rows)
        watch(len(rows))
    return read.tally()


async def _tally(table: Table, target: Target, watch: Watch) -> Tally:
    read = Tallying()
    async for rows in pieces(target.ask, table):
        read.add(rows)
        watch(len(rows))
    return read.tally()
