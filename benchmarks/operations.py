"""The operations under load: how each request is made, and what a good reply contains."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any, NamedTuple

from benchmarks.load import StampedRequest
from benchmarks.population import Stamper
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.crypto.p256 import uncompress

_COMPLETED = '"status":"ACTIVITY_STATUS_COMPLETED"'


class Operation(NamedTuple):
    """``body`` makes one request's body. ``requests_max`` bounds a run: see ``population`` for why."""

    path: str
    body: Callable[[Stamper], dict[str, Any]]
    good_reply_contains: str
    requests_max: int
    under_policies: bool = False


def stamped_requests(operation: Operation, stampers: list[Stamper], *, count: int) -> Iterator[StampedRequest]:
    """``count`` different requests, the stampers taking turns."""
    for stamper in islice(cycle(stampers), count):
        body = json.dumps(operation.body(stamper), separators=(",", ":")).encode()
        yield StampedRequest(operation.path, sign_stamp(stamper.key, body), body)


def _whoami(stamper: Stamper) -> dict[str, Any]:
    return {"organizationId": stamper.organization_id}


def _create_api_keys(stamper: Stamper) -> dict[str, Any]:
    """One expiring key for oneself."""
    new_key = {
        "apiKeyName": "Benchmark key",
        "publicKey": generate_key_pair(Curve.P256).public_key.hex(),
        "curveType": "API_KEY_CURVE_P256",
        "expirationSeconds": "86400",
    }
    return _submit(stamper, "ACTIVITY_TYPE_CREATE_API_KEYS_V2", {"userId": stamper.user_id, "apiKeys": [new_key]})


def _create_read_write_session(stamper: Stamper) -> dict[str, Any]:
    """A session for oneself, to a target key that nobody has used before."""
    target = uncompress(generate_key_pair(Curve.P256).public_key).hex()
    return _submit(
        stamper,
        "ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION_V2",
        {"targetPublicKey": target, "apiKeyName": "Benchmark session", "expirationSeconds": "900"},
    )


def _submit(stamper: Stamper, kind: str, parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": kind,
        "timestampMs": str(time.time_ns() // 1_000_000),
        "organizationId": stamper.organization_id,
        "parameters": parameters,
    }


OPERATIONS = {
    "whoami": Operation("/public/v1/query/whoami", _whoami, '"userId"', 20_000),
    "create_api_keys": Operation("/public/v1/submit/create_api_keys", _create_api_keys, _COMPLETED, 10_000),
    "create_api_keys+100policies": Operation(
        "/public/v1/submit/create_api_keys", _create_api_keys, _COMPLETED, 4_000, under_policies=True
    ),
    "create_read_write_session": Operation(
        "/public/v1/submit/create_read_write_session", _create_read_write_session, _COMPLETED, 10_000
    ),
}
