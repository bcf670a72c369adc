"""A transaction that could not be rolled back stayed open on its connection, and every later write was answered 503
until a restart: `cannot start a transaction within a transaction`. The store now takes a new connection instead.

SQLite's authorizer makes the statements fail, on the connections themselves.
"""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest

from composed import ComposedServer, Reply, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.followers.sequencer import Sequencer
from counterseal.store import SqliteStore


class Failing:
    """Makes SQLite refuse the next ``times`` statements that end a transaction in one of these ways."""

    def __init__(self, *ways: str, times: int) -> None:
        self._ways = ways
        self.times = times

    def __call__(self, action: int, way: str | None, *_: Any) -> int:
        if action == sqlite3.SQLITE_TRANSACTION and way in self._ways and self.times:
            self.times -= 1
            return sqlite3.SQLITE_DENY
        return sqlite3.SQLITE_OK


def store_of(server: ComposedServer) -> SqliteStore:
    assert isinstance(server.store, SqliteStore)
    return server.store


@pytest.fixture(autouse=True)
def _nobody_else_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object, **__: object) -> None:
        """No round of the ledger's, whose transaction might be the one that is refused."""

    monkeypatch.setattr(Sequencer, "round", nothing)


async def create_user(server: ComposedServer, name: str) -> Reply:
    return await server.submit("CREATE_USERS_V4", {"users": [user_params(name, generate_key_pair(Curve.P256))]})


async def names(server: ComposedServer) -> list[str]:
    return [user["userName"] for user in (await server.query("list_users")).json["users"]]


async def test_the_next_write_succeeds(server: ComposedServer) -> None:
    broken = store_of(server)._writer
    failing = Failing("COMMIT", "ROLLBACK", times=2)
    broken.set_authorizer(failing)
    assert (await create_user(server, "never")).error == (503, 14, "")
    assert failing.times == 0
    assert broken.in_transaction, "this is the fault"
    assert await names(server) == ["root"]
    assert (await create_user(server, "after")).status == 200
    assert await names(server) == ["root", "after"]
    await server.restart()
    assert await names(server) == ["root", "after"]


async def test_the_new_connection_waits_for_the_disk_too(server: ComposedServer) -> None:
    store = store_of(server)
    broken = store._writer
    broken.set_authorizer(Failing("COMMIT", "ROLLBACK", times=2))
    await create_user(server, "never")
    await create_user(server, "after")
    assert store._writer is not broken
    assert store._writer.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert store._writer.execute("PRAGMA foreign_keys").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        broken.execute("SELECT 1")


async def test_reads_go_on_after_one_that_could_not_be_ended(server: ComposedServer) -> None:
    store_of(server)._reader.set_authorizer(Failing("COMMIT", times=1))
    assert (await server.query("list_activities")).error == (503, 14, "")
    assert (await create_user(server, "new")).status == 200
    seen = (await server.query("list_activities")).json["activities"]
    assert len(seen) == 1, "the reader is not held back at what it saw when it failed"
