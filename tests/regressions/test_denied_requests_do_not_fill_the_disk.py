"""Forty denied requests of a user without rights took 41 MiB of the disk, for ever, and of everybody's pages.

What a body says is now all that it may hold, and what is denied is kept within an allowance of its user, which comes
back within a day. Nobody else's is touched.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from composed import Actor, ComposedServer, Reply, key_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.state.allowance import DAY_MS, Purpose

MIB = 1024 * 1024


async def denied(server: ComposedServer, by: Actor, **members: object) -> Reply:
    return await server.submit("CREATE_USER_TAG", {"userTagName": "mine", "userIds": []} | members, by=by)


async def until_refused(server: ComposedServer, by: Actor) -> int:
    """How many denied requests are kept."""
    for kept in range(1_000):
        reply = await denied(server, by)
        if reply.status != 403:
            assert reply.error == (429, 8, "")
            assert "has exceeded maximum stored denied requests" in reply.message
            assert "Nothing is stored" in reply.message
            return kept
    raise AssertionError("they are kept without end")


def size_of(server: ComposedServer) -> int:
    """Bytes of the database, with what is still in its log."""
    with closing(sqlite3.connect(server.directory.path / "counterseal.db")) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
    return int(pages * page_size)


async def count(server: ComposedServer) -> int:
    return len((await server.query("list_activities", paginationOptions={"limit": "100"})).json["activities"])


async def test_the_witness(server: ComposedServer) -> None:
    guest = await server.add_user("guest")
    before, activities = size_of(server), await count(server)
    for number in range(40):
        reply = await denied(server, guest, junk=f"{number}" + "x" * (MIB - 1_000))
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert "leave out what is not in the API" in reply.message
    assert (size_of(server), await count(server)) == (before, activities)


async def test_what_is_kept_comes_back_within_a_day_and_is_each_user_s_own(server: ComposedServer) -> None:
    guest, other = await server.add_user("guest"), await server.add_user("other")
    before = size_of(server)
    kept = await until_refused(server, guest)
    assert 200 < kept < 1_200, "honest mistakes are kept, floods are not"
    assert size_of(server) - before < 1.5 * Purpose.DENIED.bytes_max
    assert (await denied(server, other)).status == 403
    server.clock.advance(seconds=DAY_MS / 1000 / 2)
    assert kept // 2 - 2 <= await until_refused(server, guest) <= kept // 2 + 2
    server.clock.advance(seconds=10 * DAY_MS / 1000)
    assert kept - 1 <= await until_refused(server, guest) <= kept + 1


async def test_what_was_kept_has_its_answer_for_ever_and_what_was_not_can_still_happen(server: ComposedServer) -> None:
    guest = await server.add_user("guest")
    path = "/public/v1/submit/create_user_tag"
    body = server.activity_body("CREATE_USER_TAG", {"userTagName": "one", "userIds": []})
    first = await server.post(path, body, by=guest)
    await until_refused(server, guest)
    refused = server.activity_body("CREATE_USER_TAG", {"userTagName": "two", "userIds": []})
    assert (await server.post(path, refused, by=guest)).status == 429
    assert (await server.post(path, body, by=guest)).body == first.body
    assert (await server.post(path, body, by=server.root)).body == first.body
    assert (await server.post(path, refused, by=server.root)).status == 200


async def test_it_stops_nobody_from_what_is_allowed(server: ComposedServer) -> None:
    guest = await server.add_user("guest")
    await until_refused(server, guest)
    assert (
        await server.submit("STAMP_LOGIN", {"publicKey": generate_key_pair(Curve.P256).public_key.hex()}, by=guest)
    ).status == 200
    assert (await server.query("whoami", by=guest)).status == 200
    policy = {"policyName": "tags", "effect": "EFFECT_ALLOW", "condition": "activity.kind == 'CREATE_USER_TAG'"}
    await server.submit("CREATE_POLICY_V3", policy | {"notes": ""})
    assert (await denied(server, guest)).status == 200


async def test_a_stranger_spends_nothing(server: ComposedServer) -> None:
    guest = await server.add_user("guest")
    stranger = Actor(guest.organization_id, guest.user_id, generate_key_pair(Curve.P256))
    for _ in range(400):
        assert (await denied(server, stranger)).status == 401
    assert (await denied(server, guest)).status == 403


async def test_own_credentials_have_an_allowance_too_and_can_always_be_deleted(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Purpose.OWN_CREDENTIALS, "bytes_max", 40_000)
    guest = await server.add_user("guest")
    made: list[str] = []
    while True:
        parameters = {"userId": guest.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256), seconds=60)]}
        reply = await server.submit("CREATE_API_KEYS_V2", parameters, by=guest)
        if reply.status != 200:
            break
        made += reply.result["apiKeyIds"]
    assert reply.error == (429, 8, "")
    assert "stored requests about the user's own credentials and sessions" in reply.message
    assert 10 < len(made) < 40
    login = {"publicKey": generate_key_pair(Curve.P256).public_key.hex()}
    assert (await server.submit("STAMP_LOGIN", login, by=guest)).status == 429
    for api_key_id in made[-10:]:
        parameters = {"userId": guest.user_id, "apiKeyIds": [api_key_id]}
        assert (await server.submit("DELETE_API_KEYS", parameters, by=guest)).status == 200
    assert (await denied(server, guest)).status == 403
    login = {"publicKey": generate_key_pair(Curve.P256).public_key.hex()}
    assert (await server.submit("STAMP_LOGIN", login, by=server.root)).status == 200
    server.clock.advance(seconds=DAY_MS / 1000)
    login = {"publicKey": generate_key_pair(Curve.P256).public_key.hex()}
    assert (await server.submit("STAMP_LOGIN", login, by=guest)).status == 200
