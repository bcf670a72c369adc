"""Whatever is altered, deleted, inserted or reordered in a table that the ledger speaks for is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from audited import decide_much, exported, key_of, sequenced
from counterseal.audit import verify
from counterseal.contract.errors import NotFound
from counterseal.data_directory import STORE_FILE
from counterseal.ledger import LedgerError
from counterseal.store import SqliteStore
from counterseal.store.sql import tables
from office import Office

SPOKEN_FOR = (tables.ORGANIZATIONS, tables.ITEMS, tables.ACTIVITIES, tables.VOTES, tables.LEDGER_ENTRIES)


class Copy:
    """A store that its owner may write to, as it likes."""

    def __init__(self, path: Path, organization_id: str, key: bytes) -> None:
        self.path = path
        self.organization_id = organization_id
        self.key = key
        self.whole = path.read_bytes()

    async def fault_after(self, *statements: str) -> str:
        """What is said of it once these have been run."""
        self.path.write_bytes(self.whole)
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("PRAGMA ignore_check_constraints = ON")
            for statement in statements:
                assert connection.execute(statement).rowcount != 0, f"nothing was altered: {statement}"
        store = SqliteStore.open_read_only(self.path)
        try:
            await verify(await exported(store, self.organization_id), self.key)
        except (LedgerError, NotFound) as fault:
            return str(fault)
        finally:
            await store.close()
        return ""


@pytest.fixture
async def copy(office: Office, tmp_path: Path) -> Copy:
    server = office.server
    await decide_much(office)
    await sequenced(server)
    await server.store.close()
    path = server.directory.path / STORE_FILE
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    made = Copy(path, server.root.organization_id, key_of(server))
    assert await made.fault_after() == ""
    return made


def mutations(path: Path) -> Iterator[tuple[str, ...]]:
    """Of each table some rows: each column altered, each row deleted, two rows in each other's place, one inserted."""
    with closing(sqlite3.connect(path)) as connection:
        for table in SPOKEN_FOR:
            names = [name for name, _ in table.columns]
            key = names[: table.key]
            rows = connection.execute(
                f"SELECT {', '.join(f'quote({name})' for name in names)} FROM {table.name}"
            ).fetchall()
            for row in {rows[0], rows[len(rows) // 2], rows[-1]}:
                values = dict(zip(names, row, strict=True))
                where = " AND ".join(f"{name} = {values[name]}" for name in key)
                for name, type_ in table.columns:
                    for value in altered(type_, values[name]):
                        yield (f"UPDATE {table.name} SET {name} = {value} WHERE {where}",)
                yield (f"DELETE FROM {table.name} WHERE {where}",)


def altered(type_: str, value: str) -> list[str]:
    """Other values for a literal."""
    if value == "NULL":
        return {"number": ["7"], "bytes": ["x'00'"], "text": ["'{}'"]}[type_]
    if type_ == "number":
        return [f"{value} + 1000"]
    if type_ == "bytes":
        return [f"CAST({value} || x'20' AS BLOB)" if len(value) != 35 else "randomblob(16)"]
    return [f"{value} || ' '"]


async def test_whatever_is_altered_or_deleted_is_found(copy: Copy) -> None:
    tried = list(mutations(copy.path))
    assert len(tried) > 100
    unseen = [statements for statements in tried if not await copy.fault_after(*statements)]
    assert unseen == []


INSERTED = {
    "a vote": "INSERT INTO votes SELECT activity_id, ordinal + 1, randomblob(16), user_id, credential_id, public_key,"
    " scheme, signature, message, selection, organization_version, created_ms, decision FROM votes"
    " ORDER BY activity_id DESC LIMIT 1",
    "an activity": "INSERT INTO activities SELECT randomblob(16), organization_id, type, randomblob(32), status,"
    " result, failure, created_ms, updated_ms, resolved FROM activities LIMIT 1",
    "an item": "INSERT INTO items SELECT organization_id, span, owner_id, kind, randomblob(16), since, until, place,"
    " data FROM items WHERE kind = 'policy' LIMIT 1",
    "an entry": "INSERT INTO ledger_entries SELECT log, seq + 1, kind, organization_id, randomblob(16), ordinal,"
    " effects, previous, at_ms, salt, commitment FROM ledger_entries ORDER BY seq DESC LIMIT 1",
}
SWAPPED = {
    "results of two activities": "UPDATE activities SET result = (SELECT result FROM activities AS other WHERE"
    " other.result <> activities.result AND other.type = activities.type LIMIT 1) WHERE result IS NOT NULL",
    "messages of two votes": "UPDATE votes SET message = (SELECT message FROM votes AS other WHERE other.activity_id >"
    " votes.activity_id AND length(message) > 0 LIMIT 1) WHERE rowid = 2",
    "entries": "UPDATE ledger_entries SET seq = CASE seq WHEN 3 THEN 1000004 ELSE 1000003 END WHERE seq IN (3, 4)",
}


@pytest.mark.parametrize("name", [*INSERTED, *SWAPPED])
async def test_whatever_is_inserted_or_reordered_is_found(copy: Copy, name: str) -> None:
    statements = [(INSERTED | SWAPPED)[name]]
    if name == "entries":
        statements.append("UPDATE ledger_entries SET seq = seq - 1000000 WHERE seq > 1000000")
    assert await copy.fault_after(*statements)
