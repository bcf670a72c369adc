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

from counterseal.organizations import Snapshot, User
from counterseal.store.protocol import StoreError
from counterseal.store.records import ActivityStatus, Commit, StoredActivity, StoredSecret, SubOrganizationFilter
from counterseal.store.sqlite import history, reads, unscoped, writes
from counterseal.store.sqlite.activity_lists import read_activity_ids
from counterseal.store.sqlite.checkpoints import Checkpoints, checkpoint
from counterseal.store.sqlite.connection import connect, transaction
from counterseal.store.sqlite.long_reads import InPieces, LongReads, try_in_one_piece
from counterseal.store.sqlite.migrate import migrate, require_newest
from counterseal.store.sqlite.snapshots import read_snapshot
from counterseal.store.sqlite.sub_organizations import read_sub_organization_ids

_LONG_READ_CACHE_KIB = 1024  # there are some of these, and what they read is kept elsewhere

Value = TypeVar("Value")


class SqliteStore:
    """See ``Store``. Open it with ``create`` or ``open``."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._new_connection = partial(connect, path, read_only=read_only)
        self._reader = self._new_connection()
        self._writer = self._new_connection()
        self._long_reads = LongReads(partial(connect, path, read_only=read_only, page_cache_kib=_LONG_READ_CACHE_KIB))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-writer")
        self._checkpoints = Checkpoints(self._new_connection)

    @classmethod
    def create(cls, path: Path) -> SqliteStore:
        """A new file, mode 0600. Raises StoreError if there is one."""
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except FileExistsError:
            raise StoreError(f"{path} exists already") from None
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> SqliteStore:
        """An existing file, brought to the newest schema."""
        if not path.is_file():
            raise StoreError(f"{path} is not there: `counterseal init` makes one")
        with _as_store_error():
            connection = connect(path)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                migrate(connection)
            finally:
                connection.close()
            return cls(path)

    @classmethod
    def open_read_only(cls, path: Path) -> SqliteStore:
        """An existing file of the newest schema, be a server at work on it or not; commits raise StoreError."""
        if not path.is_file():
            raise StoreError(f"{path} is not there: `counterseal init` makes one")
        with _as_store_error():
            connection = connect(path, read_only=True)
            try:
                require_newest(connection)
            finally:
                connection.close()
            return cls(path, read_only=True)

    async def snapshot(self, organization_id: str) -> Snapshot | None:
        """See ``Store``."""
        return await self._read_in_pieces(read_snapshot, organization_id)

    def revision(self) -> int:
        """See ``Store``. SQLite's ``data_version`` changes with commits of other connections."""
        with _as_store_error():
            (revision,) = self._reader.execute("PRAGMA data_version").fetchone()
        return int(revision)

    async def version(self, organization_id: str) -> int | None:
        """See ``Store``."""
        return self._read(reads.read_version, organization_id)

    async def known_fingerprints(self, asked: Sequence[tuple[str, bytes]]) -> set[tuple[str, bytes]]:
        """See ``Store``. One statement is consistent by itself and needs no transaction around it."""
        with _as_store_error():
            return reads.read_known_fingerprints(self._reader, asked)

    async def activity_by_fingerprint(self, organization_id: str, fingerprint: bytes) -> StoredActivity | None:
        """See ``Store``."""
        return self._read(reads.read_activity_by_fingerprint, organization_id, fingerprint)

    async def activity(self, organization_id: str, activity_id: str) -> StoredActivity | None:
        """See ``Store``."""
        return self._read(reads.read_activity, organization_id, activity_id)

    async def activity_ids(
        self,
        organization_id: str,
        *,
        statuses: Sequence[ActivityStatus],
        types: Sequence[str],
        limit: int,
        before: str | None,
        after: str | None,
    ) -> list[str]:
        """See ``Store``."""
        return self._read(
            read_activity_ids,
            organization_id,
            statuses=statuses,
            types=types,
            limit=limit,
            before=before,
            after=after,
        )

    async def user_as_of(self, organization_id: str, user_id: str, version: int) -> User | None:
        """See ``Store``."""
        return self._read(history.read_user_as_of, organization_id, user_id, version)

    async def snapshot_as_of(self, organization_id: str, version: int) -> Snapshot | None:
        """See ``Store``."""
        return await self._read_in_pieces(history.read_snapshot_as_of, organization_id, version)

    async def policy_ids_as_of(self, organization_id: str, version: int) -> list[str]:
        """See ``Store``."""
        return self._read(history.read_policy_ids_as_of, organization_id, version)

    async def organization_id_of_activity(self, activity_id: str) -> str | None:
        """See ``Store``."""
        return self._read(unscoped.read_organization_id_of_activity, activity_id)

    async def sub_organization_ids(
        self,
        parent_id: str,
        *,
        matching: SubOrganizationFilter | None,
        limit: int,
        before: str | None,
        after: str | None,
    ) -> list[str]:
        """See ``Store``."""
        return self._read(
            read_sub_organization_ids, parent_id, matching=matching, limit=limit, before=before, after=after
        )

    async def sub_organization_ids_by_public_key(self, parent_id: str, public_key: str) -> list[str]:
        """See ``Store``."""
        return self._read(unscoped.read_sub_organization_ids_by_public_key, parent_id, public_key)

    async def sub_organization_activity(self, parent_id: str, activity_id: str) -> StoredActivity | None:
        """See ``Store``."""
        return self._read(unscoped.read_sub_organization_activity, parent_id, activity_id)

    async def organization_ids_by_public_key(self, public_key: str) -> list[str]:
        """See ``Store``."""
        return self._read(unscoped.read_organization_ids_by_public_key, public_key)

    async def sub_organization_ids_by_credential_id(self, parent_id: str, credential_id: str) -> list[str]:
        """See ``Store``."""
        return self._read(unscoped.read_sub_organization_ids_by_credential_id, parent_id, credential_id)

    async def organization_ids_by_credential_id(self, credential_id: str) -> list[str]:
        """See ``Store``."""
        return self._read(unscoped.read_organization_ids_by_credential_id, credential_id)

    async def commit(self, commits: Sequence[Commit]) -> None:
        """See ``Store``. Rows are made here: on the store's thread that would hold up the event loop more."""
        statements = writes.statements_of_commits(commits)

        def run(connection: sqlite3.Connection) -> None:
            for statement, parameters in statements:
                connection.execute(statement, parameters)

        await self._write(run)
        if self._checkpoints.after_commit(len(commits)):
            self._thread.submit(lambda: checkpoint(self._writer))

    async def sealed_secrets(self) -> list[StoredSecret]:
        """See ``Store``."""
        return self._read(_read_secrets)

    async def put_sealed_secrets(self, secrets: Sequence[StoredSecret]) -> None:
        """See ``Store``."""
        rows = [(secret.name, secret.public_key, secret.sealed) for secret in secrets]
        statement = "INSERT OR REPLACE INTO sealed_secrets (name, public_key, sealed) VALUES (?, ?, ?)"
        await self._write(lambda connection: connection.executemany(statement, rows))

    async def ping(self) -> None:
        """See ``Store``."""
        self._read(lambda connection: connection.execute("SELECT version FROM organizations LIMIT 1").fetchone())

    async def close(self) -> None:
        """See ``Store``."""
        self._thread.shutdown()
        self._checkpoints.close()
        self._long_reads.close()
        self._reader.close()
        self._writer.close()

    def _read(self, read: Callable[..., Value], *arguments: object, **named: object) -> Value:
        try:
            self._reader.execute("BEGIN")
            try:
                return read(self._reader, *arguments, **named)
            finally:
                self._reader.execute("COMMIT")
        except sqlite3.Error as error:
            with _as_store_error():
                self._reader = self._ready(self._reader)
            raise _store_error(error) from error

    async def _read_in_pieces(self, read: Callable[..., InPieces[Value]], *arguments: object) -> Value:
        """At once if it takes a single piece, as nearly all do; else from the beginning, as a long read."""
        done = self._read(lambda connection: try_in_one_piece(connection, read, *arguments))
        if done is not None:
            return done.value
        with _as_store_error():
            return await self._long_reads.read(read, *arguments)

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


@contextmanager
def _as_store_error() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _store_error(error) from error


def _store_error(error: sqlite3.Error) -> StoreError:
    return StoreError(f"SQLite: {error}")


def _read_secrets(connection: sqlite3.Connection) -> list[StoredSecret]:
    rows = connection.execute("SELECT name, public_key, sealed FROM sealed_secrets ORDER BY name")
    return [StoredSecret(name=name, public_key=public_key, sealed=sealed) for name, public_key, sealed in rows]
