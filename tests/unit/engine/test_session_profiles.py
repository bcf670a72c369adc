"""Session profiles from request to act: who may make one, and what a session with one may ask, by whatever way."""

from __future__ import annotations

import json
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply, key_params
from counterseal.crypto import Curve, generate_key_pair

TAGS = "activity.kind == 'CREATE_USER_TAG'"
NOT_ALLOWED = "does not allow this session to ask for it"


async def make_profile(server: ComposedServer, scope: str, *, name: str = "profile", **members: Any) -> str:
    parameters = {"sessionProfileName": name, "scope": scope} | members
    id_: str = (await server.submit("CREATE_SESSION_PROFILE", parameters)).result["sessionProfileId"]
    return id_


async def log_in(server: ComposedServer, by: Actor, profile_id: str | None, **more: Any) -> Actor:
    key = generate_key_pair(Curve.P256)
    named = {} if profile_id is None else {"sessionProfileId": profile_id}
    reply = await server.submit("STAMP_LOGIN", {"publicKey": key.public_key.hex()} | named | more, by=by)
    assert reply.result, reply.body
    return Actor(by.organization_id, by.user_id, key)


async def session_of(server: ComposedServer, by: Actor, scope: str) -> Actor:
    return await log_in(server, by, await make_profile(server, scope, name=scope[:255]))


async def tag(server: ComposedServer, name: str, by: Actor) -> Reply:
    return await server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []}, by=by)


def assert_out_of_scope(reply: Reply) -> None:
    assert reply.error == (403, 7, ""), reply.body
    assert NOT_ALLOWED in reply.message
    (detail,) = reply.json["details"]
    assert detail["message"] == "No policies evaluated to outcome: Allow"


