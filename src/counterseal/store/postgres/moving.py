"""A database as the source or the target of a move, see ``counterseal.store.moving``.

While a table ``counterseal_migration`` is there, the others belong to a move and are no store. Its one row says to
which: every transaction of a move holds it fast, so one that another has begun anew over cannot go on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from counterseal.store.errors import StoreError
from counterseal.store.postgres.connection import USUAL, Connector
from counterseal.store.postgres.migrate import make_tables, name_version, require_fit, require_newest
from counterseal.store.postgres.session import Session
from counterseal.store.postgres.statements import Statement, question, write_alone
from counterseal.store.postgres.url import DatabaseUrl
from counterseal.store.sql.query import Query, Rows
from counterseal.store.sql.tables import TABLES, Table

_SILENCE_S = 3600.0  # to count a large table, for instance
_NO_HASTE = "SET statement_timeout = 0"
_HOLD_STORE = f"""
SET idle_in_transaction_session_timeout = 0;
BEGIN;
LOCK TABLE {", ".join(table.name for table in TABLES)} IN EXCLUSIVE MODE
"""

_GO_ON_COUNTING = "SELECT setval(pg_get_serial_sequence('ledger_pending', 'place'), max(place)) FROM ledger_pending"
"""Rows were copied with the numbers that they have."""

_MADE = ["powers_of_two", *(table.name for table in reversed(TABLES))]
"""What a move makes, in an order in which it can be removed."""

_BEGIN_ANEW = "CREATE TABLE counterseal_migration (id TEXT NOT NULL PRIMARY KEY)"
_NAME_IT = Statement("INSERT INTO counterseal_migration VALUES (gen_random_uuid()::text) RETURNING id", ())
_HOLD = Statement("SELECT id FROM counterseal_migration FOR SHARE", ())
_THERE = Statement(
    "SELECT name FROM unnest($1::text[]) AS names (name) WHERE to_regclass(name) IS NOT NULL ORDER BY name",
    ([*_MADE, "counterseal_migration"],),
)
_SERVERS = Statement(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name = 'counterseal' AND pid <> pg_backend_pid()",
    (),
)


class PostgresSource:
    """See ``Source``."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def ask(self, query: Query) -> Rows:
        """See ``Source``."""
        return await self._session.fetch(question(query))


class PostgresTarget(PostgresSource):
    """See ``Target``. ``id_`` is the move's own."""

    def __init__(self, session: Session, id_: str) -> None:
        super().__init__(session)
        self._id = id_

    async def add(self, table: Table, rows: Rows) -> None:
        """See ``Target``."""
        async with _transaction(self._session):
            await self._hold()
            for write in table.insert(rows):
                await self._session.fetch(write_alone(write))

    async def finish(self) -> None:
        """See ``Target``."""
        async with _transaction(self._session):
            await self._hold()
            await self._session.run(_GO_ON_COUNTING)
            await name_version(self._session)
            await self._session.run("DROP TABLE counterseal_migration")

    async def _hold(self) -> None:
        if [id_ for (id_,) in await self._session.fetch(_HOLD)] != [self._id]:
            raise StoreError("another migration into this database has begun anew, and this one is over")


@asynccontextmanager
async def postgres_source(url: DatabaseUrl) -> AsyncIterator[PostgresSource]:
    """A store of the newest schema, of which no server is at work, and to which nobody writes meanwhile.

    Raises StoreError.
    """
    async with _session(url) as session:
        await require_newest(session)
        ((servers,),) = await session.fetch(_SERVERS)
        if servers:
            raise StoreError(f"{url} is in use by counterseal servers ({servers} connections): stop all of them first")
        await session.run(_HOLD_STORE)
        yield PostgresSource(session)


@asynccontextmanager
async def postgres_target(url: DatabaseUrl) -> AsyncIterator[PostgresTarget]:
    """New tables; those that a move which was cut off has left are removed first.

    Raises StoreError if there are others.
    """
    async with _session(url) as session:
        await require_fit(session)
        async with _transaction(session):
            await _make_room(session)
            await session.run(_BEGIN_ANEW)
            ((id_,),) = await session.fetch(_NAME_IT)
            await make_tables(session)
        yield PostgresTarget(session, id_)


async def _make_room(session: Session) -> None:
    there = [name for (name,) in await session.fetch(_THERE)]
    if "counterseal_migration" in there:
        await session.run("LOCK TABLE counterseal_migration IN ACCESS EXCLUSIVE MODE")  # a move may be at work
        await session.run(f"DROP TABLE IF EXISTS {', '.join(_MADE)}, counterseal_migration")
    elif there:
        raise StoreError(f"the database is not empty: there is a table {there[0]}; nothing was overwritten")


@asynccontextmanager
async def _session(url: DatabaseUrl) -> AsyncIterator[Session]:
    session = Session(await Connector(url, USUAL).connect(), silence_s=_SILENCE_S)
    try:
        await session.run(_NO_HASTE)
        yield session
    finally:
        await session.leave()


@asynccontextmanager
async def _transaction(session: Session) -> AsyncIterator[None]:
    await session.run("BEGIN")
    try:
        yield
    except BaseException:
        await session.roll_back()
        raise
    await session.commit()
