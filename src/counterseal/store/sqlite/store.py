"""The SQLite store: one connection for reading on the caller's thread, one for writing on a thread of its own.

Reads are indexed point reads of some ten microseconds, so they run where they are asked; those that may be long go on
in pieces, on connections of their own. Commits wait for the disk, so they run beside the event loop; the file has one
writer, which is this one.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from counterseal.organizations import Row
from counterseal.store.errors import Conflict, StoreError
from counterseal.store.ledger_rows import Growth, StoredLog
from counterseal.store.records import Commit, RowKey, StoredBootProof, StoredSecret
from counterseal.store.sql import boot_proofs, ledger, sealed_secrets
from counterseal.store.sql.batch import Work, work_of
from counterseal.store.sql.ledger_reads import SqlLedgerReads
from counterseal.store.sql.outbox import SqlOutbox
from counterseal.store.sql.query import Done, Read, Write
from counterseal.store.sql.store import SqlReads
from counterseal.store.sqlite import statements
from counterseal.store.sqlite.checkpoints import Checkpoints, checkpoint
from counterseal.store.sqlite.connection import connect, transaction
from counterseal.store.sqlite.long_reads import LongReads, Reading
from counterseal.store.sqlite.migrate import migrate, require_newest
from counterseal.store.sqlite.recent_rows import RecentRows

_LONG_READ_CACHE_KIB = 1024  # there are some of these, and what they read is kept elsewhere

_RECENT_BYTES_MAX = 16 * 1024 * 1024

_TAKEN = {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}

Value = TypeVar("Value")


class SqliteStore(SqlReads, SqlLedgerReads, SqlOutbox):
    """See ``Store``. Open it with ``create`` or ``open``."""

    SETTLES_TOGETHER = True

    def __init__(self, path: Path, *, read_only: bool = False, others_write: bool = False) -> None:
        self.keeps_ledger = True
        self._new_connection = partial(connect, path, read_only=read_only)
        self._reader = self._new_connection()
        self._writer = self._new_connection()
        self._long_reads = LongReads(partial(connect, path, read_only=read_only, page_cache_kib=_LONG_READ_CACHE_KIB))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-writer")
        self._checkpoints = Checkpoints(self._new_connection)
        self._recent = RecentRows(bytes_max=0 if read_only or others_write else _RECENT_BYTES_MAX)

    @classmethod
    def create(cls, path: Path) -> SqliteStore:
        """A new file, mode 0600. Raises StoreError if there is one."""
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise StoreError(f"{path} exists already") from None
        return cls.open(path)

    @classmethod
    def open(cls, path: Path, *, others_write: bool = False) -> SqliteStore:
        """An existing file, brought to the newest schema. ``others_write``: another process may commit to it."""
        if not path.is_file():
            raise StoreError(f"{path} is not there: `counterseal init` makes one")
        with _as_store_error():
            connection = connect(path)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection)
            finally:
                connection.close()
            return cls(path, others_write=others_write)

    @classmethod
    def open_read_only(cls, path: Path) -> SqliteStore:
        """An existing file of the newest schema, be a server at work on it or not; commits raise StoreError."""
        _require_newest(path)
        return cls(path, read_only=True)

    @classmethod
    def open_as_it_is(cls, path: Path) -> SqliteStore:
        """The same, to write to it as well."""
        _require_newest(path)
        return cls(path, others_write=True)

    def revision(self) -> int:
        """See ``Store``. SQLite's ``data_version`` changes with commits of other connections."""
        with _as_store_error():
            (revision,) = self._reader.execute("PRAGMA data_version").fetchone()
        return int(revision)

    async def rows(self, organization_id: str, keys: Sequence[RowKey]) -> dict[RowKey, tuple[Row, ...]]:
        """See ``Store``."""
        return await self._recent.get(organization_id, keys, super().rows)

    async def secrets(self, organization_id: str, ids: Sequence[str]) -> dict[str, bytes]:
        """See ``Store``."""
        return await self._recent.get(organization_id, ids, super().secrets)

    async def commit(self, commits: Sequence[Commit]) -> None:
        """See ``Store``. Rows are made here: on the store's thread that would hold up the event loop more."""
        work = work_of(commits, keeps_ledger=self.keeps_ledger)

        def run(connection: sqlite3.Connection) -> None:
            _check(connection, work)
            for removal in work.removals:
                statements.remove(connection, removal)
            for write in work.writes:
                statements.run(connection, write)

        with self._recent.altered_by(commits):
            await self._write(run)
        self._checkpoint_after(len(commits))

    async def add_sealed_secrets(self, secrets: Sequence[StoredSecret]) -> None:
        """See ``Store``."""
        await self._do(sealed_secrets.add(secrets))

    async def begin_log(self, log: StoredLog) -> None:
        """See ``LedgerStore``."""
        await self._do([ledger.begin(log)])

    async def grow_ledger(self, growth: Growth) -> None:
        """See ``LedgerStore``."""
        await self._do(ledger.work_of_growth(growth).writes)

    async def add_boot_proof(self, proof: StoredBootProof) -> None:
        """See ``Store``."""
        await self._do(boot_proofs.add(proof))

    async def close(self) -> None:
        """See ``Store``."""
        self._thread.shutdown()
        self._checkpoints.close()
        self._long_reads.close()
        self._reader.close()
        self._writer.close()

    async def _read(self, read: Callable[..., Read[Value]], *arguments: object) -> Value:
        """At once if it takes a single piece, as nearly all do; else from the beginning, as a long read."""
        done = self._read_at_once(read(*arguments))
        if done is not None:
            return done.value
        with _as_store_error():
            return await self._long_reads.read(read, *arguments)

    def _read_at_once(self, read: Read[Value]) -> Done[Value] | None:
        reading = Reading(self._reader, read)
        try:
            if not reading.is_one_statement:  # each statement gives up the interpreter lock: see ``statements``
                self._reader.execute("BEGIN")
            try:
                return reading.advance()
            finally:
                reading.close()
                if self._reader.in_transaction:
                    self._reader.execute("COMMIT")
        except sqlite3.Error as error:
            with _as_store_error():
                self._reader = self._ready(self._reader)
            raise _store_error(error) from error

    async def _do(self, writes: Sequence[Write]) -> None:
        def run(connection: sqlite3.Connection) -> None:
            for write in writes:
                statements.run(connection, write)

        await self._write(run)
        self._checkpoint_after(1)

    def _checkpoint_after(self, commits: int) -> None:
        if self._checkpoints.after_commit(commits):
            self._thread.submit(lambda: checkpoint(self._writer))

    async def _write(self, write: Callable[[sqlite3.Connection], object]) -> None:
        def run() -> None:
            with _as_store_error():
                self._writer = self._ready(self._writer)
                with transaction(self._writer, "BEGIN IMMEDIATE"):
                    write(self._writer)

        await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _ready(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        """The connection, or a new one in its place if it is still in a transaction that could not be ended."""
        if not connection.in_transaction:
            return connection
        successor = self._new_connection()
        connection.close()  # which rolls back
        return successor


def _require_newest(path: Path) -> None:
    if not path.is_file():
        raise StoreError(f"{path} is not there: `counterseal init` makes one")
    with _as_store_error():
        connection = connect(path, read_only=True)
        try:
            require_newest(connection)
        finally:
            connection.close()


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(error) from error


def _store_error(error: sqlite3.Error) -> StoreError:
    is_taken = getattr(error, "sqlite_errorcode", None) in _TAKEN
    return (Conflict if is_taken else StoreError)(f"SQLite: {error}")


def _check(connection: sqlite3.Connection, work: Work) -> None:
    """Raise Conflict unless all is as the batch takes it to be."""
    if work.versions is not None and not statements.holds(connection, "organizations", work.versions):
        raise Conflict("an organization has another version by now")
    if work.revisions is not None and not statements.holds(connection, "resources", work.revisions):
        raise Conflict("a row is another one by now")
