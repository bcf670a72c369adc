"""The last checkpoint, kept outside the database, so that an older back-up of that is seen to be one."""

from __future__ import annotations

import os
from pathlib import Path

import structlog

from counterseal.keystore.private_file import make_entry_durable
from counterseal.ledger import LedgerError, Note
from counterseal.store import StoreError

_log = structlog.get_logger("counterseal.ledger")


class CheckpointFile:
    """One note in a file. Processes may share it: whoever writes puts the whole of it in its place at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Note | None:
        """The checkpoint in it, if there is one. Raises StoreError."""
        try:
            return Note.of(self.path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, LedgerError) as error:
            raise StoreError(f"the ledger's checkpoint file {self.path} cannot be read: {error}") from error

    def write(self, note: bytes) -> None:
        """Put another in its place, so that a loss of power leaves either. A full disk is told in the log only."""
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            with beside.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
            make_entry_durable(self.path.parent)
        except OSError as error:
            _log.error("checkpoint file not written", path=str(self.path), error=str(error))
