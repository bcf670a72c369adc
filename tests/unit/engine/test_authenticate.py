"""Who signed: the organization that is named, its parent, its sub-organizations; live and expired keys."""

from __future__ import annotations

import json

import pytest

from composed import Actor, ComposedServer, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.crypto.p256 import P256PrivateKey

UNKNOWN = "00000000-0000-4000-8000-000000000000"
SESSION_IS_OVER = "could not find public key in organization or its parent organization"
"""What @turnkey/core looks for."""


async def whoami(server: ComposedServer, actor: Actor, organization_id: str) -> tuple[str, str]:
    reply = await server.query("whoami", by=actor, organizationId=organization_id)
    assert reply.status == 200, reply.body
    return reply.json["organizationId"], reply.json["userId"]


def as_parent_user(server: ComposedServer, actor: Actor) -> Actor:
    """The same key; its bodies name the parent."""
    return Actor(organization_id=server.root.organization_id, user_id=actor.user_id, key=actor.key)


@pytest.mark.parametrize("curve", list(Curve))
async def test_keys_of_every_curve_stamp(server: ComposedServer, curve: Curve) -> None:
    actor = await server.add_user("ann", curve=curve)
    assert await whoami(server, actor, actor.organization_id) == (actor.organization_id, actor.user_id)


async def test_an_unknown_key_of_an_organization_without_parent_gets_the_short_words(server: ComposedServer) -> None:
    stranger = Actor(server.root.organization_id, UNKNOWN, generate_key_pair(Curve.P256))
    reply = await server.query("list_users", by=stranger)
    assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    assert reply.message == (
        f"could not find public key in organization organizationId={server.root.organization_id}"
        f" publicKey={stranger.public_key}: {SESSION_IS_OVER}"
    )
    assert reply.json["details"] == [
        {"@type": "type.googleapis.com/errors.v1.TurnkeyErrorDetail", "turnkeyErrorCode": "PUBLIC_KEY_NOT_FOUND"}
    ]


