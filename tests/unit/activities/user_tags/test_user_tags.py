"""CREATE_USER_TAG, UPDATE_USER_TAG and DELETE_USER_TAGS."""

from __future__ import annotations

from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply

NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def create(server: ComposedServer, name: str, *carriers: Actor, by: Actor | None = None) -> Reply:
    parameters = {"userTagName": name, "userIds": [carrier.user_id for carrier in carriers]}
    return await server.submit("CREATE_USER_TAG", parameters, by=by)


async def make(server: ComposedServer, name: str, *carriers: Actor) -> str:
    tag_id: str = (await create(server, name, *carriers)).result["userTagId"]
    return tag_id


async def update(server: ComposedServer, tag_id: str, **parameters: Any) -> Reply:
    parameters = {"userTagId": tag_id, "addUserIds": [], "removeUserIds": []} | parameters
    return await server.submit("UPDATE_USER_TAG", parameters)


async def names(server: ComposedServer) -> list[str]:
    return [tag["tagName"] for tag in (await server.query("list_user_tags")).json["userTags"]]


async def tags_of(server: ComposedServer, *users: Actor) -> list[list[str]]:
    found = [(await server.query("get_user", userId=user.user_id)).json["user"] for user in users]
    return [user["userTags"] for user in found]


async def test_a_tag_is_made_and_given(server: ComposedServer) -> None:
    ada, grace = [await server.add_user(name) for name in ("ada", "grace")]
    reply = await create(server, "team", grace, ada)
    tag_id = reply.result["userTagId"]
    user_ids = [grace.user_id, ada.user_id]
    assert reply.activity["result"] == {"createUserTagResult": {"userTagId": tag_id, "userIds": user_ids}}
    assert await tags_of(server, ada, grace, server.root) == [[tag_id], [tag_id], []]
    bare = await create(server, "nobody's")
    assert bare.result["userIds"] == []
    assert await tags_of(server, ada) == [[tag_id]]


