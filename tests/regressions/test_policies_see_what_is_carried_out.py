"""Policies compared the intent as it was spelt, while units put ids into lower case and looked users up: with alice's
id in upper case a DENY about alice did not match, and its sender had a key of hers.
"""

from __future__ import annotations

from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply, key_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey
from office import Office

TARGET = P256PrivateKey.generate()
CREDENTIALS = "activity.resource == 'CREDENTIAL' && activity.action == 'CREATE'"


async def key_for(server: ComposedServer, user_id: str, *, by: Actor) -> Reply:
    key = key_params(generate_key_pair(Curve.P256))
    return await server.submit("CREATE_API_KEYS_V2", {"userId": user_id, "apiKeys": [key]}, by=by)


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title], ids=["lower", "upper", "title"])
@pytest.mark.parametrize("condition", ["activity.params.user_id == '{}'", "!(activity.params.user_id != '{}')"])
async def test_an_id_in_upper_case_is_the_same_id(office: Office, spell: Any, condition: str) -> None:
    await office.allow(CREDENTIALS)
    await office.deny(condition.format(office.root.user_id))
    assert (await key_for(office.server, spell(office.root.user_id), by=office.agent)).status == 403
    assert (await key_for(office.server, spell(office.bob.user_id), by=office.agent)).status == 200


@pytest.mark.parametrize("spell", [str.lower, str.upper])
async def test_ids_in_lists_too(office: Office, spell: Any) -> None:
    await office.allow("activity.resource == 'USER'")
    await office.deny(f"activity.params.user_ids.contains('{office.ann.user_id}')")
    users = {"userIds": [spell(office.ann.user_id)]}
    assert (await office.server.submit("DELETE_USERS", users, by=office.agent)).status == 403
    await office.deny(f"activity.params.user_tag_ids.contains('{office.humans}')")
    tags = {"userTagIds": [spell(office.humans)]}
    assert (await office.server.submit("DELETE_USER_TAGS", tags, by=office.agent)).status == 403
    assert (
        await office.server.submit("UPDATE_USER", {"userId": office.bob.user_id} | tags, by=office.agent)
    ).status == 403


async def test_a_user_who_is_named_by_e_mail(office: Office) -> None:
    server = office.server
    address = {"userId": office.ann.user_id, "userEmail": "ann@example.com"}
    assert (await server.submit("UPDATE_USER_EMAIL", address)).status == 200
    await office.allow("activity.action == 'CREATE'")
    await office.deny(f"activity.params.user_id == '{office.ann.user_id}'")
    by_email = {"targetPublicKey": TARGET.public_point.hex(), "email": "ANN@example.com"}
    assert (await server.submit("CREATE_READ_WRITE_SESSION", by_email, by=office.agent)).status == 403


async def test_a_user_who_is_left_out_is_the_initiator(office: Office) -> None:
    await office.deny(f"activity.params.user_id == '{office.agent.user_id}'")
    nobody = {"targetPublicKey": TARGET.public_point.hex()}
    assert (await office.server.submit("CREATE_READ_WRITE_SESSION_V2", nobody, by=office.agent)).status == 403


@pytest.mark.parametrize("spell", [str.lower, str.upper])
async def test_keys_lifetimes_and_target_keys(office: Office, spell: Any) -> None:
    server, key = office.server, generate_key_pair(Curve.P256)
    await office.allow("activity.action == 'CREATE'")
    await office.deny(f"activity.params.api_keys.any(k, k.public_key == '{key.public_key.hex()}')")
    params = key_params(key) | {"publicKey": spell(key.public_key.hex())}
    intent = {"userId": office.bob.user_id, "apiKeys": [params]}
    assert (await server.submit("CREATE_API_KEYS_V2", intent, by=office.agent)).status == 403

    await office.deny("activity.params.expiration_seconds == '900'")
    await office.deny(f"activity.params.target_public_key == '{TARGET.public_point.hex()}'")
    for members in (
        {"targetPublicKey": P256PrivateKey.generate().public_point.hex(), "expirationSeconds": "0900"},
        {"targetPublicKey": P256PrivateKey.generate().public_point.hex(), "expirationSeconds": 900},
        {"targetPublicKey": spell(TARGET.public_key.hex())},
        {"targetPublicKey": spell(TARGET.public_point.hex())},
    ):
        session = {"userId": office.bob.user_id} | members
        assert (await server.submit("CREATE_READ_WRITE_SESSION_V2", session, by=office.agent)).status == 403, members


async def test_the_record_shows_what_was_carried_out(office: Office) -> None:
    reply = await key_for(office.server, office.bob.user_id.upper(), by=office.root)
    assert reply.activity["intent"]["createApiKeysIntentV2"]["userId"] == office.bob.user_id
    assert reply.activity["votes"][0]["message"].count(office.bob.user_id.upper()) == 1, "and the evidence is as sent"


async def test_who_was_meant_is_decided_once(office: Office) -> None:
    """An address that passes to somebody else while approvals are awaited does not carry the session with it."""
    server = office.server
    address = {"userId": office.ann.user_id, "userEmail": "ann@example.com"}
    assert (await server.submit("UPDATE_USER_EMAIL", address)).status == 200
    await office.allow("activity.type == 'ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION'", "approvers.count() >= 2")
    by_email = {"targetPublicKey": TARGET.public_point.hex(), "email": "ann@example.com"}
    pending = (await server.submit("CREATE_READ_WRITE_SESSION", by_email, by=office.agent)).activity
    for user, email in ((office.ann, ""), (office.bob, "ann@example.com")):
        moved = {"userId": user.user_id, "userEmail": email}
        assert (await server.submit("UPDATE_USER_EMAIL", moved)).status == 200
    await server.restart()
    approval = await server.submit("APPROVE_ACTIVITY", {"fingerprint": pending["fingerprint"]}, by=office.bob)
    assert approval.result["userId"] == office.ann.user_id
