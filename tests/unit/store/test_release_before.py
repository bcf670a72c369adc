"""A database of the release before answers as it did there, to the byte; and so it does once it has been moved.

``schema_3.sql`` is the dump of the database of a server of that release, on which one of nearly every kind of activity
was carried out, some by several votes, and two still wait. ``schema_3.json`` has what that server then answered to
queries, the time, its root key and the keys of two users.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from composed import Actor, ComposedServer
from counterseal.app import App
from counterseal.crypto import load_private_key
from counterseal.keystore import FileSeal, Keystore
from counterseal.settings import Settings
from counterseal.store import SqliteStore
from counterseal.store.moving import move
from counterseal.store.postgres import DatabaseUrl
from counterseal.store.postgres.moving import postgres_target
from counterseal.store.sqlite.moving import sqlite_source
from counterseal.world import ManualClock, SeededRandom

HERE = Path(__file__).parent
THEN: dict[str, Any] = json.loads((HERE / "schema_3.json").read_text("utf-8"))

ADDED = ',"walletAuthenticators":[]'
"""What the contract has been given since."""

TOKEN = re.compile(r'(?<="session":")[^"]+(?=","sessionExpiry")')
"""What a read-only session is opened with: lists have it empty since, ``get_activity`` shows it as it was."""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The data directory of that server."""
    with closing(sqlite3.connect(tmp_path / "counterseal.db")) as connection:
        connection.executescript((HERE / "schema_3.sql").read_text("utf-8"))
        connection.execute("PRAGMA user_version = 3")
    (tmp_path / "counterseal.db").chmod(0o600)
    root_key = tmp_path / "root.key"
    root_key.write_bytes(bytes.fromhex(THEN["root_key"]))
    root_key.chmod(0o600)
    return tmp_path


@pytest_asyncio.fixture(params=["sqlite", "postgres"])
async def server(request: pytest.FixtureRequest, directory: Path) -> AsyncIterator[ComposedServer]:
    """This release on it, or on a PostgreSQL to which it has been moved."""
    database = None
    if request.param == "postgres":
        await SqliteStore.open(directory / "counterseal.db").close()  # which brings it up to date
        database = DatabaseUrl(request.getfixturevalue("postgres").new_database())
        async with sqlite_source(directory / "counterseal.db") as source, postgres_target(database) as target:
            await move(source, target, watch=lambda rows: None)
    clock, random = ManualClock(THEN["now_ms"]), SeededRandom(1)
    app = await App.start(Settings(data=directory, database=database), clock=clock, random=random)
    data, store = app._directory, app._store
    composed = ComposedServer(
        app=app,
        clock=clock,
        random=random,
        store=store,
        keystore=Keystore.open(FileSeal(directory), await data.sealed_secrets(store)),
        directory=data,
        root=actor(THEN),
    )
    yield composed
    await composed.app.stop()


def actor(of: dict[str, Any]) -> Actor:
    return Actor(THEN["organization_id"], of["user_id"], load_private_key(of["private_key"]))


async def test_every_query_is_answered_as_before(server: ComposedServer) -> None:
    for name, members, body in THEN["replies"]:
        reply = await server.query(name, **members)
        assert (reply.status, reply.body.decode().replace(ADDED, "")) == (200, TOKEN.sub("", body)), (name, members)
        for activity in json.loads(body).get("activities", []):
            asked = {"organizationId": activity["organizationId"], "activityId": activity["id"]}
            alone = await server.query("get_activity", **asked)
            assert json.loads(alone.body.decode().replace(ADDED, "")) == {"activity": activity}


async def test_every_version_can_still_be_read(server: ComposedServer) -> None:
    (last,) = (await server.store.versions([THEN["organization_id"]])).values()
    assert last > 30
    for version in range(1, last + 1):
        then = await server.store.snapshot_as_of(THEN["organization_id"], version)
        assert then is not None
        assert then.version == version
    assert then == await server.store.snapshot(THEN["organization_id"])


async def test_the_same_bytes_are_still_the_same_activity_and_what_waits_goes_on(server: ComposedServer) -> None:
    reply = await server.submit("APPROVE_ACTIVITY", {"fingerprint": THEN["waiting"]}, by=actor(THEN["voter"]))
    assert reply.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert (await server.query("whoami")).json["organizationName"] == "two are needed"
    (first, second) = reply.activity["votes"]
    assert (first["userId"], second["userId"]) == (THEN["user_id"], THEN["voter"]["user_id"])
    path = "/public/v1/submit/update_organization_name"
    again = await server.post(path, first["message"].encode(), by=server.root)
    assert again.activity["id"] == reply.activity["id"]
