"""Reads of many rows, in pieces: each in one transaction, between whose pieces others read and commit."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

from counterseal.world import Turns

Value = TypeVar("Value")
InPieces = Generator[None, None, Value]
"""A read that pauses after every piece of its work; what it returns held when it began."""

_AT_ONCE_MAX = 4


@dataclass(frozen=True)
class Done(Generic[Value]):
    """What a read has returned."""

    value: Value


def advance(pieces: InPieces[Value]) -> Done[Value] | None:
    """Do one piece more; None if it was not the last."""
    try:
        next(pieces)
    except StopIteration as end:
        return Done(end.value)
    return None


def try_in_one_piece(
    connection: sqlite3.Connection, read: Callable[..., InPieces[Value]], *arguments: object
) -> Done[Value] | None:
    """``read(connection, *arguments)``, given up after its first piece if that was not all."""
    pieces = read(connection, *arguments)
    try:
        return advance(pieces)
    finally:
        pieces.close()


class LongReads:
    """The connections for them: a few, so that whoever comes when all are in use waits."""

    def __init__(self, new_connection: Callable[[], sqlite3.Connection]) -> None:
        self._new_connection = new_connection
        self._all: list[sqlite3.Connection] = []
        self._idle: list[sqlite3.Connection] = []
        self._places = asyncio.Semaphore(_AT_ONCE_MAX)
        self._turns = Turns()

    async def read(self, read: Callable[..., InPieces[Value]], *arguments: object) -> Value:
        """What ``read(connection, *arguments)`` returns. Raises sqlite3.Error."""
        async with self._places:
            connection = self._connection()
            try:
                await self._turns.next()  # a piece has been done in this turn: the one that was not enough
                connection.execute("BEGIN")
                pieces = read(connection, *arguments)
                while (done := advance(pieces)) is None:
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
