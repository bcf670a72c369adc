"""The server's own keys, sealed."""

from __future__ import annotations

from collections.abc import Sequence

from counterseal.store.records import StoredSecret
from counterseal.store.sql import tables
from counterseal.store.sql.query import Alter, Query, Read


def read_sealed_secrets() -> Read[list[StoredSecret]]:
    """All of them."""
    rows = yield Query("SELECT name, public_key, sealed FROM sealed_secrets ORDER BY name")
    return [StoredSecret(name=name, public_key=public_key, sealed=sealed) for name, public_key, sealed in rows]


def add(secrets: Sequence[StoredSecret]) -> list[Alter]:
    """What adds those whose names are new."""
    return tables.ADD_SEALED_SECRETS.of([(each.name, each.public_key, each.sealed) for each in secrets])
