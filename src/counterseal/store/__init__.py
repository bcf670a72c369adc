"""Durable storage: the ``Store`` protocol, the records that cross it and SQLite behind it; see ``postgres``."""

from counterseal.store.errors import Conflict, StoreError, Unknown
from counterseal.store.protocol import Reads, SharedStore, Store, Turn
from counterseal.store.records import (
    ActivityStatus,
    Commit,
    NewEvent,
    RowChanges,
    RowKey,
    SealedRow,
    StoredActivity,
    StoredSecret,
    StoredVote,
    SubOrganizationFilter,
    Trait,
    VoteSelection,
)
from counterseal.store.sqlite.store import SqliteStore

__all__ = [
    "ActivityStatus",
    "Commit",
    "Conflict",
    "NewEvent",
    "Reads",
    "RowChanges",
    "RowKey",
    "SealedRow",
    "SharedStore",
    "SqliteStore",
    "Store",
    "StoreError",
    "StoredActivity",
    "StoredSecret",
    "StoredVote",
    "SubOrganizationFilter",
    "Trait",
    "Turn",
    "Unknown",
    "VoteSelection",
]
