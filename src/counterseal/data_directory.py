"""The directory that holds one server's data: the store, the sealed root key, and a lock against a second process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from counterseal.keystore import Seal, SealedSecret, seal_of
from counterseal.store import SqliteStore, Store

STORE_FILE = "counterseal.db"
LOCK_FILE = "counterseal.lock"
KEYS_DIRECTORY = "keys"


class DataDirectoryError(Exception):
    """The data directory is not there, is in use, or would be overwritten."""


class DataDirectory:
    """Where things are under ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_descriptor: int | None = None

    def lock(self) -> None:
        """Keep other servers away from this directory until ``unlock`` or the end of the process."""
        if not self.path.is_dir():
            raise DataDirectoryError(f"{self.path} is not there: `counterseal init --data {self.path} …` makes it")
        descriptor = os.open(self.path / LOCK_FILE, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise DataDirectoryError(f"{self.path} is in use by another counterseal server") from None
        self._lock_descriptor = descriptor

    def unlock(self) -> None:
        """Let others in."""
        if self._lock_descriptor is not None:
            os.close(self._lock_descriptor)
            self._lock_descriptor = None

    def create_store(self) -> SqliteStore:
        """A new store. Raises StoreError if there is one."""
        return SqliteStore.create(self.path / STORE_FILE)

    def open_store(self) -> SqliteStore:
        """The store. Raises StoreError if there is none or it cannot be read."""
        return SqliteStore.open(self.path / STORE_FILE)

    def open_store_read_only(self) -> SqliteStore:
        """The store as it is, also while a server is at work. Raises StoreError if there is none or it is too old."""
        return SqliteStore.open_read_only(self.path / STORE_FILE)

    def seal(self, passphrase: str | None) -> Seal:
        """The seal that the directory was made with."""
        return seal_of(self.path, passphrase=passphrase)

    async def sealed_secrets(self, store: Store) -> list[SealedSecret]:
        """The key store's records."""
        return [
            SealedSecret(name=secret.name, public_key=secret.public_key, sealed=secret.sealed)
            for secret in await store.sealed_secrets()
        ]
