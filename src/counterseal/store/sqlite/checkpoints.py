"""Moving what the write-ahead log holds into the file, beside the commits that write to it.

SQLite by itself does so within some commit, for which all others wait: 20 ms on a fast disk, seconds on a slow one.
Here a connection and a thread of their own move most of it; what has come meanwhile is little and moved between two
commits, and then the log begins anew. Source: SQLite, "Write-Ahead Logging", section 2.1.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress

ACTIVITIES_BETWEEN = 2_000
"""After how many activities it is time; each takes some five pages of the log."""


class Checkpoints:
    """When to move, and the thread that does it. A failure is left to the next time, or to SQLite."""

    def __init__(self, new_connection: Callable[[], sqlite3.Connection]) -> None:
        self._new_connection = new_connection
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-checkpoint")
        self._moving: Future[None] | None = None
        self._activities = 0

    def after_commit(self, activities: int) -> bool:
        """Begin if it is time. Whether most has been moved, so that ``checkpoint`` is to be called for the rest."""
        self._activities += activities
        if self._moving is None:
            if self._activities >= ACTIVITIES_BETWEEN:
                self._activities = 0
                self._moving = self._thread.submit(self._move)
            return False
        if not self._moving.done():
            return False
        self._moving = None
        return True

    def close(self) -> None:
        """Wait for what is under way."""
        self._thread.shutdown()

    def _move(self) -> None:
        with closing(self._new_connection()) as connection:
            checkpoint(connection)


def checkpoint(connection: sqlite3.Connection) -> None:
    """Move what can be moved without anybody waiting for it (SQLite: ``PASSIVE``)."""
    with suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
