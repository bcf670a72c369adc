"""What receivers are told of an activity."""

from __future__ import annotations

import json
from typing import Any

import pytest

from counterseal.webhooks import activity_update, is_told

ACTIVITY: dict[str, Any] = {
    "id": "a",
    "organizationId": "o",
    "status": "ACTIVITY_STATUS_COMPLETED",
    "type": "ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION",
    "intent": {"createReadOnlySessionIntent": {}},
    "result": {"createReadOnlySessionResult": {"userId": "u", "session": "a secret"}},
    "votes": [{"message": "é"}],
    "appProofs": [],
    "fingerprint": "sha256:00",
    "canApprove": True,
    "canReject": True,
    "failure": None,
}


def test_it_is_the_activity_itself() -> None:
    body = activity_update(ACTIVITY)
    told = json.loads(body)
    assert list(told) == list(ACTIVITY)
    assert told["votes"] == ACTIVITY["votes"]
    assert "é".encode() in body
    assert (told["canApprove"], told["canReject"]) == (False, False)


def test_it_tells_no_session() -> None:
    body = activity_update(ACTIVITY)
    assert b"secret" not in body
    assert json.loads(body)["result"] == {"createReadOnlySessionResult": {"userId": "u", "session": ""}}
    assert ACTIVITY["result"]["createReadOnlySessionResult"]["session"] == "a secret"


@pytest.mark.parametrize("result", [{}, None, {"deleteUsersResult": {"userIds": []}}])
def test_other_results_stay(result: dict[str, Any] | None) -> None:
    assert json.loads(activity_update(ACTIVITY | {"result": result}))["result"] == (result or {})


def test_one_that_waits_takes_votes() -> None:
    told = json.loads(activity_update(ACTIVITY | {"status": "ACTIVITY_STATUS_CONSENSUS_NEEDED", "canApprove": False}))
    assert (told["canApprove"], told["canReject"]) == (True, True)


@pytest.mark.parametrize("name", ["id", "organizationId", "status", "type", "fingerprint"])
def test_receivers_have_what_they_demand(name: str) -> None:
    for value in (None, 5):
        with pytest.raises(ValueError, match=name):
            activity_update(ACTIVITY | {name: value})


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (None, True),
        ("{}", True),
        ('{"types":["ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION","ACTIVITY_TYPE_CREATE_USERS_V4"]}', True),
        ('{"types":["ACTIVITY_TYPE_CREATE_USERS_V4"]}', False),
        ('{"statuses":["ACTIVITY_STATUS_COMPLETED"]}', True),
        ('{"statuses":["ACTIVITY_STATUS_FAILED"]}', False),
        (
            '{"types":["ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION"],"statuses":["ACTIVITY_STATUS_FAILED"]}',
            False,
        ),
    ],
)
def test_filters(filters: str | None, told: bool) -> None:
    assert is_told(filters, ACTIVITY) is told
