"""UPDATE_USER and the three kinds that change one thing of a user."""

from __future__ import annotations

from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply

NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def read(server: ComposedServer, actor: Actor) -> dict[str, Any]:
    user: dict[str, Any] = (await server.query("get_user", by=actor, userId=actor.user_id)).json["user"]
    return user


async def make_tag(server: ComposedServer, name: str, *carriers: Actor) -> str:
    parameters = {"userTagName": name, "userIds": [carrier.user_id for carrier in carriers]}
    tag_id: str = (await server.submit("CREATE_USER_TAG", parameters)).result["userTagId"]
    return tag_id


async def update(server: ComposedServer, actor: Actor, **parameters: Any) -> Reply:
    return await server.submit("UPDATE_USER", {"userId": actor.user_id} | parameters)


async def test_everything_that_is_given_changes(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    tag_id = await make_tag(server, "team")
    before = await read(server, ada)
    server.clock.advance(seconds=10)
    reply = await update(
        server,
        ada,
        userName="ada lovelace",
        userEmail="ada@example.com",
        userPhoneNumber="+13214567890",
        userTagIds=[tag_id],
    )
    assert reply.activity["result"] == {"updateUserResult": {"userId": ada.user_id}}
    after = await read(server, ada)
    seconds = int(before["createdAt"]["seconds"]) + 10
    assert after == before | {
        "userName": "ada lovelace",
        "userEmail": "ada@example.com",
        "userPhoneNumber": "+13214567890",
        "userTags": [tag_id],
        "updatedAt": {"seconds": str(seconds), "nanos": "0"},
    }


async def test_what_is_absent_stays_and_an_empty_list_clears(server: ComposedServer) -> None:
    ada = await server.add_user("ada", userEmail="ada@example.com", userPhoneNumber="+13214567890")
    tag_id = await make_tag(server, "team", ada)
    assert (await update(server, ada, userName="ada l.")).status == 200
    kept = await read(server, ada)
    assert (kept["userEmail"], kept["userPhoneNumber"], kept["userTags"]) == (
        "ada@example.com",
        "+13214567890",
        [tag_id],
    )
    other_id = await make_tag(server, "crew")
    assert (await update(server, ada, userTagIds=[other_id])).status == 200
    replaced = await read(server, ada)
    assert (replaced["userName"], replaced["userTags"]) == ("ada l.", [other_id])


async def test_null_stands_for_absent(server: ComposedServer) -> None:
    ada = await server.add_user("ada", userEmail="ada@example.com")
    tag_id = await make_tag(server, "team", ada)
    nothing = {"userName": None, "userEmail": None, "userPhoneNumber": None, "userTagIds": None}
    assert (await update(server, ada, **nothing)).status == 200
    kept = await read(server, ada)
    assert (kept["userName"], kept["userEmail"], kept["userTags"]) == ("ada", "ada@example.com", [tag_id])


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"userName": ""}, (400, 3, "REQUEST_INVALID")),
        ({"userEmail": ""}, (400, 3, "INVALID_EMAIL")),
        ({"userEmail": "nowhere"}, (400, 3, "INVALID_EMAIL")),
        ({"userPhoneNumber": ""}, (400, 3, "REQUEST_INVALID")),
        ({"userPhoneNumber": "12"}, (400, 3, "REQUEST_INVALID")),
        ({"userTagIds": ["team"]}, (400, 3, "REQUEST_INVALID")),
        ({"userTagIds": [NOBODY, NOBODY.upper()]}, (400, 3, "REQUEST_INVALID")),
        ({"userTagIds": [NOBODY]}, (404, 5, "")),
        ({"userId": NOBODY}, (404, 5, "")),
        ({"userId": "ada"}, (400, 3, "REQUEST_INVALID")),
    ],
)
async def test_what_is_no_good_is_refused_and_changes_nothing(
    server: ComposedServer, parameters: dict[str, Any], error: tuple[int, int, str]
) -> None:
    ada = await server.add_user("ada", userEmail="ada@example.com")
    before = await read(server, ada)
    assert (await update(server, ada, **{"userName": "changed"} | parameters)).error == error
    assert await read(server, ada) == before


