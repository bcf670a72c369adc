"""Reads of many rows, in pieces: each in one transaction, between whose pieces others read and commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Generic, TypeVar

from counterseal.store.sql.query import Done, Query, Read, Rows
from counterseal.store.sqlite.statements import ask
from counterseal.world import Turns

Value = TypeVar("Value")

_AT_ONCE_MAX = 4


class Reading(Generic[Value]):
    """A read that is under way on a connection, in its transaction."""

    def __init__(self, connection: sqlite3.Connection, read: Read[Value]) -> None:
        self._connection = connection
        self._read = read

    def advance(self) -> Done[Value] | None:
        """Go on to the next pause, or to the end; None if it was a pause."""
        asked: Query | None
        rows: Rows | None = None
        try:
            while True:
                asked = next(self._read) if rows is None else self._read.send(rows)
                if asked is None:
                    return None
                rows = ask(self._connection, asked)
        except StopIteration as end:
            return Done(end.value)

    def close(self) -> None:
        """Give up what has not been read."""
        self._read.close()


class LongReads:
    """The connections for them: a few, so that whoever comes when all are in use waits."""

    def __init__(self, new_connection: Callable[[], sqlite3.Connection]) -> None:
        self._new_connection = new_connection
        self._all: list[sqlite3.Connection] = []
        self._idle: list[sqlite3.Connection] = []
        self._places = asyncio.Semaphore(_AT_ONCE_MAX)
        self._turns = Turns()

    async def read(self, read: Callable[..., Read[Value]], *arguments: object) -> Value:
        """What ``read(*arguments)`` returns. Raises sqlite3.Error."""
        async with self._places:
            connection = self._connection()
            try:
                await self._turns.next()  # a piece has been done in this turn: the one that was not enough
                connection.execute("BEGIN")
                reading = Reading(connection, read(*arguments))
                while (done := reading.advance()) is None:
                    await self._turns.next()
                connection.execute("COMMIT")
            except BaseException:
                self._all.remove(connection)
                connection.close()  # which ends the transaction
                raise
            self._idle.append(connection)
            return done.value

    def close(self) -> None:
        """Close all connections. A read that is under way fails."""
        for connection in self._all:
            connection.close()

    def _connection(self) -> sqlite3.Connection:
        if not self._idle:
            self._idle.append(self._new_connection())
            self._all.append(self._idle[-1])
        return self._idle.pop()
