"""``stamp_login`` from request to act: who may, under whose id, and when it is over."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest

from composed import START_MS, Actor, ComposedServer, Reply
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from passkey_holders import Holder, register, sub_organization
from software_authenticator import ES256, RS256, SoftwareAuthenticator

SESSION_IS_OVER = "could not find public key in organization or its parent organization"


def login_parameters(**more: Any) -> tuple[Any, dict[str, Any]]:
    """A fresh key and what asks for a session of it."""
    key = generate_key_pair(Curve.P256)
    return key, {"publicKey": key.public_key.hex()} | more


def claims(reply: Reply) -> dict[str, Any]:
    payload = reply.result["session"].split(".")[1]
    found: dict[str, Any] = json.loads(b64decode(payload + "=" * (-len(payload) % 4), validate=True))
    return found


async def log_in(server: ComposedServer, by: Actor | Holder, **more: Any) -> Actor:
    """Who acts with the key of a fresh session, as the JWT says it."""
    key, parameters = login_parameters(**more)
    submit = by.submit("STAMP_LOGIN", parameters) if isinstance(by, Holder) else None
    said = claims(await (submit or server.submit("STAMP_LOGIN", parameters, by=by)))
    assert said["public_key"] == key.public_key.hex()
    return Actor(said["organization_id"], said["user_id"], key)


async def whoami(server: ComposedServer, actor: Actor) -> tuple[str, str]:
    reply = await server.query("whoami", by=actor)
    assert reply.status == 200, reply.body
    return reply.json["organizationId"], reply.json["userId"]


@pytest.mark.parametrize("curve", list(Curve))
async def test_the_session_acts_for_its_user_until_the_jwt_says(server: ComposedServer, curve: Curve) -> None:
    ann = await server.add_user("ann", curve=curve)
    key, parameters = login_parameters()
    reply = await server.submit("STAMP_LOGIN", parameters, by=ann)
    session = Actor(ann.organization_id, ann.user_id, key)
    assert await whoami(server, session) == (ann.organization_id, ann.user_id)
    assert (await server.add_key(session)).user_id == ann.user_id
    left_s = claims(reply)["exp"] - server.clock.now_ms() // 1000
    assert 899 <= left_s <= 900
    server.clock.advance(seconds=left_s - 1)
    assert (await server.query("whoami", by=session)).status == 200
    server.clock.advance(seconds=1.999)
    over = await server.query("whoami", by=session)
    assert over.error == (401, 16, "API_KEY_EXPIRED")
    assert "Unauthenticated desc = expired api key publicKey" in over.message


async def test_a_session_opens_the_next_one(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    first = await log_in(server, ann)
    second = await log_in(server, first)
    third = await log_in(server, second, invalidateExisting=True)
    for gone in first, second:
        assert (await server.query("whoami", by=gone)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    for live in third, ann:
        assert await whoami(server, live) == (ann.organization_id, ann.user_id)


async def test_the_eleventh_pushes_the_oldest_out_be_it_the_one_that_asks(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    oldest, *others = [await log_in(server, ann) for _ in range(10)]
    newest = await log_in(server, oldest)
    assert (await server.query("whoami", by=oldest)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    for live in *others, newest:
        assert (await server.query("whoami", by=live)).status == 200


@pytest.mark.parametrize("name", ["whoami", "list_users"])
@pytest.mark.parametrize("where", ["parent", "sub-organization"])
async def test_a_session_that_is_gone_is_told_in_the_words_that_clients_match(
    server: ComposedServer, where: str, name: str
) -> None:
    ann = await server.add_user("ann") if where == "parent" else (await server.add_sub_organization("ann"))[0]
    session = await log_in(server, ann)
    await log_in(server, ann, invalidateExisting=True)
    reply = await server.query(name, by=session)
    assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    assert SESSION_IS_OVER in reply.message
    again = await server.submit("STAMP_LOGIN", login_parameters()[1], by=session)
    assert again.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    assert SESSION_IS_OVER in again.message


async def test_each_of_a_quorum_of_two_logs_in_alone(server: ComposedServer) -> None:
    users = await server.add_sub_organization("ann", "bob", "cid", threshold=2)
    for user in users:
        assert await whoami(server, await log_in(server, user)) == (user.organization_id, user.user_id)


async def test_an_explicit_deny_comes_first(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    policy = {
        "policyName": "no logins",
        "effect": "EFFECT_DENY",
        "condition": "activity.type == 'ACTIVITY_TYPE_STAMP_LOGIN'",
        "notes": "",
    }
    assert (await server.submit("CREATE_POLICY_V3", policy)).result
    key, parameters = login_parameters()
    denied = await server.submit("STAMP_LOGIN", parameters, by=ann)
    assert denied.error == (403, 7, "")
    assert denied.message == "policy engine denied request explicitly"
    stranger = Actor(ann.organization_id, ann.user_id, key)
    assert (await server.query("whoami", by=stranger)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


class TestUnderTheParentsId:
    @pytest.mark.parametrize("algorithm", [ES256, RS256], ids=["ES256", "RS256"])
    async def test_a_passkey(self, server: ComposedServer, algorithm: int) -> None:
        home = await sub_organization(server, SoftwareAuthenticator(algorithm))
        key, parameters = login_parameters()
        reply = await home.submit("STAMP_LOGIN", parameters, organization_id=server.root.organization_id)
        said = claims(reply)
        assert (said["organization_id"], said["user_id"]) == (home.organization_id, home.user_id)
        assert reply.activity["organizationId"] == home.organization_id
        session = Actor(server.root.organization_id, home.user_id, key)
        assert await whoami(server, session) == (home.organization_id, home.user_id)

    @pytest.mark.parametrize("curve", [Curve.SECP256K1, Curve.ED25519])
    async def test_a_wallet(self, server: ComposedServer, curve: Curve) -> None:
        (sub,) = await server.add_sub_organization("ann", keys=[generate_key_pair(curve)])
        under_parent = Actor(server.root.organization_id, sub.user_id, sub.key)
        session = await log_in(server, under_parent)
        assert session.organization_id == sub.organization_id
        assert await whoami(server, session) == (sub.organization_id, sub.user_id)

    async def test_a_user_of_the_parent_itself(self, server: ComposedServer) -> None:
        holder = await register(server, server.root)
        assert (await log_in(server, holder)).organization_id == server.root.organization_id

    async def test_one_key_of_two_sub_organizations_is_a_conflict(self, server: ComposedServer) -> None:
        key = generate_key_pair(Curve.ED25519)
        homes = [(await server.add_sub_organization("ann", keys=[key]))[0] for _ in range(2)]
        _, parameters = login_parameters()
        reply = await server.submit("STAMP_LOGIN", parameters, by=Actor(server.root.organization_id, "", key))
        assert reply.error == (401, 16, "CREDENTIAL_CONFLICT")
        for home in homes:
            assert (await log_in(server, home)).organization_id == home.organization_id

    async def test_the_parent_s_own_users_do_not_log_in_below(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        reply = await server.submit("STAMP_LOGIN", login_parameters()[1], organizationId=sub.organization_id)
        assert reply.error == (400, 3, "ORGANIZATION_MISMATCH")


async def test_a_public_key_is_of_one_user_at_a_time(server: ComposedServer) -> None:
    ann, bob = await server.add_user("ann"), await server.add_user("bob")
    session = await log_in(server, ann, expirationSeconds="60")
    taken = {"publicKey": session.public_key}
    for by in ann, bob:
        reply = await server.submit("STAMP_LOGIN", taken, by=by)
        assert reply.error == (409, 6, "")
        assert reply.message == f"public key {session.public_key} already exists in organization {ann.organization_id}"
    (sub,) = await server.add_sub_organization("ann")
    assert (await server.submit("STAMP_LOGIN", taken, by=sub)).result
    server.clock.advance(seconds=60)
    assert (await server.submit("STAMP_LOGIN", taken, by=bob)).result
    assert await whoami(server, Actor(bob.organization_id, bob.user_id, session.key)) == (
        bob.organization_id,
        bob.user_id,
    )


@pytest.mark.parametrize("seconds_later", [1, 120], ids=["live", "expired"])
async def test_a_login_may_replace_the_one_of_the_same_key(server: ComposedServer, seconds_later: int) -> None:
    ann = await server.add_user("ann")
    session = await log_in(server, ann, expirationSeconds="60")
    server.clock.advance(seconds=seconds_later)
    again = {"publicKey": session.public_key, "invalidateExisting": True}
    assert (await server.submit("STAMP_LOGIN", again, by=ann)).result
    server.clock.advance(seconds=899)
    assert await whoami(server, session) == (ann.organization_id, ann.user_id)


async def test_the_same_bytes_again_are_the_same_session(server: ComposedServer) -> None:
    _, parameters = login_parameters()
    body = server.activity_body("STAMP_LOGIN", parameters)
    path = "/public/v1/submit/stamp_login"
    first = await server.post(path, body, by=server.root)
    await server.restart()
    server.clock.advance(seconds=10**6)
    again = await server.call("POST", path, body, [("X-Stamp", sign_stamp(server.root.key, body))])
    assert again.result == first.result
    assert claims(again)["exp"] == START_MS // 1000 + 900
