"""DELETE_SUB_ORGANIZATION: who may, what is left, and what the parent still reads."""

from __future__ import annotations

import asyncio

import pytest

from composed import Actor, ComposedServer, key_params
from counterseal.crypto import Curve, generate_key_pair


async def listed(server: ComposedServer) -> list[str]:
    ids: list[str] = (await server.query("list_suborgs")).json["organizationIds"]
    return ids


@pytest.mark.parametrize("parameters", [{}, {"deleteWithoutExport": True}, {"deleteWithoutExport": False}])
async def test_the_reply_says_that_it_is_done(server: ComposedServer, parameters: dict[str, bool]) -> None:
    [root] = await server.add_sub_organization("root")
    reply = await server.submit("DELETE_SUB_ORGANIZATION", parameters, by=root)
    activity = reply.activity
    assert activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert activity["organizationId"] == root.organization_id
    assert activity["intent"] == {"deleteSubOrganizationIntent": parameters}
    assert activity["result"] == {"deleteSubOrganizationResult": {"subOrganizationUuid": root.organization_id}}
    [vote] = activity["votes"]
    assert (vote["userId"], vote["user"]["userName"]) == (root.user_id, "root")
    assert vote["user"]["apiKeys"][0]["credential"]["publicKey"] == root.public_key


async def test_no_credential_of_it_works_any_more(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    ada = await server.add_user("ada", by=root)
    body = server.activity_body("DELETE_SUB_ORGANIZATION", {}, organization_id=root.organization_id)
    path = "/public/v1/submit/delete_sub_organization"
    done = await server.post(path, body, by=root)
    assert done.status == 200
    for _ in range(2):
        for reply in (
            await server.query("whoami", by=root),
            await server.query("list_users", by=ada),
            await server.query("get_activity", by=root, activityId=done.activity["id"]),
            await server.submit("CREATE_USER_TAG", {"userTagName": "x", "userIds": []}, by=root),
            await server.post(path, body, by=root),
        ):
            assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        by_parent_id = await server.query("whoami", by=root, organizationId=server.root.organization_id)
        assert by_parent_id.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        await server.restart()


async def test_the_parent_reads_its_history(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    named = await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "Last name"}, by=root)
    done = await server.submit("DELETE_SUB_ORGANIZATION", {}, by=root)
    for _ in range(2):
        sub = {"organizationId": root.organization_id}
        activities = (await server.query("list_activities", **sub)).json["activities"]
        assert [each["id"] for each in activities] == [done.activity["id"], named.activity["id"]]
        assert activities[0]["votes"] == done.activity["votes"]
        for where in (sub, {}):
            read = await server.query("get_activity", activityId=done.activity["id"], **where)
            assert read.activity["result"] == done.activity["result"]
            assert read.activity["votes"] == done.activity["votes"]
        data = (await server.query("get_organization", **sub)).json["organizationData"]
        assert (data["name"], data["users"]) == ("Last name", [])
        assert (await server.query("list_users", **sub)).json == {"users": []}
        assert (await server.query("get_user", userId=root.user_id, **sub)).error == (404, 5, "")
        await server.restart()


async def test_it_is_listed_no_more_and_takes_no_writes(server: ComposedServer) -> None:
    [stays], [goes] = [await server.add_sub_organization("root") for _ in range(2)]
    assert await listed(server) == [goes.organization_id, stays.organization_id]
    await server.submit("DELETE_SUB_ORGANIZATION", {}, by=goes)
    assert await listed(server) == [stays.organization_id]
    parents_own = Actor(goes.organization_id, server.root.user_id, server.root.key)
    reply = await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}, by=parents_own)
    assert reply.error == (400, 3, "ORGANIZATION_MISMATCH")


async def test_its_keys_are_free_for_another(server: ComposedServer) -> None:
    key = generate_key_pair(Curve.P256)
    [first] = await server.add_sub_organization("root", keys=[key])
    await server.submit("DELETE_SUB_ORGANIZATION", {}, by=first)
    [second] = await server.add_sub_organization("root", keys=[key])
    found = await server.query("whoami", by=second, organizationId=server.root.organization_id)
    assert found.json["organizationId"] == second.organization_id


async def test_only_its_own_root_quorum_may(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    ada = await server.add_user("ada", by=root)
    assert (await server.submit("DELETE_SUB_ORGANIZATION", {}, by=ada)).error[:2] == (403, 7)
    parents_own = Actor(root.organization_id, server.root.user_id, server.root.key)
    by_parent = await server.submit("DELETE_SUB_ORGANIZATION", {}, by=parents_own)
    assert by_parent.error == (400, 3, "ORGANIZATION_MISMATCH")
    assert await listed(server) == [root.organization_id]


async def test_a_parent_cannot_end_itself(server: ComposedServer) -> None:
    reply = await server.submit("DELETE_SUB_ORGANIZATION", {})
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message.startswith(f"organization {server.root.organization_id} is not a sub-organization")


async def test_two_of_three_root_users(server: ComposedServer) -> None:
    first, second, third = await server.add_sub_organization("first", "second", "third", threshold=2)
    pending = await server.submit("DELETE_SUB_ORGANIZATION", {}, by=first)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert (await server.query("whoami", by=third)).status == 200
    approval = {"fingerprint": pending.activity["fingerprint"]}
    done = await server.submit("APPROVE_ACTIVITY", approval, by=second)
    assert done.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert [vote["user"]["userName"] for vote in done.activity["votes"]] == ["first", "second"]
    late = await server.submit("APPROVE_ACTIVITY", approval, by=third)
    assert late.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


async def test_what_comes_after_it_in_the_same_moment_is_refused(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    key = generate_key_pair(Curve.P256)
    add_key = {"userId": root.user_id, "apiKeys": [key_params(key)]}
    deleted, added = await asyncio.gather(
        server.submit("DELETE_SUB_ORGANIZATION", {}, by=root),
        server.submit("CREATE_API_KEYS_V2", add_key, by=root),
    )
    assert deleted.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert added.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
