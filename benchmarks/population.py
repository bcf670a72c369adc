"""Who sends the requests: 1,000 users with one P-256 key each, ten to each of 100 sub-organizations.

Every user is a root user of its sub-organization (threshold 1) and stamps with a long-lived key, which no new key can
evict. Besides, 400 users who are no root users, ten to each of 40 sub-organizations with 100 policies, one of which
lets them make keys. What the benchmarks create are expiring keys, of which a user may hold ten at a time: the load of
one run is at most ten requests a user, so no limit is met and nothing is evicted.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.policies import realistic_policies
from benchmarks.servers import COUNTERSEAL, counterseal_server
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, load_private_key, sign_stamp

SUB_ORGANIZATIONS = 100
USERS_OF_EACH = 10
ORGANIZATIONS_WITH_POLICIES = 40
PLAIN_USERS_OF_EACH = 10


class Stamper(NamedTuple):
    """A user who stamps."""

    organization_id: str
    user_id: str
    key: PrivateKey


class Population(NamedTuple):
    """``roots`` need no policy, ``under_policies`` are no root users and have organizations of 100 policies each."""

    roots: list[Stamper]
    under_policies: list[Stamper]


def make_server(data: Path) -> dict[str, str]:
    """A new server in ``data``, and what ``counterseal init`` says of it."""
    made = subprocess.run(
        [COUNTERSEAL, "init", "--data", data, "--organization", "Benchmark", "--user-name", "root", "--json"],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(made.stdout)  # type: ignore[no-any-return]


def populate(data: Path) -> Population:
    """Make a new server in ``data`` and fill it through its own API."""
    report = make_server(data)
    root_key = load_private_key(Path(report["apiPrivateKeyFile"]).read_text())
    with counterseal_server(data) as server:
        connection = HTTPConnection(urlsplit(server.url).netloc)
        users = [
            _sub_organization(connection, report["organizationId"], root_key, f"Sub-organization {number}")
            for number in range(SUB_ORGANIZATIONS)
        ]
        owners = [
            _sub_organization(connection, report["organizationId"], root_key, f"With policies {number}", users=1)[0]
            for number in range(ORGANIZATIONS_WITH_POLICIES)
        ]
        plain_users = [_under_policies(connection, owner) for owner in owners]
        connection.close()
    return Population(roots=_interleaved(users), under_policies=_interleaved(plain_users))


def _interleaved(users: list[list[Stamper]]) -> list[Stamper]:
    """Neighbouring requests belong to different organizations."""
    return [stamper for of_one_rank in zip(*users, strict=True) for stamper in of_one_rank]


def _sub_organization(
    connection: HTTPConnection, parent_id: str, root_key: PrivateKey, name: str, *, users: int = USERS_OF_EACH
) -> list[Stamper]:
    keys = [generate_key_pair(Curve.P256) for _ in range(users)]
    root_users = [_user(number, key) for number, key in enumerate(keys)]
    parameters = {"subOrganizationName": name, "rootUsers": root_users, "rootQuorumThreshold": 1}
    result = _submit(connection, "CREATE_SUB_ORGANIZATION_V7", parent_id, parameters, root_key)
    return [
        Stamper(result["subOrganizationId"], user_id, key)
        for user_id, key in zip(result["rootUserIds"], keys, strict=True)
    ]


def _under_policies(connection: HTTPConnection, owner: Stamper) -> list[Stamper]:
    """Users of the owner's organization with a tag, by which one of its 100 policies lets them make their own keys."""
    tag = {"userTagName": "Key holders", "userIds": []}
    tag_id = _submit(connection, "CREATE_USER_TAG", owner.organization_id, tag, owner.key)["userTagId"]
    keys = [generate_key_pair(Curve.P256) for _ in range(PLAIN_USERS_OF_EACH)]
    users = [_user(number, key) | {"userTags": [tag_id]} for number, key in enumerate(keys)]
    made = _submit(connection, "CREATE_USERS_V3", owner.organization_id, {"users": users}, owner.key)
    policies = {"policies": realistic_policies(tag_id)}
    _submit(connection, "CREATE_POLICIES", owner.organization_id, policies, owner.key)
    return [Stamper(owner.organization_id, user_id, key) for user_id, key in zip(made["userIds"], keys, strict=True)]


def _user(number: int, key: PrivateKey) -> dict[str, Any]:
    return {
        "userName": f"User {number}",
        "apiKeys": [
            {"apiKeyName": "Stamping key", "publicKey": key.public_key.hex(), "curveType": "API_KEY_CURVE_P256"}
        ],
        "authenticators": [],
        "oauthProviders": [],
    }


def _submit(
    connection: HTTPConnection, kind: str, organization_id: str, parameters: dict[str, Any], key: PrivateKey
) -> Any:
    """The activity's one result."""
    body = {
        "type": f"ACTIVITY_TYPE_{kind}",
        "timestampMs": str(time.time_ns() // 1_000_000),
        "organizationId": organization_id,
        "parameters": parameters,
    }
    path = re.sub(r"_V\d+$", "", kind).lower()
    reply = _post(connection, f"/public/v1/submit/{path}", json.dumps(body).encode(), key)
    (result,) = reply["activity"]["result"].values()
    return result


def _post(connection: HTTPConnection, path: str, body: bytes, key: PrivateKey) -> dict[str, Any]:
    connection.request("POST", path, body, {"X-Stamp": sign_stamp(key, body)})
    response = connection.getresponse()
    reply = response.read()
    if response.status != 200:
        raise RuntimeError(f"{path} answered {response.status}: {reply.decode()[:500]}")
    return json.loads(reply)  # type: ignore[no-any-return]