async def test_a_user_keeps_the_order_in_which_tags_came(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    first, second = await make(server, "first", ada), await make(server, "second", ada)
    assert await tags_of(server, ada) == [[first, second]]


async def test_names_are_unique_in_an_organization_and_only_there(server: ComposedServer) -> None:
    tag_id = await make(server, "team")
    taken = await create(server, "team")
    assert taken.error == (400, 3, "REQUEST_INVALID")
    assert taken.message == "user tag label must be unique: `team` is taken"
    other = await make(server, "Team")
    assert (await update(server, other, newUserTagName="team")).message == taken.message
    assert (await update(server, tag_id, newUserTagName="team")).status == 200  # its own
    [root] = await server.add_sub_organization("root")
    assert (await create(server, "team", by=root)).status == 200
    await server.submit("DELETE_USER_TAGS", {"userTagIds": [tag_id]})
    assert (await create(server, "team")).status == 200


@pytest.mark.parametrize("name", ["", "x" * 256, "a\nb"])
async def test_bad_names_are_refused(server: ComposedServer, name: str) -> None:
    tag_id = await make(server, "team")
    for reply in await create(server, name), await update(server, tag_id, newUserTagName=name):
        assert reply.error == (400, 3, "REQUEST_INVALID")
    assert await names(server) == ["team"]


async def test_a_tag_is_renamed_given_and_taken(server: ComposedServer) -> None:
    ada, grace = [await server.add_user(name) for name in ("ada", "grace")]
    tag_id = await make(server, "team", ada)
    server.clock.advance(seconds=5)
    members = {"addUserIds": [grace.user_id], "removeUserIds": [ada.user_id]}
    reply = await update(server, tag_id.upper(), newUserTagName="crew", **members)
    assert reply.activity["result"] == {"updateUserTagResult": {"userTagId": tag_id}}
    assert await tags_of(server, ada, grace) == [[], [tag_id]]
    [tag] = (await server.query("list_user_tags")).json["userTags"]
    assert (tag["tagName"], tag["tagType"]) == ("crew", "TAG_TYPE_USER")
    assert int(tag["updatedAt"]["seconds"]) - int(tag["createdAt"]["seconds"]) == 5


async def test_to_give_or_take_twice_changes_nothing(server: ComposedServer) -> None:
    ada, grace = [await server.add_user(name) for name in ("ada", "grace")]
    tag_id = await make(server, "team", ada)
    assert (await update(server, tag_id, addUserIds=[ada.user_id], removeUserIds=[grace.user_id])).status == 200
    assert await tags_of(server, ada, grace) == [[tag_id], []]
    assert await names(server) == ["team"]


async def test_a_user_cannot_be_both_given_and_spared_a_tag(server: ComposedServer) -> None:
    tag_id = await make(server, "team")
    user_ids = [server.root.user_id]
    reply = await update(server, tag_id, addUserIds=user_ids, removeUserIds=user_ids)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert server.root.user_id in reply.message


async def test_users_and_tags_must_be_there_and_named_once(server: ComposedServer) -> None:
    tag_id, root_id = await make(server, "team"), server.root.user_id
    missing, bad = (404, 5, ""), (400, 3, "REQUEST_INVALID")
    for user_ids, error in (([NOBODY], missing), (["root"], bad), ([root_id, root_id.upper()], bad)):
        made = await server.submit("CREATE_USER_TAG", {"userTagName": "crew", "userIds": user_ids})
        assert made.error == error
        for member in "addUserIds", "removeUserIds":
            assert (await update(server, tag_id, **{member: user_ids})).error == error
    for tag_ids, error in (([tag_id, NOBODY], missing), ([], bad), ([tag_id, tag_id], bad), (["team"], bad)):
        assert (await server.submit("DELETE_USER_TAGS", {"userTagIds": tag_ids})).error == error
    assert (await update(server, NOBODY)).error == missing
    assert (await update(server, "team")).error == bad
    assert await names(server) == ["team"]


async def test_tags_go_and_nobody_carries_them(server: ComposedServer) -> None:
    ada, grace, joan = [await server.add_user(name) for name in ("ada", "grace", "joan")]
    first, second, third = (
        await make(server, "first", ada),
        await make(server, "second", ada, grace),
        await make(server, "third", ada, joan),
    )
    reply = await server.submit("DELETE_USER_TAGS", {"userTagIds": [second, first.upper()]})
    assert reply.activity["result"] == {
        "deleteUserTagsResult": {"userTagIds": [second, first], "userIds": [ada.user_id, grace.user_id]}
    }
    assert await tags_of(server, ada, grace, joan) == [[third], [], [third]]
    assert await names(server) == ["third"]
    await server.restart()
    assert await tags_of(server, ada, grace, joan) == [[third], [], [third]]
    assert await names(server) == ["third"]


async def test_a_hundred_tags_and_no_more(server: ComposedServer) -> None:
    for number in range(100):
        assert (await create(server, f"tag {number}")).status == 200
    reply = await create(server, "one too many")
    assert reply.error == (429, 8, "")
    assert reply.message == "organization has exceeded maximum tags: at most 100 are allowed"


async def test_ten_tags_in_a_sub_organization(server: ComposedServer) -> None:
    [root] = await server.add_sub_organization("root")
    for number in range(10):
        assert (await create(server, f"tag {number}", by=root)).status == 200
    assert (await create(server, "one too many", by=root)).error == (429, 8, "")
    assert (await create(server, "tag 0", by=root)).error == (400, 3, "REQUEST_INVALID")  # a bad name is told first


async def test_tags_are_authority_and_need_some(server: ComposedServer) -> None:
    ada = await server.add_user("ada")
    tag_id = await make(server, "team")
    parameters = {"userTagId": tag_id, "addUserIds": [ada.user_id], "removeUserIds": []}
    assert (await create(server, "mine", ada, by=ada)).error[:2] == (403, 7)
    assert (await server.submit("UPDATE_USER_TAG", parameters, by=ada)).error[:2] == (403, 7)
    assert (await server.submit("DELETE_USER_TAGS", {"userTagIds": [tag_id]}, by=ada)).error[:2] == (403, 7)
    assert await tags_of(server, ada) == [[]]
