"""How the file is opened, by whoever reads or writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from counterseal.store.errors import StoreError

_BUSY_TIMEOUT_S = 5.0
_WAL_AUTOCHECKPOINT_PAGES = 40_000  # 160 MB of log: only if ``Checkpoints`` does not get ahead
_SQLITE_MIN = (3, 33, 0)  # UPDATE … FROM
_PAGE_CACHE_KIB = 64 * 1024
_STATEMENTS_MAX = 512  # compiled ones that are kept; statements over many rows have a text for each number of rows


def connect(path: Path, *, read_only: bool = False, page_cache_kib: int = _PAGE_CACHE_KIB) -> sqlite3.Connection:
    """A connection that waits for the disk and for other processes. Raises sqlite3.Error, or StoreError."""
    if sqlite3.sqlite_version_info < _SQLITE_MIN:
        needed = ".".join(map(str, _SQLITE_MIN))
        raise StoreError(f"this Python has SQLite {sqlite3.sqlite_version}, expected {needed} or later")
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=_BUSY_TIMEOUT_S,
        cached_statements=_STATEMENTS_MAX,
    )
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_AUTOCHECKPOINT_PAGES}")
    connection.execute(f"PRAGMA cache_size = {-page_cache_kib}")
    connection.execute("PRAGMA temp_store = MEMORY")  # or every INSERT of several rows makes a file to undo it
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """All of what is done inside, or nothing."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
