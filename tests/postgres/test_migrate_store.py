"""A deployment that is moved from SQLite to PostgreSQL, and back, answers as before."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from counterseal.crypto import Curve, PrivateKey, generate_key_pair, sign_stamp
from postgres_server import PostgresServer
from served import RunningServer

QUERIES = (
    "whoami",
    "list_activities",
    "list_users",
    "list_user_tags",
    "list_policies",
    "list_suborgs",
    "get_organization",
)


@pytest.fixture
def server(start_server: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    """One that has done something of most kinds, and has an activity that waits for a vote."""
    server = start_server()
    fill(server)
    yield server
    server.stop()


def fill(server: RunningServer) -> None:
    tag = submit(server, "create_user_tag", "CREATE_USER_TAG", {"userTagName": "tag", "userIds": [server.user_id]})
    user_ids = [submit(server, "create_users", "CREATE_USERS_V4", {"users": [user(name)]}) for name in ("ann", "bob")]
    policy = {"policyName": "one", "effect": "EFFECT_ALLOW", "condition": "true", "consensus": "false", "notes": ""}
    submit(server, "create_policy", "CREATE_POLICY_V3", policy)
    root_user = user("owner")
    sub_organization = {"subOrganizationName": "Sub", "rootUsers": [root_user], "rootQuorumThreshold": 1}
    submit(server, "create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", sub_organization)
    assert tag["userTagId"]
    quorum = {"threshold": 2, "userIds": [server.user_id, *user_ids[0]["userIds"]]}
    submit(server, "update_root_quorum", "UPDATE_ROOT_QUORUM", quorum)
    status, reply = server.submit(
        "update_organization_name", "UPDATE_ORGANIZATION_NAME", {"organizationName": "Renamed"}
    )
    assert (status, reply["activity"]["status"]) == (200, "ACTIVITY_STATUS_CONSENSUS_NEEDED")


def submit(server: RunningServer, name: str, type_: str, parameters: dict[str, object]) -> dict[str, list[str]]:
    status, reply = server.submit(name, type_, parameters)
    assert (status, reply["activity"]["status"]) == (200, "ACTIVITY_STATUS_COMPLETED"), reply
    (result,) = reply["activity"]["result"].values()
    return dict(result)


KEYS: dict[str, PrivateKey] = {}


def user(name: str) -> dict[str, object]:
    key = KEYS[name] = generate_key_pair(Curve.P256)
    api_key = {"apiKeyName": "key", "publicKey": key.public_key.hex(), "curveType": "API_KEY_CURVE_P256"}
    return {"userName": name, "apiKeys": [api_key], "authenticators": [], "oauthProviders": [], "userTags": []}


def replies(server: RunningServer) -> list[bytes]:
    """Of every query, to the byte."""
    found = [asked(server, name) for name in QUERIES]
    activities = json.loads(found[1])["activities"]
    found += [asked(server, "get_activity", activityId=activity["id"]) for activity in activities]
    for each in json.loads(found[2])["users"]:
        found += [asked(server, name, userId=each["userId"]) for name in ("get_user", "get_api_keys")]
    return found


def asked(server: RunningServer, name: str, **members: str) -> bytes:
    body = json.dumps({"organizationId": server.organization_id} | members).encode()
    headers = {"Content-Type": "application/json", "X-Stamp": sign_stamp(server.key, body)}
    with urllib.request.urlopen(urllib.request.Request(f"{server.url}/public/v1/query/{name}", body, headers)) as reply:
        content: bytes = reply.read()
    return content


def command(source: object, target: object) -> list[str]:
    return [sys.executable, "-m", "counterseal", "migrate-store", f"--from={source}", f"--to={target}"]


def migrate(source: object, target: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(source, target), capture_output=True, text=True, check=False)


def test_it_answers_the_same_bytes_on_either_store_and_goes_on(
    server: RunningServer, postgres: PostgresServer, tmp_path: Path
) -> None:
    before, database = replies(server), postgres.new_whole_database()
    refused = migrate(f"sqlite:{server.data}", database)
    assert refused.returncode == 1
    assert "is in use by another counterseal server" in refused.stderr
    server.stop()
    assert migrate(f"sqlite:{server.data}", database).returncode == 0
    on_postgres = server.another(tmp_path / "log-1", data=server.data, database=database)
    back = tmp_path / "back"
    back.mkdir(mode=0o700)
    shutil.copy(server.data / "root.key", back)
    on_postgres.start()
    try:
        assert replies(on_postgres) == before
        refused = migrate(database, f"sqlite:{back}")
        assert refused.returncode == 1
        assert "in use by counterseal servers" in refused.stderr
    finally:
        on_postgres.stop()
    assert migrate(database, f"sqlite:{back}").returncode == 0
    on_sqlite = server.another(tmp_path / "log-2", data=back)
    on_sqlite.start()
    try:
        assert replies(on_sqlite) == before
        approve(on_sqlite)
        assert json.loads(asked(on_sqlite, "whoami"))["organizationName"] == "Renamed"
    finally:
        on_sqlite.stop()


def approve(server: RunningServer) -> None:
    """What waits for Ann's vote still does."""
    (waiting,) = [
        activity
        for activity in json.loads(asked(server, "list_activities"))["activities"]
        if activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    ]
    vote = {"fingerprint": waiting["fingerprint"]}
    status, reply = server.submit("approve_activity", "APPROVE_ACTIVITY", vote, key=KEYS["ann"])
    assert (status, reply["activity"]["status"]) == (200, "ACTIVITY_STATUS_COMPLETED"), reply


def test_killed_while_it_verifies_it_is_repeated_and_until_then_no_server_starts(
    server: RunningServer, postgres: PostgresServer, tmp_path: Path
) -> None:
    before, database = replies(server), postgres.new_whole_database()
    server.stop()
    on_postgres = server.another(tmp_path / "log-1", data=server.data, database=database)
    code = (
        "import os, signal, counterseal.store.moving as moving\n"
        "async def killed(*arguments): os.kill(os.getpid(), signal.SIGKILL)\n"
        "moving._tally = killed\n"
        "import counterseal.cli; counterseal.cli.main()"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, *command(f"sqlite:{server.data}", database)[3:]], capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(RuntimeError, match="a migration into this database has not ended"):
        on_postgres.start()
    done = migrate(f"sqlite:{server.data}", database)
    assert done.returncode == 0, done.stderr
    on_postgres.start()
    try:
        assert replies(on_postgres) == before
    finally:
        on_postgres.stop()
