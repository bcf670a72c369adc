"""Statements as SQLite takes them.

Several rows go into one statement, because each run of a statement gives up the interpreter lock and has to win it back
from the event loop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from typing import Any

from counterseal.store.errors import Conflict
from counterseal.store.sql import removals
from counterseal.store.sql.query import Alter, Columns, Delete, Given, Insert, Query, Row, Rows, Write, names
from counterseal.store.sql.removals import Removal

WORDS = {
    "bytes": "BLOB",
    "number": "INTEGER",
    "text": "TEXT",
    "by_key": " WITHOUT ROWID",
    "at_the_end": " DEFERRABLE INITIALLY DEFERRED",
    "counted": "INTEGER",
    "nobody": f"x'{bytes(16).hex()}'",
}
"""For the steps of the schema. References are checked when a transaction ends, for all its rows."""

_ROWS_MAX = 64  # of some ten columns each; SQLite takes 32,766 parameters (SQLITE_MAX_VARIABLE_NUMBER)


def ask(connection: sqlite3.Connection, query: Query) -> list[Row]:
    """All rows of the answer."""
    if query.given is None:
        return connection.execute(_joined(query.text), query.parameters).fetchall()
    found: list[Row] = []
    for rows in _chunks(query.given.rows):
        text = _over(query.text, query.given.columns, len(rows))
        found += connection.execute(text, (*chain.from_iterable(rows), *query.parameters))
    return found


def is_one(query: Query) -> bool:
    """Whether it is asked by a single statement."""
    return query.given is None or len(query.given.rows) <= _ROWS_MAX


def run(connection: sqlite3.Connection, write: Write) -> None:
    """Do it for all rows, or raise Conflict. A row that cannot be written ends the transaction.

    That it would in any case; so SQLite need not remember how to undo the statement alone (``OR ROLLBACK``).
    """
    columns = write.given.columns
    if isinstance(write, Delete):  # SQLite would look for several rows by the first column of their key alone
        same = " AND ".join(f"{name} = ?" for name, _ in columns)
        connection.executemany(f"DELETE FROM {write.table} WHERE {same}", write.given.rows)
        return
    for rows in _chunks(write.given.rows):
        if isinstance(write, Insert):
            text = _insert(write.table, columns, len(rows))
        else:
            text = _over(write.text, columns, len(rows))
        so_far = connection.total_changes
        connection.execute(text, tuple(chain.from_iterable(rows)))
        if isinstance(write, Alter) and write.guard and connection.total_changes - so_far != len(rows):
            raise Conflict(write.guard)


def remove(connection: sqlite3.Connection, removal: Removal) -> None:
    """Do all of it."""
    removing = removals.remove(removal)
    rows: Rows | None = None
    with suppress(StopIteration):
        while True:
            step = removing.send(rows)
            if isinstance(step, Query):
                rows = ask(connection, step)
            else:
                rows = None
                run(connection, step)


def holds(connection: sqlite3.Connection, table: str, given: Given) -> bool:
    """Whether the table has every one of these rows."""
    same = " AND ".join(f"{table}.{name} = given.{name}" for name, _ in given.columns)
    counted = ask(connection, Query(f"SELECT count(*) FROM given CROSS JOIN {table} ON [{same}]", given=given))
    found: int = sum(count for (count,) in counted)
    return found == len(given.rows)


@lru_cache(1024)
def _insert(table: str, columns: Columns, rows: int) -> str:
    return f"INSERT OR ROLLBACK INTO {table} ({names(columns)}) VALUES {_marks(columns, rows)}"


@lru_cache(1024)
def _over(text: str, columns: Columns, rows: int) -> str:
    for verb in "INSERT", "UPDATE":
        if text.startswith(verb) and "ON CONFLICT" not in text:
            text = f"{verb} OR ROLLBACK{text.removeprefix(verb)}"
    return f"WITH given ({names(columns)}) AS (VALUES {_marks(columns, rows)}) {_joined(text)}"


@lru_cache(1024)
def _joined(text: str) -> str:
    """SQLite keeps to the order of a CROSS JOIN."""
    return text.replace(" ON [", " ON (").replace("]", ")")


def _marks(columns: Columns, rows: int) -> str:
    return ", ".join([f"({', '.join('?' * len(columns))})"] * rows)


def _chunks(rows: Rows) -> Sequence[Sequence[Any]]:
    return [rows[start : start + _ROWS_MAX] for start in range(0, len(rows), _ROWS_MAX)]
