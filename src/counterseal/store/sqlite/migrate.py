"""Numbered SQL files, applied in order, each in one transaction together with its number."""

from __future__ import annotations

import re
import sqlite3
from importlib import resources

from counterseal.store.protocol import StoreError

_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the file up to the newest schema. Raises StoreError for a file written by a newer release."""
    steps = _steps()
    (current,) = connection.execute("PRAGMA user_version").fetchone()
    newest = steps[-1][0]
    if current > newest:
        raise StoreError(
            f"the store has schema version {current}, this release knows up to {newest}: use a newer release"
        )
    for number, script in steps:
        if number > current:
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def require_newest(connection: sqlite3.Connection) -> None:
    """Raise StoreError for a file of another schema, which can only be read once it has been brought up to date."""
    newest = _steps()[-1][0]
    (current,) = connection.execute("PRAGMA user_version").fetchone()
    if current != newest:
        remedy = "use a newer release" if current > newest else "start the server of this release once"
        raise StoreError(f"the store has schema version {current}, this release reads {newest}: {remedy}")


def _steps() -> list[tuple[int, str]]:
    steps = []
    for file in resources.files(__package__).joinpath("migrations").iterdir():
        match = _FILE_NAME.fullmatch(file.name)
        if match:
            steps.append((int(match[1]), file.read_text("utf-8")))
    return sorted(steps)
