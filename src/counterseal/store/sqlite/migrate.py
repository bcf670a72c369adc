"""The schema of a file, brought up to date step by step, each in one transaction together with its number.

A new file begins with the step that made the tables of today. Steps 1 to 3 are those of files of earlier releases; what
these hold is then moved.
"""

from __future__ import annotations

import re
import sqlite3
from importlib import resources

from counterseal.store.errors import StoreError
from counterseal.store.sql import schema
from counterseal.store.sqlite.connection import transaction
from counterseal.store.sqlite.from_schema_3 import move_rows
from counterseal.store.sqlite.statements import WORDS

_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_OLD_NEWEST = 3


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to the newest schema. Raises StoreError for a file written by a newer release."""
    (current,) = connection.execute("PRAGMA user_version").fetchone()
    steps = _steps()
    schema.refuse_newer(current, newest=steps[-1][0])
    if 0 < current <= _OLD_NEWEST:
        for number, script in _old_steps():
            if number > current:
                _apply(connection, number, script)
    for number, script in steps:
        if number > current:
            if number == _OLD_NEWEST + 1 and current > 0:
                _rebuild(connection, number, script)
            else:
                _apply(connection, number, script)


def require_newest(connection: sqlite3.Connection) -> None:
    """Raise StoreError for a file of another schema, which can only be read once it has been brought up to date."""
    newest = _steps()[-1][0]
    (current,) = connection.execute("PRAGMA user_version").fetchone()
    if current != newest:
        remedy = "use a newer release" if current > newest else "start the server of this release once"
        raise StoreError(f"the store has schema version {current}, this release reads {newest}: {remedy}")


def _apply(connection: sqlite3.Connection, number: int, script: str) -> None:
    connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def _rebuild(connection: sqlite3.Connection, number: int, script: str) -> None:
    """The tables of step 3 make way for others that hold the same."""
    with transaction(connection, "BEGIN IMMEDIATE"):
        move_rows(connection, lambda: _run(connection, script))
        connection.execute(f"PRAGMA user_version = {number}")


def _run(connection: sqlite3.Connection, script: str) -> None:
    statement = ""
    for line in script.splitlines(keepends=True):  # executescript would commit
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""


def _steps() -> list[tuple[int, str]]:
    return schema.steps(WORDS)


def _old_steps() -> list[tuple[int, str]]:
    steps = []
    for file in resources.files(__package__).joinpath("migrations").iterdir():
        match = _FILE_NAME.fullmatch(file.name)
        if match:
            steps.append((int(match[1]), file.read_text("utf-8")))
    return sorted(steps)
