"""Who sends the requests: 1,000 users with one P-256 key each, ten to each of 100 sub-organizations.

Every user is a root user of its sub-organization (threshold 1) and stamps with a long-lived key, which no new key can
evict. What the benchmarks create are expiring keys, of which a user may hold ten at a time: the load of one run is at
most ten requests a user, so no limit is met and nothing is evicted.
"""

from __future__ import annotations

import json
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.servers import COUNTERSEAL, counterseal_server
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, load_private_key, sign_stamp

SUB_ORGANIZATIONS = 100
USERS_OF_EACH = 10


class Stamper(NamedTuple):
    """A user who stamps."""

    organization_id: str
    user_id: str
    key: PrivateKey


def populate(data: Path) -> list[Stamper]:
    """Make a new server in ``data`` and fill it through its own API."""
    made = subprocess.run(
        [COUNTERSEAL, "init", "--data", data, "--organization", "Benchmark", "--user-name", "root", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    report = json.loads(made.stdout)
    root_key = load_private_key(Path(report["apiPrivateKeyFile"]).read_text())
    with counterseal_server(data) as server:
        connection = HTTPConnection(urlsplit(server.url).netloc)
        users = [
            _sub_organization(connection, report["organizationId"], root_key, f"Sub-organization {number}")
            for number in range(SUB_ORGANIZATIONS)
        ]
        connection.close()
    # Neighbouring requests belong to different organizations.
    return [stamper for of_one_rank in zip(*users, strict=True) for stamper in of_one_rank]


def _sub_organization(connection: HTTPConnection, parent_id: str, root_key: PrivateKey, name: str) -> list[Stamper]:
    keys = [generate_key_pair(Curve.P256) for _ in range(USERS_OF_EACH)]
    root_users = [
        {
            "userName": f"User {number}",
            "apiKeys": [
                {"apiKeyName": "Stamping key", "publicKey": key.public_key.hex(), "curveType": "API_KEY_CURVE_P256"}
            ],
            "authenticators": [],
            "oauthProviders": [],
        }
        for number, key in enumerate(keys)
    ]
    body = {
        "type": "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V7",
        "timestampMs": str(time.time_ns() // 1_000_000),
        "organizationId": parent_id,
        "parameters": {"subOrganizationName": name, "rootUsers": root_users, "rootQuorumThreshold": 1},
    }
    reply = _post(connection, "/public/v1/submit/create_sub_organization", json.dumps(body).encode(), root_key)
    result = reply["activity"]["result"]["createSubOrganizationResultV7"]
    return [
        Stamper(result["subOrganizationId"], user_id, key)
        for user_id, key in zip(result["rootUserIds"], keys, strict=True)
    ]


def _post(connection: HTTPConnection, path: str, body: bytes, key: PrivateKey) -> dict[str, Any]:
    connection.request("POST", path, body, {"X-Stamp": sign_stamp(key, body)})
    response = connection.getresponse()
    reply = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}: {reply.decode()[:500]}")
    return json.loads(reply)  # type: ignore[no-any-return]