class TestMaking:
    async def test_a_profile_is_seen_by_the_parent_and_its_sub_organizations(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        first = await make_profile(server, TAGS, expirationSeconds="0060", notes="why")
        second = await make_profile(server, "true", name="all")
        for reader in server.root, sub:
            listed = (await server.query("get_session_profiles", by=reader)).json["sessionProfiles"]
            assert [each["sessionProfileId"] for each in listed] == [first, second]
            one = (await server.query("get_session_profile", by=reader, sessionProfileId=first)).json["sessionProfile"]
            assert one == listed[0]
            assert one["sessionProfileName"] == "profile"
            assert (one["scope"], one["expirationSeconds"], one["notes"]) == (TAGS, "60", "why")
            assert one["createdAt"] == one["updatedAt"]
            assert "expirationSeconds" not in listed[1]

    async def test_a_strange_id_is_not_found(self, server: ComposedServer) -> None:
        strange = "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77"
        reply = await server.query("get_session_profile", sessionProfileId=strange)
        assert reply.error == (404, 5, "")
        reply = await server.query("get_session_profile", sessionProfileId="one")
        assert reply.status == 400

    async def test_sub_organizations_make_none(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        reply = await server.submit("CREATE_SESSION_PROFILE", {"sessionProfileName": "a", "scope": "true"}, by=sub)
        assert reply.error == (400, 3, "INVALID_ACTIVITY_CALLER")

    async def test_the_right_to_it_is_given_by_policies(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        parameters = {"sessionProfileName": "a", "scope": "true"}
        assert (await server.submit("CREATE_SESSION_PROFILE", parameters, by=ann)).status == 403
        policy = {"policyName": "p", "effect": "EFFECT_ALLOW", "notes": "", "consensus": "true"}
        condition = "activity.resource == 'SESSION_PROFILE' && activity.action == 'CREATE'"
        assert (await server.submit("CREATE_POLICY_V3", policy | {"condition": condition})).result
        assert (await server.submit("CREATE_SESSION_PROFILE", parameters, by=ann)).result

    @pytest.mark.parametrize(
        ("members", "words"),
        [
            ({"scope": "maybe"}, "invalid session profile scope: line 1, column 1"),
            ({"scope": ""}, "invalid session profile scope"),
            ({"scope": " " * 5000 + "true"}, "scope"),
            ({"sessionProfileName": ""}, "sessionProfileName"),
            ({"sessionProfileName": "profile"}, "must be unique"),
            ({"sessionProfileName": "SESSION_TYPE_READ_WRITE"}, "session type"),
            ({"expirationSeconds": "0"}, "invalid session profile expiration"),
            ({"notes": "x" * 5000}, "notes"),
        ],
    )
    async def test_what_is_wrong_is_named(self, server: ComposedServer, members: Any, words: str) -> None:
        await make_profile(server, "true")
        parameters = {"sessionProfileName": "new", "scope": "true"} | members
        reply = await server.submit("CREATE_SESSION_PROFILE", parameters)
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert words in reply.message

    async def test_there_are_at_most_a_hundred(self, server: ComposedServer) -> None:
        for at in range(100):
            await make_profile(server, "true", name=str(at))
        reply = await server.submit("CREATE_SESSION_PROFILE", {"sessionProfileName": "new", "scope": "true"})
        assert reply.error == (429, 8, "")


class TestScope:
    async def test_it_binds_root_users_too(self, server: ComposedServer) -> None:
        (ann,) = await server.add_sub_organization("ann")
        for user in server.root, ann:
            session = await log_in(server, user, await make_profile(server, TAGS, name=user.user_id))
            assert (await tag(server, "one", session)).result
            assert_out_of_scope(await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}, by=session))

    async def test_nothing_is_stored_of_what_is_out_of_it(self, server: ComposedServer) -> None:
        session = await session_of(server, server.root, TAGS)
        before = (await server.query("list_activities")).json["activities"]
        assert_out_of_scope(await _rename(server, session))
        assert (await server.query("list_activities")).json["activities"] == before

    async def test_queries_are_of_their_own_kind(self, server: ComposedServer) -> None:
        tags, reads = (
            await session_of(server, server.root, TAGS),
            await session_of(server, server.root, "activity.action == 'READ' && activity.kind != 'LIST_USERS'"),
        )
        assert_out_of_scope(await server.query("whoami", by=tags))
        assert (await server.query("whoami", by=reads)).status == 200
        assert_out_of_scope(await server.query("list_users", by=reads))
        assert_out_of_scope(await tag(server, "one", reads))
        everything = await session_of(server, server.root, "activity.action != 'EXPORT'")
        assert (await server.query("list_users", by=everything)).status == 200

    async def test_parameters_count(self, server: ComposedServer) -> None:
        ann, bob = await server.add_user("ann"), await server.add_user("bob")
        session = await session_of(server, server.root, f"activity.params.user_id == '{ann.user_id}'")
        for user, allowed in (ann, True), (bob, False):
            key = key_params(generate_key_pair(Curve.P256))
            parameters = {"userId": user.user_id, "apiKeys": [key]}
            reply = await server.submit("CREATE_API_KEYS_V2", parameters, by=session)
            assert (reply.status == 200) is allowed, reply.body
        assert_out_of_scope(await tag(server, "no such parameter", session))

    async def test_it_survives_a_restart(self, server: ComposedServer) -> None:
        session = await session_of(server, server.root, TAGS)
        await server.restart()
        assert (await tag(server, "one", session)).result
        assert_out_of_scope(await _rename(server, session))

    async def test_a_parent_s_session_reads_below_within_it(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        session = await session_of(server, server.root, TAGS)
        assert_out_of_scope(await server.query("list_users", by=session, organizationId=sub.organization_id))
        body = server.activity_body(
            "CREATE_USER_TAG", {"userTagName": "x", "userIds": []}, organization_id=sub.organization_id
        )
        path = "/public/v1/submit/create_user_tag"
        assert (await server.post(path, body, by=sub)).result
        assert (await server.post(path, body, by=session)).status == 200, "its scope allows to ask for this"
        name = server.activity_body(
            "UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}, organization_id=sub.organization_id
        )
        path = "/public/v1/submit/update_organization_name"
        assert (await server.post(path, name, by=sub)).result
        assert_out_of_scope(await server.post(path, name, by=session))


class TestNoWayOut:
    async def test_a_session_opens_sessions_of_its_own_profile(self, server: ComposedServer) -> None:
        (ann,) = await server.add_sub_organization("ann")
        scope = f"{TAGS} || activity.kind == 'STAMP_LOGIN'"
        profile = await make_profile(server, scope)
        other = await make_profile(server, "true", name="all")
        first = await log_in(server, ann, profile)
        for named in None, "", profile, profile.upper():
            next_one = await log_in(server, first, named)
            assert (await tag(server, f"by {named}", next_one)).result
            assert_out_of_scope(await _rename(server, next_one))
        for named in other, "00000000-0000-0000-0000-000000000000":
            key = generate_key_pair(Curve.P256).public_key.hex()
            reply = await server.submit("STAMP_LOGIN", {"publicKey": key, "sessionProfileId": named}, by=first)
            assert reply.error == (403, 7, "REQUEST_NOT_AUTHORIZED"), reply.body
            assert "sessions of that profile only" in reply.message

    async def test_a_session_lasts_no_longer_for_being_renewed(self, server: ComposedServer) -> None:
        profile = await make_profile(server, "true", expirationSeconds="60")
        first = await log_in(server, server.root, profile)
        second = await log_in(server, first, None, expirationSeconds="6000")
        server.clock.advance(seconds=61)
        assert (await server.query("whoami", by=second)).error == (401, 16, "API_KEY_EXPIRED")

    async def test_a_vote_is_seen_as_what_it_is_about(self, server: ComposedServer) -> None:
        ann, bob = await server.add_sub_organization("ann", "bob", threshold=2)
        session = await session_of(server, bob, f"{TAGS} || activity.kind == 'APPROVE_ACTIVITY'")
        path = "/public/v1/submit/update_organization_name"
        rename = server.activity_body(
            "UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}, organization_id=ann.organization_id
        )
        pending = (await server.post(path, rename, by=ann)).activity
        fingerprint = {"fingerprint": pending["fingerprint"]}
        for kind in "APPROVE_ACTIVITY", "REJECT_ACTIVITY":
            assert_out_of_scope(await server.submit(kind, fingerprint, by=session))
        assert_out_of_scope(await server.post(path, rename, by=session))
        pending = (await tag(server, "both", ann)).activity
        approved = await server.submit("APPROVE_ACTIVITY", {"fingerprint": pending["fingerprint"]}, by=session)
        assert approved.activity["status"] == "ACTIVITY_STATUS_COMPLETED"

    async def test_another_s_vote_is_no_way_to_read_it(self, server: ComposedServer) -> None:
        """The bytes of a recorded vote of the same user, stamped by the session."""
        ann, bob = await server.add_sub_organization("ann", "bob", threshold=2)
        session = await session_of(server, bob, TAGS)
        renaming = await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}, by=ann)
        fingerprint = {"fingerprint": renaming.activity["fingerprint"]}
        vote = server.activity_body("APPROVE_ACTIVITY", fingerprint, organization_id=bob.organization_id)
        path = "/public/v1/submit/approve_activity"
        assert (await server.post(path, vote, by=bob)).status == 200
        assert_out_of_scope(await server.post(path, vote, by=session))

    async def test_a_profile_of_another_family_is_not_found(self, server: ComposedServer) -> None:
        (ann,) = await server.add_sub_organization("ann")
        key = generate_key_pair(Curve.P256).public_key.hex()
        foreign = {"publicKey": key, "sessionProfileId": "3f0b1d6e-9c9b-4d5b-8c35-0a2f0c1d9e77"}
        assert (await server.submit("STAMP_LOGIN", foreign, by=ann)).error == (404, 5, "")

    async def test_a_login_that_waited_keeps_the_profile(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        allow = {
            "policyName": "p",
            "effect": "EFFECT_ALLOW",
            "notes": "",
            "condition": "activity.kind == 'STAMP_LOGIN'",
        }
        consensus = "approvers.count() >= 2"
        profile = await make_profile(server, "activity.kind in ['STAMP_LOGIN', 'CREATE_USER_TAG']")
        session = await log_in(server, ann, profile)
        assert (await server.submit("CREATE_POLICY_V3", allow | {"consensus": consensus})).result
        key = generate_key_pair(Curve.P256)
        waiting = await server.submit("STAMP_LOGIN", {"publicKey": key.public_key.hex()}, by=session)
        assert waiting.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        fingerprint = {"fingerprint": waiting.activity["fingerprint"]}
        assert (await server.submit("APPROVE_ACTIVITY", fingerprint)).status == 200
        assert_out_of_scope(await server.query("whoami", by=Actor(ann.organization_id, ann.user_id, key)))


async def test_policies_see_the_profile_of_a_login(server: ComposedServer) -> None:
    ann = await server.add_user("ann")
    profile = await make_profile(server, "true")
    policy = {
        "policyName": "only with a profile",
        "effect": "EFFECT_DENY",
        "notes": "",
        "condition": f"activity.kind == 'STAMP_LOGIN' && activity.params.session_profile_id != '{profile}'",
    }
    assert (await server.submit("CREATE_POLICY_V3", policy)).result
    key = generate_key_pair(Curve.P256).public_key.hex()
    assert (await server.submit("STAMP_LOGIN", {"publicKey": key}, by=ann)).status == 403
    assert await log_in(server, ann, profile)


async def test_keys_show_their_profile(server: ComposedServer) -> None:
    profile = await make_profile(server, "true")
    await log_in(server, server.root, profile)
    keys = (await server.query("get_api_keys", userId=server.root.user_id)).json["apiKeys"]
    assert [each["credential"].get("sessionProfileId") for each in keys] == [None, profile]


async def test_a_simulation_knows_the_scope(server: ComposedServer) -> None:
    profile = await make_profile(server, TAGS)
    await log_in(server, server.root, profile)
    keys = (await server.query("get_api_keys", userId=server.root.user_id)).json["apiKeys"]
    body = server.activity_body("UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}).decode()
    asked = {"organizationId": server.root.organization_id, "body": body}
    for key, refused in zip(keys, (False, True), strict=True):
        question = json.dumps(asked | {"credentialId": key["apiKeyId"]}).encode()
        reply = await server.post("/counterseal/v1/query/simulate_activity", question, by=server.root)
        assert reply.status == 200, reply.body
        assert ("refusal" in reply.json) is refused, reply.body
        if refused:
            assert NOT_ALLOWED in reply.json["refusal"]["message"]


async def _rename(server: ComposedServer, by: Actor) -> Reply:
    return await server.submit("UPDATE_ORGANIZATION_NAME", {"organizationName": "x"}, by=by)
