"""Reads of many rows, in pieces: each in one transaction, between whose pieces others read and commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Generic, TypeVar

from counterseal.store.sql.query import Done, Query, Read, Rows
from counterseal.store.sqlite.statements import ask, is_one
from counterseal.world import Turns

Value = TypeVar("Value")

_AT_ONCE_MAX = 4


class Reading(Generic[Value]):
    """A read that is under way on a connection, in its transaction if it needs one."""

    def __init__(self, connection: sqlite3.Connection, read: Read[Value]) -> None:
        self._connection = connection
        self._read = read
        self._asked: Query | None = None
        self._done: Done[Value] | None = None
        self._go_on()

    @property
    def is_one_statement(self) -> bool:
        """Whether it has yet to begin and needs no transaction: there is nothing before or after its only statement."""
        return self._asked is not None and self._asked.is_all and is_one(self._asked)

    def advance(self) -> Done[Value] | None:
        """Go on to the next pause, or to the end; None if it was a pause."""
        if self._asked is None:
            self._go_on()
        while self._asked is not None:
            self._go_on(ask(self._connection, self._asked))
        return self._done

    def close(self) -> None:
        """Give up what has not been read."""
        self._read.close()

    def _go_on(self, rows: Rows | None = None) -> None:
        """To what is asked next: nothing at a pause, and nothing at the end, which is kept."""
        if self._done is not None:
            return
        try:
            self._asked = next(self._read) if rows is None else self._read.send(rows)
        except StopIteration as end:
            self._asked, self._done = None, Done(end.value)


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
