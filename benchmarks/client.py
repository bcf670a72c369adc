"""A client that stamps, for what is done before anything is measured."""

from __future__ import annotations

import json
import re
import time
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from benchmarks.servers import Server
from counterseal.crypto import Curve, PrivateKey, generate_key_pair, sign_stamp
from counterseal.crypto.p256 import uncompress


class Stamper(NamedTuple):
    """A user who stamps. ``activity_ids`` are activities of the organization, the oldest first, and ``address`` is that
    of its wallet's account on Ethereum.
    """

    organization_id: str
    user_id: str
    key: PrivateKey
    activity_ids: tuple[str, ...] = ()
    address: str = ""


class Client:
    """One connection, which stays open; for use by one thread."""

    def __init__(self, server: Server) -> None:
        self._connection = HTTPConnection(urlsplit(server.url).netloc)

    def submit(self, body: dict[str, Any], key: PrivateKey) -> dict[str, Any]:
        """The activity. Raises RuntimeError for any reply but 200."""
        kind = body["type"].removeprefix("ACTIVITY_TYPE_")
        path = "/public/v1/submit/" + re.sub(r"_V\d+$", "", kind).lower()
        raw = json.dumps(body).encode()
        self._connection.request("POST", path, raw, {"X-Stamp": sign_stamp(key, raw)})
        response = self._connection.getresponse()
        reply = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}: {reply.decode()[:500]}")
        return json.loads(reply)["activity"]  # type: ignore[no-any-return]


def submission(kind: str, organization_id: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """The body of a submission that is made now; the kind has its version in it."""
    return {
        "type": f"ACTIVITY_TYPE_{kind}",
        "timestampMs": str(time.time_ns() // 1_000_000),
        "organizationId": organization_id,
        "parameters": parameters,
    }


def result_of(activity: dict[str, Any]) -> Any:
    """What came of an activity."""
    (result,) = activity["result"].values()
    return result


def new_api_key(stamper: Stamper, number: int) -> dict[str, Any]:
    """A submission that makes one expiring key for oneself. Names are of any length between 11 and 60 characters."""
    new_key = {
        "apiKeyName": f"Key {number:06} {'of a laptop ' * 4}"[: 11 + number % 50].strip(),
        "publicKey": generate_key_pair(Curve.P256).public_key.hex(),
        "curveType": "API_KEY_CURVE_P256",
        "expirationSeconds": "86400",
    }
    parameters = {"userId": stamper.user_id, "apiKeys": [new_key]}
    return submission("CREATE_API_KEYS_V2", stamper.organization_id, parameters)


def new_session(stamper: Stamper, number: int) -> dict[str, Any]:
    """A submission that makes a session for oneself, to a target key that nobody has used before."""
    parameters = {
        "targetPublicKey": uncompress(generate_key_pair(Curve.P256).public_key).hex(),
        "apiKeyName": f"Session {number:06} {'in a browser ' * 4}"[: 15 + number % 46].strip(),
        "expirationSeconds": "900",
    }
    return submission("CREATE_READ_WRITE_SESSION_V2", stamper.organization_id, parameters)
