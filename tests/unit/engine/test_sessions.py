"""Read-write sessions from request to act."""

from __future__ import annotations

from typing import Any

from composed import Actor, ComposedServer, Reply
from counterseal.crypto import Curve
from counterseal.crypto.bundle import open_credential_bundle
from counterseal.crypto.p256 import P256PrivateKey

TARGET = P256PrivateKey.generate()


async def open_session(server: ComposedServer, by: Actor, version: str = "_V2", **parameters: Any) -> Reply:
    given = {"targetPublicKey": TARGET.public_point.hex()} | parameters
    return await server.submit(f"CREATE_READ_WRITE_SESSION{version}", given, by=by)


def opened(reply: Reply) -> Actor:
    """Who acts with the key that the reply's bundle holds."""
    result = reply.result
    secret = open_credential_bundle(result["credentialBundle"], TARGET.secret)
    return Actor(result["organizationId"], result["userId"], P256PrivateKey.from_secret(secret))


async def test_the_key_of_the_bundle_acts_for_its_user(server: ComposedServer) -> None:
    ann = await server.add_user("ann", curve=Curve.ED25519)
    reply = await open_session(server, ann)
    session = opened(reply)
    assert reply.activity["intent"] == {
        "createReadWriteSessionIntentV2": {"targetPublicKey": TARGET.public_point.hex()},
    }
    assert (await server.query("whoami", by=session)).json["userId"] == ann.user_id
    assert (await server.add_key(session)).user_id == ann.user_id
    server.clock.advance(seconds=900)
    assert (await server.query("whoami", by=session)).error == (401, 16, "API_KEY_EXPIRED")


async def test_a_replay_holds_the_same_bundle(server: ComposedServer) -> None:
    body = server.activity_body("CREATE_READ_WRITE_SESSION_V2", {"targetPublicKey": TARGET.public_point.hex()})
    path = "/public/v1/submit/create_read_write_session"
    first = await server.post(path, body, by=server.root)
    await server.restart()
    assert (await server.post(path, body, by=server.root)).result == first.result


async def test_another_user_s_session_needs_authority(server: ComposedServer) -> None:
    ann, bob = await server.add_user("ann"), await server.add_user("bob")
    assert (await open_session(server, ann, userId=bob.user_id)).error == (403, 7, "")
    session = opened(await open_session(server, server.root, userId=bob.user_id))
    assert (await server.query("whoami", by=session)).json["username"] == "bob"


async def test_invalidation_is_the_user_s_alone_and_at_once(server: ComposedServer) -> None:
    ann, bob = await server.add_user("ann"), await server.add_user("bob")
    others = [await server.add_key(ann, seconds=900), opened(await open_session(server, bob)), ann]
    old = [opened(await open_session(server, ann)) for _ in range(3)]
    new = opened(await open_session(server, old[0], invalidateExisting=True))
    for gone in old:
        assert (await server.query("whoami", by=gone)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    for live in new, *others:
        assert (await server.query("whoami", by=live)).status == 200


async def test_the_key_that_stamps_may_be_the_one_that_makes_room(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    oldest = await server.add_key(ann, seconds=9000)
    for _ in range(9):
        await server.add_key(ann, seconds=9000)
    session = opened(await open_session(server, oldest))
    assert (await server.query("whoami", by=session)).json["username"] == "ann"
    assert (await server.query("whoami", by=oldest)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


async def test_a_sub_organization_s_user_may_name_the_parent(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("ann")
    under_parent = Actor(server.root.organization_id, sub.user_id, sub.key)
    reply = await open_session(server, under_parent)
    assert reply.activity["organizationId"] == sub.organization_id
    assert (reply.result["organizationId"], reply.result["organizationName"]) == (sub.organization_id, "Sub")
    assert (await server.query("whoami", by=opened(reply))).json["userId"] == sub.user_id
    assert (await server.query("list_activities", by=sub)).json["activities"][0]["id"] == reply.activity["id"]


async def test_the_first_version_finds_the_user_by_email(server: ComposedServer) -> None:
    ann = await server.add_user("ann", userEmail="ann@example.com")
    reply = await open_session(server, ann, version="", email="ANN@example.com")
    assert list(reply.activity["result"]) == ["createReadWriteSessionResult"]
    assert opened(reply).user_id == ann.user_id
    bob = await server.add_user("bob")
    assert (await open_session(server, bob, version="", email="ann@example.com")).error == (403, 7, "")
    assert (await open_session(server, bob, version="", email="eve@example.com")).error == (404, 5, "")
