"""Durable storage: the ``Store`` protocol, the records that cross it, and SQLite behind it."""

from counterseal.store.protocol import Store, StoreError
from counterseal.store.records import (
    ActivityStatus,
    Commit,
    OrganizationChanges,
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
    "OrganizationChanges",
    "SqliteStore",
    "Store",
    "StoreError",
    "StoredActivity",
    "StoredSecret",
    "StoredVote",
    "SubOrganizationFilter",
    "Trait",
    "VoteSelection",
]
