"""The directory that holds one server's data: the store, the sealed root key, and a lock against a second process."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterable
from pathlib import Path

import structlog

from counterseal.keystore import Seal, SealedSecret, seal_of
from counterseal.store import SqliteStore, Store, StoredSecret
from counterseal.store.postgres import DatabaseUrl, PostgresStore

STORE_FILE = "counterseal.db"
LOCK_FILE = "counterseal.lock"
KEYS_DIRECTORY = "keys"
CHECKPOINT_FILE = "ledger.checkpoint"

_DIRECTORY_MODE = 0o700
_FILE_MODE = 0o600
_ANYBODY_ELSE = 0o077

_log = structlog.get_logger("counterseal")


class DataDirectoryError(Exception):
    """The data directory is not there, is in use, or would be overwritten."""


class DataDirectory:
    """Where things are under ``path``. With a ``database`` the store is there, and what seals it still here."""

    def __init__(self, path: Path, database: DatabaseUrl | None = None) -> None:
        self.path = path
        self.database = database
        self._lock_descriptor: int | None = None

    def __str__(self) -> str:
        """Where the store is, for a person; without passwords."""
        return str(self.path if self.database is None else self.database)

    def lock(self) -> None:
        """Keep other servers away from this directory until ``unlock`` or the end of the process; and other users.

        Servers that share a database may share the directory, too.
        Raises DataDirectoryError if it is in use, not there, or another user's.
        """
        if not self.path.is_dir():
            raise DataDirectoryError(f"{self.path} is not there: `counterseal init --data {self.path} …` makes it")
        for path, mode in self.keep_to_its_owner():
            _log.warning("others had rights", path=str(path), mode=f"{mode:04o}")
        descriptor = os.open(self.path / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_NB | (fcntl.LOCK_EX if self.database is None else fcntl.LOCK_SH))
        except BlockingIOError:
            os.close(descriptor)
            raise DataDirectoryError(f"{self.path} is in use by another counterseal server") from None
        self._lock_descriptor = descriptor

    def keep_to_its_owner(self) -> list[tuple[Path, int]]:
        """Take from others whatever rights they have on the directory and on the database; where, and the mode before.

        Not on the root key: if others could reach it, it may be too late, and its seal says so. Raises
        DataDirectoryError if it is another user's.
        """
        files = (self.path / name for name in (LOCK_FILE, STORE_FILE, f"{STORE_FILE}-wal", f"{STORE_FILE}-shm"))
        kept = {self.path: _DIRECTORY_MODE} | {file: _FILE_MODE for file in files if file.exists()}
        open_to_others = [(path, mode) for path in kept if (mode := _own_mode(path)) & _ANYBODY_ELSE]
        for path, _ in open_to_others:
            path.chmod(kept[path])
        return open_to_others

    def unlock(self) -> None:
        """Let others in."""
        if self._lock_descriptor is not None:
            os.close(self._lock_descriptor)
            self._lock_descriptor = None

    async def create_store(self) -> Store:
        """A new store. Raises StoreError if there is one."""
        if self.database is not None:
            return await PostgresStore.create(self.database)
        return SqliteStore.create(self.path / STORE_FILE)

    async def open_store(self, *, others_write: bool = False) -> Store:
        """The store. Raises StoreError if there is none or it cannot be read.

        ``others_write``: of a file, that another process may commit to it.
        """
        if self.database is not None:
            return await PostgresStore.open(self.database)
        return SqliteStore.open(self.path / STORE_FILE, others_write=others_write)

    async def open_store_as_it_is(self) -> Store:
        """The store, also while a server is at work. Raises StoreError if there is none or it is too old."""
        if self.database is not None:
            return await PostgresStore.open_as_it_is(self.database)
        return SqliteStore.open_read_only(self.path / STORE_FILE)

    async def open_store_beside_server(self) -> Store:
        """The same, to write what no server keeps in memory."""
        if self.database is not None:
            return await PostgresStore.open_as_it_is(self.database)
        return SqliteStore.open_as_it_is(self.path / STORE_FILE)

    def seal(self, passphrase: str | None) -> Seal:
        """The seal that the directory was made with."""
        return seal_of(self.path, passphrase=passphrase)

    async def sealed_secrets(self, store: Store) -> list[SealedSecret]:
        """The key store's records."""
        return [
            SealedSecret(name=secret.name, public_key=secret.public_key, sealed=secret.sealed)
            for secret in await store.sealed_secrets()
        ]

    async def add_sealed_secrets(self, store: Store, sealed: Iterable[SealedSecret]) -> None:
        """More of them. Raises StoreError."""
        secrets = [StoredSecret(name=each.name, public_key=each.public_key, sealed=each.sealed) for each in sealed]
        await store.add_sealed_secrets(secrets)


def _own_mode(path: Path) -> int:
    status = path.stat()
    if status.st_uid != os.geteuid():
        raise DataDirectoryError(
            f"{path} belongs to user {status.st_uid}, and this process runs as user {os.geteuid()}: "
            f"run as its owner, chown it, or take a directory inside it"
        )
    return stat.S_IMODE(status.st_mode)
