"""A process's connections to the database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from counterseal.store.errors import StoreError
from counterseal.store.postgres.connection import Connector, Limits
from counterseal.store.postgres.session import Session

_KEPT_FOR_READS = 2


class Pool:
    """Made as they are needed, and kept. When a server is lost, so are all connections to it."""

    def __init__(self, connector: Connector, limits: Limits) -> None:
        self._connector = connector
        self._limits = limits
        self._places = asyncio.Semaphore(limits.connections_max)
        self.turns_max = max(1, limits.connections_max - _KEPT_FOR_READS)
        """How many turns there can be side by side."""
        self._places_of_turns = asyncio.Semaphore(self.turns_max)
        self._idle: list[Any] = []
        self._servers_lost = 0
        self._is_closed = False

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A connection for one transaction or statement. Raises StoreError if there is none."""
        async with self._place(self._places):
            connection, lost_before = await self._take(), self._servers_lost
            session = self._session(connection)
            try:
                yield session
            except asyncio.CancelledError:
                session.cut()
                raise
            finally:
                if session.has_lost_the_server:
                    self._lose_server()
                if session.is_clean and lost_before == self._servers_lost and not self._is_closed:
                    self._idle.append(connection)
                else:
                    session.cut()

    @asynccontextmanager
    async def session_of_turn(self) -> AsyncIterator[Session]:
        """The same for what waits for locks: it leaves some connections to those that only read."""
        async with self._place(self._places_of_turns), self.session() as session:
            yield session

    async def close(self) -> None:
        """Say goodbye to the server."""
        self._is_closed = True
        while self._idle:
            await self._session(self._idle.pop()).leave()

    def _session(self, connection: Any) -> Session:
        return Session(connection, silence_s=self._limits.silence_s)

    @asynccontextmanager
    async def _place(self, places: asyncio.Semaphore) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._limits.place_s):
                await places.acquire()
        except TimeoutError:
            raise StoreError("all connections to PostgreSQL are in use") from None
        try:
            yield
        finally:
            places.release()

    async def _take(self) -> Any:
        if self._is_closed:
            raise StoreError("the store is closed")
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return await self._connector.connect()

    def _lose_server(self) -> None:
        self._servers_lost += 1
        while self._idle:
            self._idle.pop().terminate()
