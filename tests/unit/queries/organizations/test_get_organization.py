"""get_organization and get_organization_configs."""

from __future__ import annotations

from composed import ComposedServer


async def test_all_that_an_organization_consists_of(server: ComposedServer) -> None:
    first, second = await server.add_sub_organization("first", "second", threshold=2)
    data = (await server.query("get_organization", by=first)).json["organizationData"]
    users = (await server.query("list_users", by=first)).json["users"]
    names = ["EMAIL_RECOVERY", "EMAIL_AUTH", "SMS_AUTH", "OTP_EMAIL_AUTH"]
    assert data == {
        "organizationId": first.organization_id,
        "name": "Sub",
        "users": users,
        "policies": [],
        "privateKeys": [],
        "invitations": [],
        "tags": [],
        "rootQuorum": {"threshold": 2, "userIds": [first.user_id, second.user_id]},
        "features": [{"name": f"FEATURE_NAME_{name}"} for name in names],
        "wallets": [],
        "smartContractInterfaceReferences": [],
    }
    assert (await server.query("get_organization_configs", by=second)).json == {
        "configs": {"features": data["features"], "quorum": data["rootQuorum"]}
    }


async def test_tags_are_shown(server: ComposedServer) -> None:
    made = await server.submit("CREATE_USER_TAG", {"userTagName": "team", "userIds": [server.root.user_id]})
    data = (await server.query("get_organization")).json["organizationData"]
    [tag] = data["tags"]
    assert (tag["tagId"], tag["tagName"]) == (made.result["userTagId"], "team")
    assert data["users"][0]["userTags"] == [tag["tagId"]]
    assert data["features"] == []


async def test_a_parent_reads_it_and_nobody_else(server: ComposedServer) -> None:
    [child], [sister] = [await server.add_sub_organization("root") for _ in range(2)]
    for name in "get_organization", "get_organization_configs", "list_user_tags":
        assert (await server.query(name, organizationId=child.organization_id)).status == 200
        for stranger, where in ((sister, child), (child, server.root)):
            reply = await server.query(name, by=stranger, organizationId=where.organization_id)
            assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
