"""A file as the source or the target of a move, see ``counterseal.store.moving``."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from counterseal.store.errors import StoreError
from counterseal.store.sql.query import Query, Rows
from counterseal.store.sql.tables import Table
from counterseal.store.sqlite import statements
from counterseal.store.sqlite.connection import connect, transaction
from counterseal.store.sqlite.migrate import migrate, require_newest

_UNFINISHED = ".unfinished"


class SqliteSource:
    """See ``Source``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def ask(self, query: Query) -> Rows:
        """See ``Source``."""
        with _explained():
            return statements.ask(self._connection, query)


class SqliteTarget(SqliteSource):
    """See ``Target``. It lies beside its place until it is finished."""

    def __init__(self, connection: sqlite3.Connection, building: Path, place: Path) -> None:
        super().__init__(connection)
        self._building = building
        self._place = place

    async def add(self, table: Table, rows: Rows) -> None:
        """See ``Target``."""
        with _explained(), transaction(self._connection, "BEGIN IMMEDIATE"):
            for write in table.insert(rows):
                statements.run(self._connection, write)

    async def finish(self) -> None:
        """See ``Target``."""
        with _explained():
            self._connection.close()
            _refuse_overwriting(self._place)
            self._building.rename(self._place)
            _make_entries_durable(self._place.parent)


@asynccontextmanager
async def sqlite_source(path: Path) -> AsyncIterator[SqliteSource]:
    """A file of the newest schema, to which nobody writes meanwhile. Raises StoreError."""
    if not path.is_file():
        raise StoreError(f"{path} is not there")
    with _explained():
        connection = connect(path)
    try:
        with _explained():
            require_newest(connection)
            connection.execute("BEGIN IMMEDIATE")
        yield SqliteSource(connection)
    finally:
        connection.close()  # which rolls back


@asynccontextmanager
async def sqlite_target(path: Path) -> AsyncIterator[SqliteTarget]:
    """A new file; what a move that was cut off has left is removed first. Raises StoreError if there is one.

    It has no log of its own that could be left behind: SQLite's WAL is turned on by whoever opens it as a store.
    """
    with _explained():
        _refuse_overwriting(path)
        building = path.with_name(path.name + _UNFINISHED)
        for name in building.name, f"{building.name}-journal":
            path.with_name(name).unlink(missing_ok=True)
        os.close(os.open(building, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = connect(building)
    try:
        with _explained():
            migrate(connection)
        yield SqliteTarget(connection, building, path)
    finally:
        connection.close()


def _refuse_overwriting(place: Path) -> None:
    if place.exists():
        raise StoreError(f"{place} exists already: nothing was overwritten")


def _make_entries_durable(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"SQLite: {error}") from error