async def test_an_unknown_key_of_a_sub_organization_gets_the_words_that_clients_match(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    stranger = Actor(sub.organization_id, UNKNOWN, generate_key_pair(Curve.P256))
    reply = await server.query("whoami", by=stranger)
    assert reply.message.startswith("could not find public key in organization or its parent organization ")


async def test_the_words_of_an_expired_key_are_those_that_clients_match(server: ComposedServer) -> None:
    expiring = await server.add_key(server.root, seconds=60)
    server.clock.advance(seconds=59.999)
    assert (await server.query("whoami", by=expiring)).status == 200
    server.clock.advance(seconds=0.001)
    for reply in await server.query("whoami", by=expiring), await server.submit("DELETE_API_KEYS", {}, by=expiring):
        assert reply.error == (401, 16, "API_KEY_EXPIRED")
        assert reply.message == (
            "authentication failed: rpc error: code = Unauthenticated desc = expired api key"
            f" publicKey={expiring.public_key}"
        )


async def test_a_parent_s_users_read_their_sub_organizations_as_themselves(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    parent_user = await server.add_user("reader")
    for reader in server.root, parent_user:
        users = await server.query("list_users", by=reader, organizationId=sub.organization_id)
        assert [user["userId"] for user in users.json["users"]] == [sub.user_id]
        assert await whoami(server, reader, sub.organization_id) == (reader.organization_id, reader.user_id)


async def test_nobody_else_reads_across(server: ComposedServer) -> None:
    (one,) = await server.add_sub_organization("one")
    (other,) = await server.add_sub_organization("other")
    for name in "list_users", "list_activities", "get_api_keys", "list_suborgs", "whoami":
        reply = await server.query(name, by=one, organizationId=other.organization_id)
        assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    reply = await server.query("list_users", by=one, organizationId=server.root.organization_id)
    assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


async def test_a_parent_s_user_writes_nothing_in_a_sub_organization(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    key = key_params(generate_key_pair(Curve.P256))
    target = P256PrivateKey.generate().public_point.hex()
    for activity_type, parameters in [
        ("CREATE_API_KEYS_V2", {"userId": sub.user_id, "apiKeys": [key]}),
        ("CREATE_READ_WRITE_SESSION_V2", {"targetPublicKey": target, "userId": sub.user_id}),
        ("APPROVE_ACTIVITY", {"fingerprint": "sha256:" + "0" * 64}),
    ]:
        reply = await server.submit(activity_type, parameters, organizationId=sub.organization_id)
        assert reply.error == (400, 3, "ORGANIZATION_MISMATCH")
        assert reply.message == (
            f'organization mismatch: request is targeting organization ("{sub.organization_id}"), but voters are in'
            f' organization ("{server.root.organization_id}")'
        )
    assert len((await server.query("get_api_keys", organizationId=sub.organization_id)).json["apiKeys"]) == 1


async def test_of_parent_and_sub_organization_the_one_that_is_named_wins(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("twin", keys=[server.root.key])
    assert await whoami(server, server.root, sub.organization_id) == (sub.organization_id, sub.user_id)
    assert await whoami(server, server.root, server.root.organization_id) == (
        server.root.organization_id,
        server.root.user_id,
    )


async def test_an_expired_twin_in_a_sub_organization_does_not_lock_the_parent_out(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    twin = key_params(server.root.key, seconds=1)
    assert (await server.submit("CREATE_API_KEYS_V2", {"userId": sub.user_id, "apiKeys": [twin]}, by=sub)).result
    server.clock.advance(seconds=1)
    reader = await whoami(server, server.root, sub.organization_id)
    assert reader == (server.root.organization_id, server.root.user_id)


async def test_whoami_finds_a_sub_organization_s_user_under_the_parent_s_id(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    assert await whoami(server, sub, server.root.organization_id) == (sub.organization_id, sub.user_id)


async def test_the_reverse_look_up_is_for_a_few_operations_only(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    under_parent = as_parent_user(server, sub)
    assert (await server.query("list_users", by=under_parent)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    reply = await server.submit("CREATE_API_KEYS_V2", {"userId": sub.user_id, "apiKeys": []}, by=under_parent)
    assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


async def test_the_reverse_look_up_does_not_go_into_another_family(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    (other,) = await server.add_sub_organization("bob")
    reply = await server.query("whoami", by=sub, organizationId=other.organization_id)
    assert reply.message.startswith("could not find public key in organization or its parent organization")


async def test_an_unknown_key_under_the_parent_s_id_gets_the_words_of_the_reverse_look_up(
    server: ComposedServer,
) -> None:
    stranger = Actor(server.root.organization_id, UNKNOWN, generate_key_pair(Curve.P256))
    reply = await server.query("whoami", by=stranger)
    assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    assert reply.message == (
        "public key could not be found in organization or its parent organization"
        f" organizationId={server.root.organization_id} publicKey={stranger.public_key}: {SESSION_IS_OVER}"
    )


@pytest.mark.parametrize("curve", [Curve.SECP256K1, Curve.ED25519])
async def test_an_unknown_wallet_is_not_taken_for_a_session_that_is_over(server: ComposedServer, curve: Curve) -> None:
    stranger = Actor(server.root.organization_id, UNKNOWN, generate_key_pair(curve))
    for name in "whoami", "list_users":
        reply = await server.query(name, by=stranger)
        assert reply.error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        assert SESSION_IS_OVER not in reply.message


async def test_a_key_of_two_sub_organizations_is_a_conflict_told_only_to_its_owner(server: ComposedServer) -> None:
    key = generate_key_pair(Curve.P256)
    (first,) = await server.add_sub_organization("first", keys=[key])
    (second,) = await server.add_sub_organization("second", keys=[key])
    body = json.dumps({"organizationId": server.root.organization_id}).encode()
    path = "/public/v1/query/whoami"
    assert (await server.post(path, body, by=key)).error == (401, 16, "CREDENTIAL_CONFLICT")
    forged = await server.post(path, body + b" ", by=None, stamp=sign_stamp(key, body))
    assert forged.error == (401, 16, "SIGNATURE_INVALID")
    for sub in first, second:
        assert await whoami(server, sub, sub.organization_id) == (sub.organization_id, sub.user_id)


async def test_only_live_keys_make_a_conflict(server: ComposedServer) -> None:
    key = generate_key_pair(Curve.P256)
    (first,) = await server.add_sub_organization("first", keys=[key])
    (second,) = await server.add_sub_organization("second")
    twin = {"userId": second.user_id, "apiKeys": [key_params(key, seconds=60)]}
    assert (await server.submit("CREATE_API_KEYS_V2", twin, by=second)).result
    reply = await server.query("whoami", by=as_parent_user(server, first))
    assert reply.error == (401, 16, "CREDENTIAL_CONFLICT")
    server.clock.advance(seconds=60)
    assert await whoami(server, first, server.root.organization_id) == (first.organization_id, first.user_id)


async def test_a_key_that_is_expired_wherever_it_is_says_so(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    expiring = await server.add_key(sub, seconds=60)
    server.clock.advance(seconds=60)
    reply = await server.query("whoami", by=as_parent_user(server, expiring))
    assert reply.error == (401, 16, "API_KEY_EXPIRED")


async def test_an_expired_key_of_the_parent_yields_to_a_live_one_in_a_sub_organization(server: ComposedServer) -> None:
    expiring = await server.add_key(server.root, seconds=60)
    (sub,) = await server.add_sub_organization("ann", keys=[expiring.key])
    assert (await whoami(server, sub, server.root.organization_id))[0] == server.root.organization_id
    server.clock.advance(seconds=60)
    assert (await whoami(server, sub, server.root.organization_id))[0] == sub.organization_id


async def test_a_deleted_key_is_unknown_on_the_very_next_request(server: ComposedServer) -> None:
    user = await server.add_user("ann")
    second = await server.add_key(user)
    keys = (await server.query("get_api_keys", by=user, userId=user.user_id)).json["apiKeys"]
    first_id = next(key["apiKeyId"] for key in keys if key["credential"]["publicKey"] == user.public_key)
    parameters = {"userId": user.user_id, "apiKeyIds": [first_id]}
    assert (await server.submit("DELETE_API_KEYS", parameters, by=second)).result == {"apiKeyIds": [first_id]}
    assert (await server.query("whoami", by=user)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


async def test_a_session_s_key_acts_for_its_user_until_it_expires(server: ComposedServer) -> None:
    session = await server.add_key(server.root, seconds=900)
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("ann", generate_key_pair(Curve.P256))]})
    path = "/public/v1/submit/create_users"
    assert (await server.post(path, body, by=session)).result["userIds"]
    server.clock.advance(seconds=900)
    assert (await server.post(path, body, by=session)).error == (401, 16, "API_KEY_EXPIRED")
    assert (await server.post(path, body, by=server.root)).status == 200


class TestPollWithoutOrganization:
    """The Swift client polls ``get_activity`` with nothing but the activity's id."""

    path = "/public/v1/query/get_activity"

    async def test_the_stamping_key_s_organization_is_meant(self, server: ComposedServer) -> None:
        reply = await server.submit("CREATE_USERS_V4", {"users": [user_params("a", generate_key_pair(Curve.P256))]})
        body = json.dumps({"activityId": reply.activity["id"]}).encode()
        assert (await server.post(self.path, body, by=server.root)).activity == reply.activity

    async def test_a_key_of_nobody_and_a_key_of_two(self, server: ComposedServer) -> None:
        body = json.dumps({"activityId": UNKNOWN}).encode()
        stranger = generate_key_pair(Curve.P256)
        assert (await server.post(self.path, body, by=stranger)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        await server.add_sub_organization("twin", keys=[server.root.key])
        assert (await server.post(self.path, body, by=server.root)).error == (401, 16, "CREDENTIAL_CONFLICT")

    async def test_other_queries_need_it(self, server: ComposedServer) -> None:
        reply = await server.post("/public/v1/query/list_users", b"{}", by=server.root)
        assert reply.message == "invalid request body: missing field `organizationId`"
