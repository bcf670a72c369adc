"""CREATE_, UPDATE_PRIVATE_KEY_TAG and DELETE_PRIVATE_KEY_TAGS, and the list."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import sample
from composed import Actor, ComposedServer, Reply
from counterseal.activities import Outcome, unit_of
from counterseal.contract.errors import InvalidRequest, LimitExceeded, NotFound
from counterseal.contract.shapes import (
    CreatePrivateKeyTagIntent,
    DeletePrivateKeyTagsIntent,
    UpdatePrivateKeyTagIntent,
)
from counterseal.organizations import PrivateKeyTag, Put, Removed, Row, View
from office import Office, status_of
from rows_at_hand import supply
from wallet_samples import key, make_keys

NOBODY = "00000000-0000-4000-8000-0000000000ff"


async def create(server: ComposedServer, name: str, *, by: Actor | None = None, **more: Any) -> Reply:
    return await server.submit("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": name} | more, by=by)


async def make(server: ComposedServer, name: str, **more: Any) -> str:
    tag_id: str = (await create(server, name, **more)).result["privateKeyTagId"]
    return tag_id


async def rename(server: ComposedServer, tag_id: str, name: str | None, **more: Any) -> Reply:
    parameters = {"privateKeyTagId": tag_id, "newPrivateKeyTagName": name} | more
    return await server.submit("UPDATE_PRIVATE_KEY_TAG", parameters)


async def delete(server: ComposedServer, *tag_ids: str) -> Reply:
    return await server.submit("DELETE_PRIVATE_KEY_TAGS", {"privateKeyTagIds": list(tag_ids)})


async def tags(server: ComposedServer, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await server.query("list_private_key_tags", **asked)).json["privateKeyTags"]
    return found


async def names(server: ComposedServer, **asked: Any) -> list[str]:
    return [each["tagName"] for each in await tags(server, **asked)]


def carried_out(kind: str, intent: Any, *rows: Row) -> Outcome:
    unit = unit_of(kind)
    assert unit is not None
    view = View(sample.organization(sample.user()), initiator_id=sample.uuid(1))
    supply(unit, intent, view, *rows)
    outcome: Outcome = unit.check(intent, view, sample.world()).found
    return outcome


def row(number: int, **members: Any) -> PrivateKeyTag:
    made = {"id": sample.uuid(number), "name": f"tag {number}", "created_ms": 1, "updated_ms": 1}
    return PrivateKeyTag(**(made | members))


def test_units_say_what_becomes_of_rows() -> None:
    one, two = row(1, revision=7), row(2)
    (put,) = carried_out("CREATE_PRIVATE_KEY_TAG", CreatePrivateKeyTagIntent(private_key_tag_name="new"), one).rows
    assert put == Put(row=row(3, id=put.row.id, name="new", created_ms=sample.NOW_MS, updated_ms=sample.NOW_MS))
    update = UpdatePrivateKeyTagIntent(private_key_tag_id=one.id, new_private_key_tag_name="new")
    changed = row(1, revision=7, name="new", updated_ms=sample.NOW_MS)
    assert carried_out("UPDATE_PRIVATE_KEY_TAG", update, one, two).rows == (Put(row=changed, replaces=one),)
    removal = DeletePrivateKeyTagsIntent(private_key_tag_ids=[two.id, one.id])
    assert carried_out("DELETE_PRIVATE_KEY_TAGS", removal, one, two).rows == (Removed(row=two), Removed(row=one))
    with pytest.raises(NotFound, match=f"unable to find private key tag {two.id} in organization "):
        carried_out("DELETE_PRIVATE_KEY_TAGS", removal, one)
    with pytest.raises(InvalidRequest, match="private key tag label must be unique: `tag 1` is taken"):
        carried_out("CREATE_PRIVATE_KEY_TAG", CreatePrivateKeyTagIntent(private_key_tag_name="tag 1"), one)
    with pytest.raises(LimitExceeded, match="exceeded maximum private key tags: at most 100"):
        carried_out(
            "CREATE_PRIVATE_KEY_TAG", CreatePrivateKeyTagIntent(private_key_tag_name="new"), *map(row, range(100))
        )


async def test_a_tag_lives(server: ComposedServer) -> None:
    reply = await create(server, "hot", privateKeyIds=[])
    tag_id = reply.result["privateKeyTagId"]
    expected = {"privateKeyTagId": tag_id, "privateKeyIds": []}
    assert reply.activity["result"] == {"createPrivateKeyTagResult": expected}
    (shown,) = await tags(server)
    created = {"seconds": "1800000000", "nanos": "0"}
    assert shown == {
        "tagId": tag_id,
        "tagName": "hot",
        "tagType": "TAG_TYPE_PRIVATE_KEY",
        "createdAt": created,
        "updatedAt": created,
    }
    server.clock.advance(seconds=60)
    assert (await rename(server, tag_id.upper(), "cold")).result == {"privateKeyTagId": tag_id}
    await server.restart()
    (shown,) = await tags(server)
    assert (shown["tagName"], shown["createdAt"], shown["updatedAt"]["seconds"]) == ("cold", created, "1800000060")
    organization = (await server.query("get_organization")).json["organizationData"]
    assert organization["tags"] == [shown]
    assert (await delete(server, tag_id)).result == {"privateKeyTagIds": [tag_id], "privateKeyIds": []}
    assert await tags(server) == []


async def test_names_are_unique_among_private_key_tags_of_an_organization(server: ComposedServer) -> None:
    (child,) = await server.add_sub_organization("child")
    one, two = await make(server, "one"), await make(server, "two")
    for reply in (await create(server, "one"), await rename(server, two, "one")):
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert reply.message == "private key tag label must be unique: `one` is taken"
    assert (await rename(server, one, "one")).status == 200, "its own name"
    assert (await rename(server, one, None)).status == 200
    assert (await create(server, "one", by=child)).status == 200
    assert (await server.submit("CREATE_USER_TAG", {"userTagName": "one", "userIds": []})).status == 200
    assert (await create(server, "One")).status == 200, "names are exact"
    assert await names(server) == ["one", "two", "One"]


async def test_a_name_is_handed_on(server: ComposedServer) -> None:
    one = await make(server, "one")
    assert (await rename(server, one, "first")).status == 200
    two = await make(server, "one")
    assert (await delete(server, two)).status == 200
    assert (await rename(server, one, "one")).status == 200
    assert await names(server) == ["one"]


async def test_a_key_that_is_not_there_carries_nothing(server: ComposedServer) -> None:
    tag_id = await make(server, "tag")
    for reply in (
        await create(server, "another", privateKeyIds=[NOBODY]),
        await rename(server, tag_id, None, addPrivateKeyIds=[NOBODY]),
        await rename(server, tag_id, None, removePrivateKeyIds=[NOBODY]),
    ):
        assert reply.error == (404, 5, "")
        assert reply.message == f"unable to find private key {NOBODY} in organization {server.root.organization_id}"
    for ids in ([NOBODY, NOBODY], ["x"]):
        assert (await create(server, "another", privateKeyIds=ids)).error == (400, 3, "REQUEST_INVALID")
    assert await names(server) == ["tag"]


async def carried(server: ComposedServer) -> dict[str, list[str]]:
    keys = (await server.query("list_private_keys")).json["privateKeys"]
    return {each["privateKeyName"]: each["privateKeyTags"] for each in keys}


async def test_keys_carry_tags(server: ComposedServer) -> None:
    cold = await make(server, "cold")
    one, two, three = await make_keys(server, key("one", tags=(cold,)), key("two"), key("three", tags=(cold.upper(),)))
    reply = await create(server, "hot", privateKeyIds=[two, one.upper()])
    hot = reply.result["privateKeyTagId"]
    assert reply.result["privateKeyIds"] == [two, one]
    assert await carried(server) == {"one": [cold, hot], "two": [hot], "three": [cold]}
    server.clock.advance(seconds=60)
    lists = {"addPrivateKeyIds": [one, two, three], "removePrivateKeyIds": [two]}
    assert (await rename(server, hot, None, **lists)).result == {"privateKeyTagId": hot}
    assert await carried(server) == {"one": [cold, hot], "two": [], "three": [cold, hot]}
    keys = (await server.query("list_private_keys")).json["privateKeys"]
    moved = [int(each["updatedAt"]["seconds"]) - int(each["createdAt"]["seconds"]) for each in keys]
    assert moved == [0, 60, 60], "of one that carries it already nothing is altered"
    gone = (await delete(server, hot, cold)).result
    assert gone == {"privateKeyTagIds": [hot, cold], "privateKeyIds": [one, three]}
    assert await carried(server) == {"one": [], "two": [], "three": []}


async def test_all_or_nothing_of_a_tag_and_its_keys(server: ComposedServer) -> None:
    (one,) = await make_keys(server, key("one"))
    tag_id = await make(server, "tag")
    for reply, status in (
        (await create(server, "another", privateKeyIds=[one, NOBODY]), 404),
        (await rename(server, tag_id, "new", addPrivateKeyIds=[one], removePrivateKeyIds=[NOBODY]), 404),
        (await rename(server, tag_id, "new", addPrivateKeyIds=[one, one]), 400),
        (await create(server, "another", privateKeyIds=[sample.uuid(number) for number in range(101)]), 400),
    ):
        assert reply.status == status
    assert await names(server) == ["tag"]
    assert await carried(server) == {"one": []}


async def test_two_tags_at_once_on_one_key(server: ComposedServer) -> None:
    (one,) = await make_keys(server, key("one"))
    replies = await asyncio.gather(*(create(server, str(number), privateKeyIds=[one]) for number in range(5)))
    assert {reply.status for reply in replies} == {200}
    assert sorted((await carried(server))["one"]) == sorted(reply.result["privateKeyTagId"] for reply in replies)


async def test_policies_compare_the_ids_of_tags(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    tag_id = await make(server, "hot")
    one, two = await make_keys(server, key("one", tags=(tag_id,)), key("two"))
    policy = {"policyName": "hot", "effect": "EFFECT_ALLOW", "notes": ""}
    policy["condition"] = f"private_key.tags.contains('{tag_id}')"
    policy["consensus"] = f"approvers.any(user, user.id == '{ann.user_id}')"
    assert (await server.submit("CREATE_POLICY_V3", policy)).status == 200
    for ids, status in (([one, two], 403), ([two], 403), ([one], 200)):
        parameters = {"privateKeyIds": ids, "deleteWithoutExport": True}
        assert (await server.submit("DELETE_PRIVATE_KEYS", parameters, by=ann)).status == status


async def test_deletion_is_of_all_or_none(server: ComposedServer) -> None:
    (child,) = await server.add_sub_organization("child")
    foreign = await make(server, "foreign", by=child)
    user_tag = (await server.submit("CREATE_USER_TAG", {"userTagName": "t", "userIds": []})).result["userTagId"]
    one = await make(server, "one")
    for ids, status in (
        ([one, NOBODY], 404),
        ([foreign, one], 404),
        ([one, user_tag], 404),
        ([one, one], 400),
        ([one, "x"], 400),
        ([], 400),
    ):
        assert (await delete(server, *ids)).status == status
    assert (await rename(server, foreign, "mine")).status == 404
    assert (await rename(server, one, "")).status == 400
    assert await names(server) == ["one"]
    assert await names(server, by=child) == await names(server, organizationId=child.organization_id) == ["foreign"]


async def test_limits_are_exact_whoever_asks_at_once(server: ComposedServer) -> None:
    (child,) = await server.add_sub_organization("child")
    for by, most in ((server.root, 100), (child, 10)):
        replies = await asyncio.gather(*(create(server, f"tag {number}", by=by) for number in range(most + 5)))
        assert sorted(reply.status for reply in replies) == [200] * most + [429] * 5
        found = await tags(server, by=by)
        assert len(found) == most
        gone = found[0]["tagId"]
        body = {"privateKeyTagIds": [gone]}
        replies = await asyncio.gather(
            create(server, "a", by=by),
            server.submit("DELETE_PRIVATE_KEY_TAGS", body, by=by),
            create(server, "b", by=by),
            create(server, "c", by=by),
        )
        assert [reply.status for reply in replies] == [429, 200, 200, 429]
    assert (await server.submit("CREATE_USER_TAG", {"userTagName": "t", "userIds": []})).status == 200, "others"


async def test_one_of_many_gets_a_name(server: ComposedServer) -> None:
    ids = [await make(server, f"tag {number}") for number in range(4)]
    replies = await asyncio.gather(*(rename(server, id_, "wanted") for id_ in ids), create(server, "wanted"))
    assert [reply.status for reply in replies] == [200, 400, 400, 400, 400]
    assert await names(server) == ["wanted", "tag 1", "tag 2", "tag 3"]
    moved = await asyncio.gather(
        rename(server, ids[0], "free"),
        rename(server, ids[1], "wanted"),
        delete(server, ids[1]),
        create(server, "wanted"),
    )
    assert [reply.status for reply in moved] == [200] * 4
    assert await names(server) == ["free", "tag 2", "tag 3", "wanted"]


async def test_policies_decide_by_resource(office: Office) -> None:
    server = office.server
    assert (await create(server, "tag", by=office.ann)).status == 403
    await office.allow("activity.resource == 'PRIVATE_KEY' && activity.kind == 'CREATE_PRIVATE_KEY_TAG'")
    assert status_of(await create(server, "tag", by=office.ann)) == "COMPLETED"
    said = (await office.simulate(server.activity_body("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": "tag"}))).json
    assert said["refusal"]["message"] == "private key tag label must be unique: `tag` is taken"


async def test_a_name_that_is_taken_before_the_approval(office: Office) -> None:
    server = office.server
    await office.allow("activity.kind == 'CREATE_PRIVATE_KEY_TAG'", "approvers.count() >= 2")
    body = server.activity_body("CREATE_PRIVATE_KEY_TAG", {"privateKeyTagName": "tag"})
    path = "/public/v1/submit/create_private_key_tag"
    assert status_of(await server.post(path, body, by=office.ann)) == "CONSENSUS_NEEDED"
    await make(server, "tag")
    late = await server.post(path, body, by=office.bob)
    assert (status_of(late), late.activity["failure"]["code"]) == ("FAILED", 3)
    assert await names(server) == ["tag"]
