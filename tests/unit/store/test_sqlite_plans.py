"""No read goes through a whole table or index: each finds its rows by an index, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

import sample
from counterseal.store import SqliteStore, SubOrganizationFilter, Trait
from counterseal.store.sqlite import store as sqlite_store
from sample import ORGANIZATION_ID, PARENT_ID, uuid

PAGE: dict[str, Any] = {"limit": 10, "before": None, "after": None}
READS: dict[str, Callable[[SqliteStore], Awaitable[object]]] = {
    "snapshot": lambda store: store.snapshot(ORGANIZATION_ID),
    "version": lambda store: store.version(ORGANIZATION_ID),
    "known_fingerprints of one": lambda store: store.known_fingerprints([(ORGANIZATION_ID, b"1" * 32)]),
    "known_fingerprints of many": lambda store: store.known_fingerprints([(ORGANIZATION_ID, b"1" * 32)] * 40),
    "activity_by_fingerprint": lambda store: store.activity_by_fingerprint(ORGANIZATION_ID, b"1" * 32),
    "activity": lambda store: store.activity(ORGANIZATION_ID, uuid(1)),
    "list_activities": lambda store: store.list_activities(ORGANIZATION_ID, statuses=[], types=[], **PAGE),
    "user_as_of": lambda store: store.user_as_of(ORGANIZATION_ID, uuid(1), 1),
    "snapshot_as_of": lambda store: store.snapshot_as_of(ORGANIZATION_ID, 1),
    "organization_id_of_activity": lambda store: store.organization_id_of_activity(uuid(1)),
    "sub_organization_ids": lambda store: store.sub_organization_ids(PARENT_ID, matching=None, **PAGE),
    "sub_organization_ids by public key": lambda store: store.sub_organization_ids_by_public_key(
        PARENT_ID, sample.public_key()
    ),
    "sub_organization_ids by credential id": lambda store: store.sub_organization_ids_by_credential_id(PARENT_ID, "x"),
    "organization_ids by public key": lambda store: store.organization_ids_by_public_key(sample.public_key()),
    "organization_ids by credential id": lambda store: store.organization_ids_by_credential_id("x"),
    "sub_organization_activity": lambda store: store.sub_organization_activity(PARENT_ID, uuid(1)),
} | {
    f"sub_organization_ids by {trait.name}": lambda store, trait=trait: store.sub_organization_ids(  # type: ignore[misc]
        PARENT_ID, matching=SubOrganizationFilter(trait=trait, value="02" * 33), **PAGE
    )
    for trait in Trait
}


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
async def test_a_read_finds_its_rows_by_an_index(
    read: Callable[[SqliteStore], Awaitable[object]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    connect = sqlite_store._connect

    def watched(path: Path, **members: Any) -> sqlite3.Connection:
        connection = connect(path, **members)
        connection.set_trace_callback(said.append)
        return connection

    monkeypatch.setattr(sqlite_store, "_connect", watched)
    store = SqliteStore.create(tmp_path / "store.db")
    for id_, parent_id in (PARENT_ID, None), (ORGANIZATION_ID, PARENT_ID):
        changes = sample.creation([], root=[], parent_id=parent_id)
        await store.commit([sample.commit(None, sample.changed(id_, 1, *changes))])
    said.clear()
    await read(store)
    selects = [statement for statement in said if statement.startswith(("SELECT", "WITH"))]
    assert selects
    await store.close()
    with sqlite3.connect(tmp_path / "store.db") as connection:
        plans = {one: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {one}")] for one in selects}
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    scans = [(one, step) for one, plan in plans.items() for step in plan if _scanned(step) in tables]
    assert not scans


def _scanned(step: str) -> str:
    """The table that a step of a plan goes through from one end to the other."""
    words = step.split()
    return words[1] if words[0] == "SCAN" else ""
