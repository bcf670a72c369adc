"""get_activity and list_activities."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from composed import ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest_asyncio.fixture
async def history(server: ComposedServer) -> list[str]:
    """Ids of five activities, oldest first: users made, but the fourth denied."""
    ann = await server.add_user("ann")
    made = [await server.query("list_activities")]
    ids = [made[0].json["activities"][0]["id"]]
    for at in range(4):
        parameters = {"users": [user_params(f"user {at}", generate_key_pair(Curve.P256))]}
        await server.submit("CREATE_USERS_V4", parameters, by=ann if at == 2 else None)
        ids.append((await server.query("list_activities")).json["activities"][0]["id"])
    return ids


async def listed(server: ComposedServer, **members: Any) -> list[str]:
    reply = await server.query("list_activities", **members)
    assert reply.status == 200, reply.body
    return [activity["id"] for activity in reply.json["activities"]]


async def test_activities_are_listed_newest_first(server: ComposedServer, history: list[str]) -> None:
    assert await listed(server) == history[::-1]
    assert sorted(history) == history


async def test_pages_are_cut_by_id(server: ComposedServer, history: list[str]) -> None:
    newest = history[::-1]
    assert await listed(server, paginationOptions={"limit": "2"}) == newest[:2]
    assert await listed(server, paginationOptions={"limit": 2, "after": newest[1]}) == newest[2:4]
    assert await listed(server, paginationOptions={"limit": "2", "before": newest[3]}) == newest[1:3]
    assert await listed(server, paginationOptions={"limit": "", "before": "", "after": ""}) == newest


async def test_a_page_has_ten_unless_asked_otherwise(server: ComposedServer, history: list[str]) -> None:
    for at in range(8):
        await server.add_user(f"more {at}")
    assert len(await listed(server)) == 10
    assert len(await listed(server, paginationOptions={"limit": "100"})) == 13


async def test_filters_admit_any_of_their_values_and_both_must_admit(
    server: ComposedServer, history: list[str]
) -> None:
    failed, completed = "ACTIVITY_STATUS_FAILED", "ACTIVITY_STATUS_COMPLETED"
    users, keys = "ACTIVITY_TYPE_CREATE_USERS_V4", "ACTIVITY_TYPE_CREATE_API_KEYS_V2"
    await server.add_key(server.root)
    newest = await listed(server)
    assert await listed(server, filterByStatus=[failed]) == [history[3]]
    assert await listed(server, filterByStatus=[failed, completed]) == newest
    assert await listed(server, filterByType=[keys]) == newest[:1]
    assert await listed(server, filterByType=[keys, users]) == newest
    assert await listed(server, filterByType=[keys], filterByStatus=[failed]) == []
    assert await listed(server, filterByType=["ACTIVITY_TYPE_CREATE_API_KEYS"]) == [], "versions are types of their own"
    assert await listed(server, filterByType=[], filterByStatus=[]) == newest


async def test_a_status_that_never_occurs_admits_nothing(server: ComposedServer, history: list[str]) -> None:
    assert await listed(server, filterByStatus=["ACTIVITY_STATUS_CREATED"]) == []
    assert await listed(server, filterByStatus=["ACTIVITY_STATUS_CREATED", "ACTIVITY_STATUS_FAILED"]) == [history[3]]


@pytest.mark.parametrize(
    "members",
    [
        {"paginationOptions": {"limit": "0"}},
        {"paginationOptions": {"limit": "101"}},
        {"paginationOptions": {"limit": "-1"}},
        {"paginationOptions": {"limit": "ten"}},
        {"paginationOptions": {"after": "newest"}},
        {"paginationOptions": {"before": "oldest"}},
        {"filterByStatus": ["ACTIVITY_STATUS_LOST"]},
        {"filterByStatus": "ACTIVITY_STATUS_FAILED"},
        {"filterByType": ["ACTIVITY_TYPE_CREATE_PEACE"]},
    ],
)
async def test_what_makes_no_sense_is_a_bad_request(server: ComposedServer, members: dict[str, Any]) -> None:
    reply = await server.query("list_activities", **members)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    name = next(iter(members))
    assert name in reply.message


async def test_an_activity_is_found_by_its_id_alone(server: ComposedServer, history: list[str]) -> None:
    for activity in (await server.query("list_activities")).json["activities"]:
        assert (await server.query("get_activity", activityId=activity["id"].upper())).activity == activity
    assert (await server.query("get_activity", activityId=UNKNOWN)).error == (404, 5, "")
    assert (await server.query("get_activity", activityId="1")).error == (400, 3, "REQUEST_INVALID")


async def test_a_parent_finds_what_happened_in_its_sub_organizations(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    parent_s = (await listed(server))[0]
    await server.add_user("bob", by=sub)
    (sub_s,) = await listed(server, by=sub)
    assert (await server.query("get_activity", activityId=sub_s)).activity["organizationId"] == sub.organization_id
    assert await listed(server) == [parent_s], "lists stay apart"
    assert (await server.query("get_activity", by=sub, activityId=parent_s)).status == 404
    (other,) = await server.add_sub_organization("eve")
    assert (await server.query("get_activity", by=other, activityId=sub_s)).status == 404


async def test_votes_show_their_voters_as_they_were(server: ComposedServer) -> None:
    before = (await server.query("get_user", userId=server.root.user_id)).json["user"]
    await server.add_key(server.root)
    (activity,) = (await server.query("list_activities")).json["activities"]
    assert activity["votes"][0]["user"] == before
    await server.restart()
    (activity,) = (await server.query("list_activities")).json["activities"]
    assert activity["votes"][0]["user"] == before
    assert len((await server.query("get_user", userId=server.root.user_id)).json["user"]["apiKeys"]) == 2
