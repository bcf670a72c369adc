"""The PostgreSQL store: any number of processes on any number of machines, none of them special."""

from counterseal.store.postgres.connection import Limits
from counterseal.store.postgres.store import PostgresStore
from counterseal.store.postgres.url import DatabaseUrl

__all__ = ["DatabaseUrl", "Limits", "PostgresStore"]
