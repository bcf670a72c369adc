"""The schema of a database, brought up to date: all steps in one transaction, by one process at a time.

A row of a table says which steps have been taken. Whoever wants to take more locks it; of two that start at once, the
second finds that all is done.
"""

from __future__ import annotations

from counterseal.store.errors import StoreError
from counterseal.store.postgres.errors import is_of_a_race_to_make_it
from counterseal.store.postgres.session import Session
from counterseal.store.postgres.statements import WORDS, Statement
from counterseal.store.sql import schema

_OLDEST_SERVER = 14
_ATTEMPTS = 10

_SCHEMA = """
CREATE TABLE IF NOT EXISTS counterseal_schema (one BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL);
INSERT INTO counterseal_schema (one, version) VALUES (1, 0) ON CONFLICT DO NOTHING
"""
_PATIENTLY = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"


async def require_fit(session: Session) -> None:
    """Raise StoreError for a server that cannot keep what the store promises."""
    ((number, encoding, durable),) = await session.fetch(
        Statement(
            "SELECT current_setting('server_version_num')::bigint / 10000, current_setting('server_encoding'),"
            " current_setting('synchronous_commit')",
            (),
        )
    )
    if number < _OLDEST_SERVER:
        raise StoreError(f"the server is PostgreSQL {number}, expected {_OLDEST_SERVER} or newer")
    if encoding != "UTF8":
        raise StoreError(f"the database has the encoding {encoding}, expected UTF8")
    if durable == "off":
        raise StoreError("synchronous_commit is off: what the server acknowledges would not be durable")


async def make(session: Session) -> None:
    """The tables of a new store. Raises StoreError if there is one."""
    await _refuse_unfinished(session)
    await _take_steps(session, is_new=True)


async def migrate(session: Session) -> None:
    """Bring a store up to the newest schema. Raises StoreError if there is none, or if a newer release has made it."""
    if await _version(session) < schema.steps(WORDS)[-1][0]:
        await _take_steps(session, is_new=False)


async def make_tables(session: Session) -> None:
    """The tables of the newest schema, empty, which no release takes for a store; in the caller's transaction."""
    for _, script in schema.steps(WORDS):
        await session.run(script)


async def name_version(session: Session) -> None:
    """From the end of the caller's transaction on, the tables are a store of the newest schema."""
    await session.run(f"{_SCHEMA}; UPDATE counterseal_schema SET version = {schema.steps(WORDS)[-1][0]}")


async def require_newest(session: Session) -> None:
    """Raise StoreError for a store of another schema, which can only be read once it has been brought up to date."""
    newest, current = schema.steps(WORDS)[-1][0], await _version(session)
    if current != newest:
        raise StoreError(
            f"the store has schema version {current}, this release reads {newest}: start the server of this release"
        )


async def _refuse_unfinished(session: Session) -> None:
    """See ``moving``."""
    ((is_unfinished,),) = await session.fetch(Statement("SELECT to_regclass('counterseal_migration') IS NOT NULL", ()))
    if is_unfinished:
        raise StoreError("a migration into this database has not ended: repeat `counterseal migrate-store`")


async def _version(session: Session) -> int:
    await _refuse_unfinished(session)
    ((is_there,),) = await session.fetch(Statement("SELECT to_regclass('counterseal_schema') IS NOT NULL", ()))
    rows = await session.fetch(Statement("SELECT version FROM counterseal_schema", ())) if is_there else []
    current = int(rows[0][0]) if rows else 0
    if current == 0:
        raise StoreError("the database has no store: `counterseal init` makes one")
    schema.refuse_newer(current, newest=schema.steps(WORDS)[-1][0])
    return current


async def _take_steps(session: Session, *, is_new: bool) -> None:
    await _make_table_of_steps(session)
    steps = schema.steps(WORDS)
    await session.run(f"BEGIN; {_PATIENTLY}")
    try:
        ((current,),) = await session.fetch(Statement("SELECT version FROM counterseal_schema FOR UPDATE", ()))
        if is_new and current > 0:
            raise StoreError("the database has a store already")
        schema.refuse_newer(current, newest=steps[-1][0])
        for number, script in steps:
            if number > current:
                await session.run(script)
        await session.run(f"UPDATE counterseal_schema SET version = {steps[-1][0]}")
    except StoreError:
        await session.roll_back()
        raise
    await session.commit()


async def _make_table_of_steps(session: Session) -> None:
    for _ in range(_ATTEMPTS):
        try:
            await session.run(_SCHEMA)
        except StoreError as error:
            if error.__cause__ is None or not is_of_a_race_to_make_it(error.__cause__):
                raise
        else:
            return
    raise StoreError("the table counterseal_schema cannot be made")
