"""``curl --http2`` and Java's ``HttpClient`` offer HTTP/2 on plain HTTP (h2c). The server does not take the offer, and
serves the request as it is (RFC 9110, section 7.8).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from conformance.members import Member, key_parameters, root_of
from counterseal.crypto import Curve, generate_key_pair
from served import RunningServer, activity_body

JAVA = Path(__file__).parent / "java" / "StampedRequests.java"
OFFER = "Upgrade: h2c"
_PATIENCE_SECONDS = 120


@pytest.fixture
def server(python_server: RunningServer) -> RunningServer:
    """Whose root user's key stamps the requests."""
    return python_server


@pytest.fixture
def query(server: RunningServer) -> tuple[str, str]:
    """Address and body of a query."""
    return f"{server.url}/public/v1/query/whoami", json.dumps({"organizationId": server.organization_id})


@pytest.fixture
def submission(server: RunningServer) -> tuple[str, str]:
    """Address and body of an activity: a new key, which expires soon and so counts against no limit."""
    key = key_parameters(generate_key_pair(Curve.P256), expirationSeconds="60")
    parameters = {"userId": server.user_id, "apiKeys": [key]}
    body = activity_body(server.organization_id, "CREATE_API_KEYS_V2", parameters)
    return f"{server.url}/public/v1/submit/create_api_keys", body.decode()


def _is_answered(who: dict[str, Any], made: dict[str, Any], server: RunningServer) -> bool:
    status: str = made["activity"]["status"]
    return who["userId"] == server.user_id and status == "ACTIVITY_STATUS_COMPLETED"


def _curl_arguments(member: Member, url: str, body: str) -> list[str]:
    stamp = member.stamper.stamp(body)
    headers = ["Content-Type: application/json", f"{stamp.stamp_header_name}: {stamp.stamp_header_value}"]
    told = " %{http_version} %{http_code} %{num_connects}\n"
    named = [argument for header in headers for argument in ("--header", header)]
    return ["--http2", "--silent", "--verbose", *named, "--data-raw", body, "--write-out", told, url]


def test_curl(server: RunningServer, query: tuple[str, str], submission: tuple[str, str]) -> None:
    root = root_of(server)
    command = ["curl", *_curl_arguments(root, *query), "--next", *_curl_arguments(root, *submission)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True)
    replies = [line.rsplit(" ", 3) for line in done.stdout.splitlines()]
    assert [reply[1:3] for reply in replies] == [["1.1", "200"]] * 2, done.stdout
    assert [reply[3] for reply in replies] == ["1", "0"], "the connection is kept for the second"
    assert _is_answered(json.loads(replies[0][0]), json.loads(replies[1][0]), server)
    assert f"> {OFFER}" in done.stderr


@pytest.mark.skipif(shutil.which("java") is None, reason="java is not on the PATH: its HTTP client is left out")
def test_java(server: RunningServer, query: tuple[str, str], submission: tuple[str, str]) -> None:
    key = [server.key.public_key.hex(), server.key.secret.hex()]
    command = ["java", "-Djdk.httpclient.HttpClient.log=headers", str(JAVA), *key, *query, *submission]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=True)
    replies = [line.split(" ", 2) for line in done.stdout.splitlines()]
    assert [reply[:2] for reply in replies] == [["HTTP_1_1", "200"]] * 2, done.stdout
    assert _is_answered(json.loads(replies[0][2]), json.loads(replies[1][2]), server)
    assert done.stderr.count(OFFER) == 2
