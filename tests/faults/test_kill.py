"""``kill -9`` under load: what was acknowledged is there, and nothing is there by halves."""

from __future__ import annotations

import http.client
import sqlite3
import threading
import time
import urllib.error
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from composed import user_params
from counterseal.crypto import Curve, generate_key_pair
from served import RunningServer

CLIENTS = 6
ROUNDS = 2
SUB_ORGANIZATION = "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V8"


def create_until_it_dies(server: RunningServer, acknowledged: list[dict[str, Any]], enough: threading.Event) -> None:
    """Make sub-organizations of two users as fast as the server takes them."""
    while True:
        users = [user_params(name, generate_key_pair(Curve.P256)) for name in ("one", "two")]
        parameters = {"subOrganizationName": "Sub", "rootUsers": users, "rootQuorumThreshold": 2}
        try:
            status, reply = server.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters)
        except (OSError, http.client.HTTPException, urllib.error.URLError, ValueError):
            return
        if status == 503:  # a worker that has lost the process that writes
            return
        assert status == 200, reply
        acknowledged.append(reply["activity"])
        if len(acknowledged) >= 30:
            enough.set()


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_acknowledged_is_there_and_nothing_is_there_by_halves(
    start_server: Callable[..., RunningServer], workers: int
) -> None:
    server = start_server(f"--workers={workers}")
    acknowledged: list[dict[str, Any]] = []
    for _ in range(ROUNDS):
        this_round: list[dict[str, Any]] = []
        enough = threading.Event()
        clients = [
            threading.Thread(target=create_until_it_dies, args=(server, this_round, enough)) for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        assert enough.wait(30)
        time.sleep(0.013)
        server.kill()
        for client in clients:
            client.join(30)
        acknowledged += this_round
        server.start(f"--workers={workers}")
        for activity in this_round[-10:]:
            assert server.query("get_activity", activityId=activity["id"]) == (200, {"activity": activity})
        check_rows(server, acknowledged)
    server.stop()


def check_rows(server: RunningServer, acknowledged: list[dict[str, Any]]) -> None:
    """Activities and their effects, row by row."""
    with closing(sqlite3.connect(server.data / "counterseal.db")) as rows:
        stored = dict(rows.execute("SELECT lower(hex(id)), result FROM activities WHERE type = ?", (SUB_ORGANIZATION,)))
        made = {id_ for (id_,) in rows.execute("SELECT lower(hex(id)) FROM organizations WHERE parent_id IS NOT NULL")}
        assert {activity["id"].replace("-", "") for activity in acknowledged} <= stored.keys()
        assert len(made) == len(stored)
        assert all(any(id_ in result.decode().replace("-", "") for id_ in made) for result in stored.values())
        for kind, each in ("profile", 1), ("user", 2), ("api_key", 2):
            (count,) = rows.execute("SELECT count(*) FROM items WHERE kind = ?", (kind,)).fetchone()
            assert count == 1 + each * len(stored)
        (keys,) = rows.execute("SELECT count(*) FROM keys WHERE name = 'public_key'").fetchone()
        assert keys == 1 + 2 * len(stored)
        (votes,) = rows.execute("SELECT count(DISTINCT activity_id) FROM votes").fetchone()
        assert votes == len(stored)
        assert rows.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert rows.execute("PRAGMA foreign_key_check").fetchall() == []
