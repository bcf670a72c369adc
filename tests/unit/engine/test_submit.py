"""Submissions: the activity object, replays, the time window, refusals and denials."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from composed import START_MS, Actor, ComposedServer, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.stamps import parse_stamp

PATH = "/public/v1/submit/create_users"
WINDOW = [(-59 * 60 - 59.999, True), (-3600, False), (300, True), (300.001, False), (0, True), (-(10**9), False)]


def new_user(name: str = "ann") -> dict[str, Any]:
    return {"users": [user_params(name, generate_key_pair(Curve.P256))]}


async def activities(server: ComposedServer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await server.query("list_activities")).json["activities"]
    return found


async def test_the_activity_is_all_that_the_contract_says(server: ComposedServer) -> None:
    parameters = new_user()
    body = server.activity_body("CREATE_USERS_V4", parameters, generateAppProofs=True)
    stamp = sign_stamp(server.root.key, body)
    activity = (await server.post(PATH, body, by=None, stamp=stamp)).activity
    now = {"seconds": str(server.clock.now_ms() // 1000), "nanos": "0"}
    (vote,) = activity.pop("votes")
    root = (await server.query("get_user", userId=server.root.user_id)).json["user"]
    assert activity == {
        "id": activity["id"],
        "organizationId": server.root.organization_id,
        "status": "ACTIVITY_STATUS_COMPLETED",
        "type": "ACTIVITY_TYPE_CREATE_USERS_V4",
        "intent": {"createUsersIntentV4": parameters},
        "result": {"createUsersResult": {"userIds": activity["result"]["createUsersResult"]["userIds"]}},
        "appProofs": [],
        "fingerprint": "sha256:" + hashlib.sha256(body).hexdigest(),
        "canApprove": False,
        "canReject": True,
        "createdAt": now,
        "updatedAt": now,
        "failure": None,
    }
    assert vote == {
        "id": vote["id"],
        "userId": server.root.user_id,
        "user": root,
        "activityId": activity["id"],
        "selection": "VOTE_SELECTION_APPROVED",
        "message": body.decode(),
        "publicKey": server.root.public_key,
        "signature": parse_stamp(stamp).signature,
        "scheme": "SIGNATURE_SCHEME_TK_API_P256",
        "createdAt": now,
    }


async def test_members_that_nobody_asked_for_do_no_harm(server: ComposedServer) -> None:
    parameters = new_user() | {"generateAppProofs": False, "futureMember": {"deep": [1]}}
    parameters["users"][0] |= {"userEmail": None, "nickname": "A"}
    activity = (await server.submit("CREATE_USERS_V4", parameters, futureFlag=True, generateAppProofs=None)).activity
    intent = activity["intent"]["createUsersIntentV4"]
    assert set(intent) == {"users"}
    assert "userEmail" not in intent["users"][0]
    assert "nickname" not in intent["users"][0]


async def test_older_types_answer_in_their_own_words(server: ComposedServer) -> None:
    key = generate_key_pair(Curve.P256)
    params = {"apiKeyName": "old", "publicKey": key.public_key.hex()}
    parameters = {"userId": server.root.user_id, "apiKeys": [params]}
    activity = (await server.submit("CREATE_API_KEYS", parameters)).activity
    assert activity["type"] == "ACTIVITY_TYPE_CREATE_API_KEYS"
    assert activity["intent"] == {"createApiKeysIntent": parameters}
    assert list(activity["result"]) == ["createApiKeysResult"]


async def test_the_same_bytes_are_the_same_activity_whatever_the_stamp(server: ComposedServer) -> None:
    body = server.activity_body("CREATE_USERS_V4", new_user())
    first = (await server.post(PATH, body, by=server.root)).activity
    second_key = await server.add_key(server.root)
    server.clock.advance(seconds=5)
    for signer in server.root, second_key:
        assert (await server.post(PATH, body, by=signer)).activity == first
    assert len((await server.query("list_users")).json["users"]) == 2


async def test_one_byte_more_is_another_activity(server: ComposedServer) -> None:
    parameters = new_user() | {"users": [user_params("nobody in particular", generate_key_pair(Curve.P256))]}
    body = server.activity_body("CREATE_USERS_V4", parameters)
    assert (await server.post(PATH, body, by=server.root)).status == 200
    again = await server.post(PATH, body + b"\n", by=server.root)
    assert again.error == (409, 6, "")


async def test_the_same_bytes_in_another_organization_are_another_activity(server: ComposedServer) -> None:
    (one,) = await server.add_sub_organization("one")
    (two,) = await server.add_sub_organization("two", keys=[one.key])
    bodies = [
        server.activity_body("CREATE_USERS_V4", new_user(), organization_id=a.organization_id) for a in (one, two)
    ]
    ids = {(await server.post(PATH, body, by=one.key)).activity["id"] for body in bodies}
    assert len(ids) == 2


@pytest.mark.parametrize(("seconds", "accepted"), WINDOW)
async def test_the_window_of_the_timestamp_is_exact(server: ComposedServer, seconds: float, accepted: bool) -> None:
    timestamp_ms = server.clock.now_ms() + round(seconds * 1000) + 1
    reply = await server.submit("CREATE_USERS_V4", new_user(), timestampMs=str(timestamp_ms))
    assert reply.status == (200 if accepted else 400)
    if not accepted:
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert reply.message.startswith("invalid request timestamp")


@pytest.mark.parametrize("timestamp", [START_MS + 1, str(START_MS + 1)])
async def test_the_timestamp_may_be_text_or_a_number(server: ComposedServer, timestamp: Any) -> None:
    assert (await server.submit("CREATE_USERS_V4", new_user(), timestampMs=timestamp)).status == 200


@pytest.mark.parametrize("timestamp", [None, "", "-1", "1.8e12", "now", True, 1.8e12, [], "9" * 17, f" {START_MS}"])
async def test_anything_else_is_no_timestamp(server: ComposedServer, timestamp: Any) -> None:
    reply = await server.submit("CREATE_USERS_V4", new_user(), timestampMs=timestamp)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message.startswith("invalid request timestamp")


async def test_a_replay_after_an_hour_and_after_a_restart_is_the_same_activity(server: ComposedServer) -> None:
    body = server.activity_body("CREATE_USERS_V4", new_user())
    first = (await server.post(PATH, body, by=server.root)).activity
    server.clock.advance(seconds=3600)
    assert (await server.post(PATH, body, by=server.root)).activity == first
    await server.restart()
    server.clock.advance(seconds=365 * 24 * 3600)
    assert (await server.post(PATH, body, by=server.root)).activity == first


async def test_the_type_must_be_one_of_the_path_s(server: ComposedServer) -> None:
    reply = await server.submit("CREATE_USERS_V4", new_user(), path="create_api_keys")
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert reply.message == (
        "bad request body: found type `ACTIVITY_TYPE_CREATE_USERS_V4`, expected one of"
        " ACTIVITY_TYPE_CREATE_API_KEYS_V2, ACTIVITY_TYPE_CREATE_API_KEYS"
    )


async def test_what_is_refused_leaves_no_trace_and_may_be_sent_again(server: ComposedServer) -> None:
    await server.add_user("ann")
    before = await activities(server)
    key = generate_key_pair(Curve.P256)
    twice = [user_params("x", key), user_params("y", key)]
    body = server.activity_body("CREATE_USERS_V4", {"users": twice})
    for _ in range(2):
        assert (await server.post(PATH, body, by=server.root)).error == (409, 6, "")
    assert await activities(server) == before
    assert (await server.query("list_users")).json["users"][1]["userName"] == "ann"
    assert len((await server.query("list_users")).json["users"]) == 2


async def test_duplicate_members_are_refused(server: ComposedServer) -> None:
    body = server.activity_body("CREATE_USERS_V4", new_user())
    twice = body[:-1] + b', "type": "ACTIVITY_TYPE_CREATE_USERS_V4"}'
    reply = await server.post(PATH, twice, by=server.root)
    assert reply.error == (400, 3, "REQUEST_INVALID")
    assert "duplicate key `type`" in reply.message


class TestDenial:
    """A user without rights is denied; the denial is remembered."""

    async def denied(self, server: ComposedServer, by: Actor, body: bytes) -> None:
        reply = await server.post(PATH, body, by=by)
        assert reply.error == (403, 7, "")
        assert reply.message == (
            "You don't have sufficient permissions to take this action. Please add a policy granting this user"
            " permissions."
        )
        assert reply.json["details"] == [
            {
                "@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError",
                "message": "No policies evaluated to outcome: Allow",
                "policyEvaluations": [],
            }
        ]

    async def test_a_denied_request_is_kept_as_failed_with_its_reason(self, server: ComposedServer) -> None:
        user = await server.add_user("ann")
        body = server.activity_body("CREATE_USERS_V4", new_user())
        await self.denied(server, user, body)
        (activity, _) = await activities(server)
        assert activity["status"] == "ACTIVITY_STATUS_FAILED"
        assert activity["result"] == {}
        assert activity["failure"]["code"] == 7
        assert activity["failure"]["message"].startswith("You don't have sufficient permissions")
        assert [vote["userId"] for vote in activity["votes"]] == [user.user_id]
        assert (activity["canApprove"], activity["canReject"]) == (False, True)
        assert len((await server.query("list_users")).json["users"]) == 2

    async def test_the_same_bytes_by_anybody_are_denied_again_and_add_no_vote(self, server: ComposedServer) -> None:
        user = await server.add_user("ann")
        body = server.activity_body("CREATE_USERS_V4", new_user())
        for signer in user, server.root, user:
            await self.denied(server, signer, body)
        server.clock.advance(seconds=3600)
        await self.denied(server, server.root, body)
        assert len((await activities(server))[0]["votes"]) == 1
        assert len((await server.query("list_users")).json["users"]) == 2

    async def test_the_same_wish_in_other_bytes_is_another_activity(self, server: ComposedServer) -> None:
        user = await server.add_user("ann")
        parameters = new_user("bob")
        assert (await server.submit("CREATE_USERS_V4", parameters, by=user)).status == 403
        assert (await server.submit("CREATE_USERS_V4", parameters)).status == 200

    async def test_only_the_root_quorum_changes_the_root_quorum(self, server: ComposedServer) -> None:
        user = await server.add_user("ann")
        parameters = {"threshold": 1, "userIds": [user.user_id]}
        assert (await server.submit("UPDATE_ROOT_QUORUM", parameters, by=user)).status == 403

    async def test_one_s_own_credentials_are_one_s_own(self, server: ComposedServer) -> None:
        user, other = await server.add_user("ann"), await server.add_user("bob")
        key = key_params(generate_key_pair(Curve.P256))
        mine = await server.submit("CREATE_API_KEYS_V2", {"userId": user.user_id.upper(), "apiKeys": [key]}, by=user)
        ids = mine.result["apiKeyIds"]
        theirs = {"userId": other.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256))]}
        assert (await server.submit("CREATE_API_KEYS_V2", theirs, by=user)).status == 403
        assert (
            await server.submit("DELETE_API_KEYS", {"userId": user.user_id, "apiKeyIds": ids}, by=other)
        ).status == 403
        assert (await server.submit("DELETE_API_KEYS", {"userId": user.user_id, "apiKeyIds": ids}, by=user)).result

    async def test_a_refusal_comes_before_a_denial_but_tells_only_members(self, server: ComposedServer) -> None:
        user = await server.add_user("ann")
        parameters = {"userId": "00000000-0000-4000-8000-000000000000", "apiKeys": [key_params(user.key)]}
        assert (await server.submit("CREATE_API_KEYS_V2", parameters, by=user)).error == (404, 5, "")


async def test_what_has_no_behaviour_names_itself(server: ComposedServer) -> None:
    reply = await server.submit("CREATE_FIAT_ON_RAMP_CREDENTIAL", {})
    assert reply.error == (501, 12, "")
    assert reply.message == "/public/v1/submit/create_fiat_on_ramp_credential is not implemented"


async def test_fields_of_what_is_not_here_yet_name_themselves(server: ComposedServer) -> None:
    provider = {"providerName": "x", "oidcToken": "y"}
    user = user_params("ann", generate_key_pair(Curve.P256), oauthProviders=[provider])
    reply = await server.submit("CREATE_USERS_V4", {"users": [user]})
    assert reply.error == (501, 12, "")
    assert reply.message == "`users[0].oauthProviders` is not implemented"


async def test_the_evidence_is_kept_byte_for_byte(server: ComposedServer) -> None:
    envelope = json.loads(server.activity_body("CREATE_USERS_V4", new_user("Zoë 🔑 </script>")))
    body = json.dumps(envelope, ensure_ascii=False, indent=3).replace('"type"', '"\\u0074ype"').encode()
    activity = (await server.post(PATH, body, by=server.root)).activity
    assert activity["votes"][0]["message"].encode() == body
    await server.restart()
    again = await server.query("get_activity", activityId=activity["id"])
    assert again.activity["votes"][0]["message"].encode() == body