async def test_nobody_changes_itself_without_authority(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    for kind, member, value in (
        ("UPDATE_USER", "userTagIds", []),
        ("UPDATE_USER_NAME", "userName", "root"),
        ("UPDATE_USER_EMAIL", "userEmail", "ada@example.com"),
        ("UPDATE_USER_PHONE_NUMBER", "userPhoneNumber", "+13214567890"),
    ):
        reply = await server.submit(kind, {"userId": ada.user_id, member: value}, by=ada)
        assert reply.error[:2] == (403, 7)


async def test_a_name_alone(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    reply = await server.submit("UPDATE_USER_NAME", {"userId": ada.user_id, "userName": "root"})
    assert reply.activity["result"] == {"updateUserNameResult": {"userId": ada.user_id}}
    assert (await read(server, ada))["userName"] == "root"  # which two users may be called
    refused = await server.submit("UPDATE_USER_NAME", {"userId": ada.user_id, "userName": "x" * 256})
    assert refused.error == (400, 3, "REQUEST_INVALID")
    assert "userName" in refused.message


@pytest.mark.parametrize(
    ("kind", "member", "value", "bad"),
    [
        ("UPDATE_USER_EMAIL", "userEmail", "Ada@example.com", "ada@"),
        ("UPDATE_USER_PHONE_NUMBER", "userPhoneNumber", "+4912345678", "4912345678"),
    ],
)
async def test_an_address_or_number_is_set_and_removed_by_an_empty_one(
    server: ComposedServer, kind: str, member: str, value: str, bad: str
) -> None:
    ada = await server.add_user("ada")
    reply = await server.submit(kind, {"userId": ada.user_id, member: value})
    assert list(reply.activity["result"].values()) == [{"userId": ada.user_id}]
    assert (await read(server, ada))[member] == value
    assert (await server.submit(kind, {"userId": ada.user_id, member: bad})).status == 400
    assert (await read(server, ada))[member] == value
    assert (await server.submit(kind, {"userId": ada.user_id, member: ""})).status == 200
    assert member not in await read(server, ada)
    assert (await server.submit(kind, {"userId": ada.user_id})).message == (
        f"invalid request body: missing field `{member}`"
    )


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [
        ("UPDATE_USER_EMAIL", "userEmail", "ada@example.com"),
        ("UPDATE_USER_PHONE_NUMBER", "userPhoneNumber", "+4912345678"),
    ],
)
async def test_the_last_lasting_way_in_stays(server: ComposedServer, kind: str, member: str, value: str) -> None:
    [root] = await server.add_sub_organization("root")
    only = {"userName": "only reachable", "apiKeys": [], "authenticators": [], "oauthProviders": [], "userTags": []}
    created = await server.submit("CREATE_USERS_V4", {"users": [only | {member: value}]}, by=root)
    [user_id] = created.result["userIds"]
    refused = await server.submit(kind, {"userId": user_id, member: ""}, by=root)
    assert refused.error == (400, 3, "REQUEST_INVALID")
    assert refused.message == f"user missing valid credential: {user_id}"
    other = {"userEmail": "other@example.com", "userPhoneNumber": "+4912345679"}[member]
    assert (await server.submit(kind, {"userId": user_id, member: other}, by=root)).status == 200


@pytest.mark.parametrize("kind", ["UPDATE_USER_EMAIL", "UPDATE_USER_PHONE_NUMBER"])
async def test_a_verification_token_is_not_taken_yet(server: ComposedServer, kind: str) -> None:
    parameters = {"userId": server.root.user_id, "userEmail": "", "userPhoneNumber": "", "verificationToken": "x"}
    reply = await server.submit(kind, parameters)
    assert reply.error == (501, 12, "")
    assert "`verificationToken`" in reply.message


async def test_a_vote_shows_its_user_as_it_was(server: ComposedServer) -> None:
    before = await server.submit("UPDATE_USER_NAME", {"userId": server.root.user_id, "userName": "renamed"})
    assert before.activity["votes"][0]["user"]["userName"] == "root"
    after = await server.submit("UPDATE_USER_NAME", {"userId": server.root.user_id, "userName": "again"})
    assert after.activity["votes"][0]["user"]["userName"] == "renamed"
    read_again = await server.query("get_activity", activityId=before.activity["id"])
    assert read_again.activity["votes"][0]["user"]["userName"] == "root"


async def test_what_changed_outlives_a_restart(server: ComposedServer) -> None:
    ada = await server.add_user("ada", userEmail="ada@example.com")
    tag_id = await make_tag(server, "team")
    await update(server, ada, userName="ada l.", userTagIds=[tag_id])
    await server.submit("UPDATE_USER_EMAIL", {"userId": ada.user_id, "userEmail": ""})
    before = await read(server, ada)
    await server.restart()
    assert await read(server, ada) == before
