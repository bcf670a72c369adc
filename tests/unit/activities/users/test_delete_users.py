"""DELETE_USERS."""

from __future__ import annotations

from composed import ComposedServer

NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def names(server: ComposedServer) -> list[str]:
    return [user["userName"] for user in (await server.query("list_users")).json["users"]]


async def test_users_go_with_their_credentials(server: ComposedServer) -> None:
    ada, grace, _ = [await server.add_user(name) for name in ("ada", "grace", "joan")]
    ids = [grace.user_id, ada.user_id]
    reply = await server.submit("DELETE_USERS", {"userIds": [ids[0].upper(), ids[1]]})
    assert reply.activity["result"] == {"deleteUsersResult": {"userIds": ids}}
    assert await names(server) == ["root", "joan"]
    assert (await server.query("whoami", by=ada)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    assert (await server.query("get_user", userId=ada.user_id)).error == (404, 5, "")
    await server.restart()
    assert await names(server) == ["root", "joan"]
    assert (await server.query("whoami", by=grace)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


async def test_what_a_deleted_user_did_can_still_be_read(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    done = await server.submit("CREATE_READ_WRITE_SESSION_V2", {"targetPublicKey": ada.public_key}, by=ada)
    await server.submit("DELETE_USERS", {"userIds": [ada.user_id]})
    read = await server.query("get_activity", activityId=done.activity["id"])
    assert read.activity["votes"][0]["user"]["userName"] == "ada"


async def test_a_public_key_is_free_again(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    await server.submit("DELETE_USERS", {"userIds": [ada.user_id]})
    key = {"apiKeyName": "again", "publicKey": ada.public_key, "curveType": "API_KEY_CURVE_P256"}
    reply = await server.submit("CREATE_API_KEYS_V2", {"userId": server.root.user_id, "apiKeys": [key]})
    assert reply.status == 200
    assert (await server.query("whoami", by=ada)).json["userId"] == server.root.user_id


async def test_root_users_stay_and_with_them_all_of_the_request(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    for ids in ([server.root.user_id], [ada.user_id, server.root.user_id]):
        reply = await server.submit("DELETE_USERS", {"userIds": ids})
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert reply.message.startswith(f"quorum users missing: {server.root.user_id}")
    assert await names(server) == ["root", "ada"]
    await server.set_root_quorum(1, ada)
    assert (await server.submit("DELETE_USERS", {"userIds": [server.root.user_id]}, by=ada)).status == 200
    last = await server.submit("DELETE_USERS", {"userIds": [ada.user_id]}, by=ada)
    assert last.message.startswith(f"quorum users missing: {ada.user_id}")


async def test_all_or_none(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    assert (await server.submit("DELETE_USERS", {"userIds": [ada.user_id, NOBODY]})).error == (404, 5, "")
    assert (await server.submit("DELETE_USERS", {"userIds": []})).error == (400, 3, "REQUEST_INVALID")
    twice = await server.submit("DELETE_USERS", {"userIds": [ada.user_id, ada.user_id.upper()]})
    assert twice.error == (400, 3, "REQUEST_INVALID")
    assert await names(server) == ["root", "ada"]


async def test_nobody_leaves_without_authority(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    reply = await server.submit("DELETE_USERS", {"userIds": [ada.user_id]}, by=ada)
    assert reply.error[:2] == (403, 7)


async def test_an_approval_of_a_deleted_user_does_not_count(server: ComposedServer) -> None:
    first, second, third = await server.add_sub_organization("first", "second", "third", threshold=2)
    name = {"userId": first.user_id, "userName": "renamed"}
    pending = await server.submit("UPDATE_USER_NAME", name, by=third)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    quorum = {"threshold": 1, "userIds": [first.user_id]}
    body = server.activity_body("UPDATE_ROOT_QUORUM", quorum, organization_id=first.organization_id)
    for voter in first, second:
        assert (await server.post("/public/v1/submit/update_root_quorum", body, by=voter)).status == 200
    assert (await server.submit("DELETE_USERS", {"userIds": [third.user_id]}, by=first)).result
    approval = {"fingerprint": pending.activity["fingerprint"]}
    done = await server.submit("APPROVE_ACTIVITY", approval, by=first)
    assert done.activity["status"] == "ACTIVITY_STATUS_COMPLETED"
    assert [vote["user"]["userName"] for vote in done.activity["votes"]] == ["third", "first"]
