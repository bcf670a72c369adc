"""Durable storage: the ``Store`` protocol, the records that cross it and SQLite behind it; see ``postgres``."""

from counterseal.store.errors import Conflict, StoreError, Unknown
from counterseal.store.ledger_rows import Chain, Entry, Growth, LedgerStore, Pending, Shown, StoredLog, Waiting
from counterseal.store.outbox import DeadLetter, Ending, Line, Outbox, QueuedEvent, Settlement
from counterseal.store.protocol import Reads, SharedStore, Store, Turn
from counterseal.store.records import (
    ActivityStatus,
    Commit,
    NewDelivery,
    NewEvent,
    RowChanges,
    RowKey,
    SealedRow,
    StoredActivity,
    StoredBootProof,
    StoredSecret,
    StoredVote,
    SubOrganizationFilter,
    Trait,
    VoteSelection,
)
from counterseal.store.sqlite.store import SqliteStore

__all__ = [
    "ActivityStatus",
    "Chain",
    "Commit",
    "Conflict",
    "DeadLetter",
    "Ending",
    "Entry",
    "Growth",
    "LedgerStore",
    "Line",
    "NewDelivery",
    "NewEvent",
    "Outbox",
    "Pending",
    "QueuedEvent",
    "Reads",
    "RowChanges",
    "RowKey",
    "SealedRow",
    "Settlement",
    "SharedStore",
    "Shown",
    "SqliteStore",
    "Store",
    "StoreError",
    "StoredActivity",
    "StoredBootProof",
    "StoredLog",
    "StoredSecret",
    "StoredVote",
    "SubOrganizationFilter",
    "Trait",
    "Turn",
    "Unknown",
    "VoteSelection",
    "Waiting",
]
