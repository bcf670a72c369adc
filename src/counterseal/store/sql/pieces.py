"""Tables read piece by piece, in the order of their primary keys: the order of bytes, which all databases have.

A piece has so many rows, or so many bytes, as can be held: a vote may be as large as a body, and a table as large as it
likes. What is read of a table is tallied, so that two stores can be compared.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import msgspec

from counterseal.store.sql.query import Query, Row, Rows, Type, names
from counterseal.store.sql.tables import Table

Ask = Callable[[Query], Awaitable[Rows]]

_ROWS_MAX = 1000
_BYTES_MAX = 4 * 1024 * 1024

_encode = msgspec.msgpack.Encoder().encode


class Tally(NamedTuple):
    """How many rows a table has, and the SHA-256 of all of them in order."""

    rows: int
    digest: bytes


class Tallying:
    """Adds rows up."""

    def __init__(self) -> None:
        self._rows = 0
        self._digest = hashlib.sha256()

    def add(self, rows: Rows) -> None:
        """More of them, in order. Each value says its type and its length, so no two tables are written alike."""
        self._rows += len(rows)
        for row in rows:
            self._digest.update(_encode(tuple(row)))

    def tally(self) -> Tally:
        """Of all that have been added."""
        return Tally(self._rows, self._digest.digest())


async def count(ask: Ask, table: Table) -> int:
    """How many rows a table has."""
    ((rows,),) = await ask(Query(f"SELECT count(*) FROM {table.name}"))
    return int(rows)


async def pieces(ask: Ask, table: Table) -> AsyncIterator[Rows]:
    """All rows of a table that nobody else writes to."""
    last: Row | None = None
    while True:
        sizes = await ask(_after(table, last, _size(table), _ROWS_MAX))
        if not sizes:
            return
        rows = await ask(_after(table, last, names(table.columns), _fitting([int(size) for (size,) in sizes])))
        yield rows
        last = tuple(rows[-1])[: table.key]


def _after(table: Table, last: Row | None, what: str, limit: int) -> Query:
    key = names(table.columns[: table.key])
    where = "" if last is None else f" WHERE ({key}) > ({', '.join('?' * table.key)})"
    return Query(f"SELECT {what} FROM {table.name}{where} ORDER BY {key} LIMIT ?", (*(last or ()), limit))


def _size(table: Table) -> str:
    """Of a row, nearly; neither database reads a long value to know its length."""
    return " + ".join(f"COALESCE(length({name}), 0)" for name, type_ in table.columns if type_ is not Type.NUMBER)


def _fitting(sizes: list[int]) -> int:
    """How many rows of these sizes a piece has; one, however large it is."""
    total = 0
    for at, size in enumerate(sizes):
        total += size
        if total > _BYTES_MAX:
            return max(at, 1)
    return len(sizes)
