"""A stamp says no path, and ``{"organizationId": …}`` is a whole request of many queries: a ``whoami`` that was
overheard served as ``list_activities``, which handed out the tokens of its owner's read-only sessions.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from composed import ComposedServer
from counterseal.contract import all_operations
from counterseal.crypto import sign_stamp

QUERIES = sorted(operation.path for operation in all_operations() if operation.path.startswith("/public/v1/query/"))


def result_of(activity: dict[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = activity["result"]["createReadOnlySessionResult"]
    return result


async def opened(server: ComposedServer) -> dict[str, Any]:
    activity = (await server.submit("CREATE_READ_ONLY_SESSION", {})).activity
    assert result_of(activity)["session"]
    return activity


async def test_one_body_is_a_request_of_many_queries_and_none_of_them_shows_the_token(server: ComposedServer) -> None:
    token = result_of(await opened(server))["session"]
    body = json.dumps({"organizationId": server.root.organization_id}).encode()
    stamp = sign_stamp(server.root.key, body)
    answered = []
    for path in QUERIES:
        reply = await server.post(path, body, by=None, stamp=stamp)
        assert token not in reply.body.decode(), path
        if reply.status == 200:
            answered.append(path.rpartition("/")[2])
    assert {"whoami", "list_users", "list_activities"} <= set(answered)


@pytest.mark.parametrize("asked", [{}, {"filterByType": ["ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION"]}])
async def test_a_list_shows_the_session_and_not_its_token(server: ComposedServer, asked: dict[str, Any]) -> None:
    activity = await opened(server)
    listed = (await server.query("list_activities", **asked)).json["activities"]
    (shown,) = [each for each in listed if each["id"] == activity["id"]]
    assert result_of(shown) == result_of(activity) | {"session": ""}


async def test_who_names_the_activity_is_shown_it(server: ComposedServer) -> None:
    activity = await opened(server)
    assert (await server.query("get_activity", activityId=activity["id"])).activity == activity
    reader = await server.add_user("ann")
    other = (await server.query("get_activity", by=reader, activityId=activity["id"])).activity
    assert result_of(other)["session"] == ""
