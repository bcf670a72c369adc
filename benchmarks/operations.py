"""The operations under load: who sends each request, how it is made, and what a good reply contains."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from benchmarks.client import Stamper, new_api_key, new_session
from benchmarks.load import StampedRequest
from benchmarks.population import (
    HISTORY,
    NEW,
    SETTLED,
    UNDER_30_POLICIES,
    UNDER_100_POLICIES,
    UNDER_SIGNING_POLICIES,
    WALLET_HOLDERS,
)
from benchmarks.wallets import ethereum_accounts, new_wallet, raw_payload, transfer
from counterseal.crypto import sign_stamp

_COMPLETED = '"status":"ACTIVITY_STATUS_COMPLETED"'


class Operation(NamedTuple):
    """``body`` makes the request that a user sends as its n-th. A user sends at most ``each_max`` in a run.

    ``has_decided``: one user of each organization has sent one more before, so that its policies are compiled.
    """

    path: str
    body: Callable[[Stamper, int], dict[str, Any]]
    good_reply_contains: str
    group: str
    each_max: int = 10
    is_write: bool = False
    has_decided: bool = False


def stamped_requests(operation: Operation, senders: list[Stamper]) -> Iterator[StampedRequest]:
    """All that one run may send: each sender's first request, then each one's second, and so on."""
    for number in range(operation.each_max):
        for sender in senders:
            yield _stamped(operation, sender, number)


def introductions(operation: Operation, senders: list[Stamper]) -> Iterator[StampedRequest]:
    """What a run begins after: one request of each, before which a server knows none of them."""
    for sender in senders:
        yield _stamped(OPERATIONS["whoami"], sender, 0)
    if operation.has_decided:
        for sender in {each.organization_id: each for each in senders}.values():
            yield _stamped(operation, sender, operation.each_max)


def _stamped(operation: Operation, sender: Stamper, number: int) -> StampedRequest:
    body = json.dumps(operation.body(sender, number), separators=(",", ":")).encode()
    return StampedRequest(operation.path, sign_stamp(sender.key, body), body)


def _whoami(stamper: Stamper, _number: int) -> dict[str, Any]:
    return {"organizationId": stamper.organization_id}


def _get_activity(stamper: Stamper, number: int) -> dict[str, Any]:
    return {
        "organizationId": stamper.organization_id,
        "activityId": stamper.activity_ids[number % len(stamper.activity_ids)],
    }


def _list_activities(stamper: Stamper, _number: int) -> dict[str, Any]:
    return {"organizationId": stamper.organization_id, "paginationOptions": {"limit": str(HISTORY)}}


def _operations() -> Iterator[tuple[str, Operation]]:
    """Everything without policies and under 30; and what has a row of its own."""
    for suffix, young, old in ("", NEW, SETTLED), ("+30policies", UNDER_30_POLICIES, UNDER_30_POLICIES):
        yield f"whoami{suffix}", Operation("/public/v1/query/whoami", _whoami, '"userId"', young)
        yield f"get_activity{suffix}", Operation("/public/v1/query/get_activity", _get_activity, _COMPLETED, old)
        yield (
            f"list_activities{suffix}",
            Operation("/public/v1/query/list_activities", _list_activities, _COMPLETED, old),
        )
        yield f"create_api_keys{suffix}", _creating_api_keys(young)
        yield f"create_read_write_session{suffix}", _creating_sessions(young)
    yield (
        "create_api_keys+100policies",
        _creating_api_keys(UNDER_100_POLICIES)._replace(each_max=9, has_decided=True),
    )
    yield "create_read_write_session+eviction", _creating_sessions(SETTLED)
    yield "sign_raw_payload", _writing("sign_raw_payload", raw_payload, WALLET_HOLDERS)
    yield (
        "sign_transaction+10policies",
        _writing("sign_transaction", transfer, UNDER_SIGNING_POLICIES)._replace(each_max=9, has_decided=True),
    )
    yield "create_wallet", _writing("create_wallet", partial(new_wallet, accounts=ethereum_accounts(4)), NEW)


def _creating_api_keys(group: str) -> Operation:
    return _writing("create_api_keys", new_api_key, group)


def _creating_sessions(group: str) -> Operation:
    return _writing("create_read_write_session", new_session, group)


def _writing(name: str, body: Callable[[Stamper, int], dict[str, Any]], group: str) -> Operation:
    return Operation(f"/public/v1/submit/{name}", body, _COMPLETED, group, is_write=True)


OPERATIONS = dict(_operations())
