"""A connection while somebody uses it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from counterseal.store.errors import StoreError, Unknown
from counterseal.store.postgres.errors import RAISED, is_of_the_server, leaves_nothing, store_error
from counterseal.store.postgres.statements import Statement, question
from counterseal.store.sql.query import PAUSE, Done, Query, Read, Rows, Value

_GOODBYE_S = 1.0


class Session:
    """Everything raises StoreError, Conflict where it may go well on fresh state."""

    def __init__(self, connection: Any, *, silence_s: float) -> None:
        self._connection = connection
        self._silence_s = silence_s
        self.has_lost_the_server = False
        """Whether something was said that other connections to the same server would hear as well."""

    @property
    def is_clean(self) -> bool:
        """Whether somebody else can use the connection."""
        return not self._connection.is_closed() and not self._connection.is_in_transaction()

    async def fetch(self, statement: Statement) -> Rows:
        """The rows of an answer."""
        with self._watched():
            rows: Rows = await self._connection.fetch(statement.text, *statement.parameters)
        return rows

    async def run(self, script: str) -> str:
        """Run statements that have no parameters, in one round trip. What the last one has done, in a few words."""
        with self._watched():
            done: str = await self._connection.execute(script)
        return done

    async def read(self, read: Read[Value]) -> Value:
        """What a read returns; in a transaction, that all of it be of one moment."""
        rows: Any = None
        try:
            while True:
                rows = await self._answer(read.send(rows))
        except StopIteration as end:
            return cast("Value", end.value)

    async def read_at_once(self, read: Read[Value]) -> Done[Value] | None:
        """What a read returns that asks once, for which there need be no transaction. None if it asks more."""
        try:
            read.send(await self._answer(next(read)))
        except StopIteration as end:
            return Done(end.value)
        read.close()
        return None

    async def commit(self) -> None:
        """End the transaction. Raises Unknown if the answer did not come.

        A commit is never cancelled: one that waits for a standby would be cut short, and be visible although the
        standby does not have it (PostgreSQL, SyncRepWaitForLSN). The connection is cut instead.
        """
        committing = asyncio.ensure_future(self.run("COMMIT"))
        try:
            done = await asyncio.shield(committing)
        except asyncio.CancelledError:
            committing.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            self.cut()
            raise
        except StoreError as error:
            if error.__cause__ is None or leaves_nothing(error.__cause__):
                raise
            self.cut()
            raise Unknown(f"while a commit was under way: {error}") from error
        if done != "COMMIT":
            raise StoreError(f"PostgreSQL: COMMIT was answered by {done}")

    async def roll_back(self) -> None:
        """End the transaction, as if it had not been."""
        try:
            await self.run("ROLLBACK")
        except StoreError:
            self.cut()

    async def leave(self) -> None:
        """Say goodbye to the server and close the connection."""
        try:
            await self._connection.close(timeout=_GOODBYE_S)
        except RAISED:
            self.cut()

    def cut(self) -> None:
        """Close the connection at once, whatever it is doing. The server undoes what was not committed."""
        self._connection.terminate()

    async def _answer(self, asked: Query | None) -> Any:
        return None if asked is PAUSE else await self.fetch(question(asked))

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """Cut the connection if the server says nothing for too long. asyncpg's own time-out would ask it once more."""
        watch = asyncio.get_running_loop().call_later(self._silence_s, self.cut)
        try:
            yield
        except RAISED as error:
            self.has_lost_the_server |= is_of_the_server(error)
            raise store_error(error) from error
        finally:
            watch.cancel()
