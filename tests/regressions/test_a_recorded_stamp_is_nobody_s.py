"""Every reader of an activity sees its message and signature, which is the whole stamp. Sent again, it was taken for
its owner's: ``create_read_only_session`` handed the session's token to whoever sent it.
"""

from __future__ import annotations

import json
from typing import Any

from composed import Actor, ComposedServer, Reply
from counterseal.crypto.bundle import open_credential_bundle
from counterseal.crypto.p256 import P256PrivateKey
from recorded_stamp import stamp_in

PATH = "/public/v1/submit/create_read_only_session"


def token_in(reply: Reply) -> str:
    token: str = reply.activity["result"]["createReadOnlySessionResult"]["session"]
    return token


async def shown_to(server: ComposedServer, reader: Actor, activity_id: str) -> dict[str, Any]:
    return (await server.query("get_activity", by=reader, activityId=activity_id)).activity


async def test_a_session_is_not_handed_to_whoever_sends_its_submission_again(server: ComposedServer) -> None:
    ann, bob = await server.add_user("ann"), await server.add_user("bob")
    opened = await server.submit("CREATE_READ_ONLY_SESSION", {}, by=ann)
    assert token_in(opened)
    body, stamp = stamp_in(await shown_to(server, bob, opened.activity["id"]))
    assert token_in(await server.post(PATH, body, by=None, stamp=stamp)) == ""
    await server.restart()
    assert token_in(await server.post(PATH, body, by=None, stamp=stamp)) == ""
    own = await server.query("get_activity", by=ann, activityId=opened.activity["id"])
    assert token_in(own) == token_in(opened), "its user reads it with a fresh stamp"


async def test_one_that_is_completed_by_others_is_shown_to_none_of_them(server: ComposedServer) -> None:
    ann, bob = await server.add_user("ann"), await server.add_user("bob")
    policy = {
        "policyName": "two",
        "effect": "EFFECT_ALLOW",
        "condition": "activity.type == 'ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION'",
        "consensus": "approvers.count() >= 2",
        "notes": "",
    }
    assert (await server.submit("CREATE_POLICY_V3", policy)).result
    pending = await server.submit("CREATE_READ_ONLY_SESSION", {}, by=ann)
    body, stamp = stamp_in(await shown_to(server, bob, pending.activity["id"]))
    assert token_in(await server.post(PATH, body, by=bob)) == ""
    assert token_in(await server.post(PATH, body, by=None, stamp=stamp)) == ""


async def test_a_bundle_opens_for_its_target_key_only_whoever_reads_it(server: ComposedServer) -> None:
    """The other result that is for one reader needs no care: every reader is shown the same ciphertext."""
    ann, bob = await server.add_user("ann"), await server.add_user("bob")
    target, another = P256PrivateKey.generate(), P256PrivateKey.generate()
    session = {"targetPublicKey": target.public_point.hex()}
    made = await server.submit("CREATE_READ_WRITE_SESSION_V2", session, by=ann)
    shown = await shown_to(server, bob, made.activity["id"])
    bundle = shown["result"]["createReadWriteSessionResultV2"]["credentialBundle"]
    assert bundle == made.result["credentialBundle"]
    assert len(open_credential_bundle(bundle, target.secret)) == 32
    try:
        opened = open_credential_bundle(bundle, another.secret)
    except ValueError:
        opened = b""
    assert opened == b""


async def test_the_token_of_a_login_opens_nothing(server: ComposedServer) -> None:
    """It describes the session; what stamps is the client's own key."""
    ann = await server.add_user("ann")
    key = P256PrivateKey.generate()
    login = await server.submit("STAMP_LOGIN", {"publicKey": key.public_key.hex()}, by=ann)
    body = json.dumps({"organizationId": ann.organization_id}).encode()
    for name in ("X-Session", "X-Stamp"):
        reply = await server.call("POST", "/public/v1/query/whoami", body, [(name, login.result["session"])])
        assert reply.status == 401, name
