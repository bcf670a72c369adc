"""``X-Session``: what a read-only session may read, what it may not, and when it is over."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest

from composed import Actor, ComposedServer, Reply
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.queries import implemented_queries

HOUR_S = 60 * 60
SUBMIT = "/public/v1/submit/create_user_tag"
QUERIES_BY_REVERSE_LOOK_UP = {"whoami"}


async def open_session(server: ComposedServer, by: Actor, **members: Any) -> str:
    """The token of a fresh session."""
    token: str = (await server.submit("CREATE_READ_ONLY_SESSION", {}, by=by, **members)).result["session"]
    assert len(token) == 118
    return token


async def read(
    server: ComposedServer, token: str, name: str = "whoami", *, stamp: str | None = None, **members: Any
) -> Reply:
    """A query by a token, about the root user's organization unless another is named."""
    body = json.dumps({"organizationId": server.root.organization_id} | members).encode()
    headers = [("X-Session", token)] + ([] if stamp is None else [("X-Stamp", stamp)])
    return await server.call("POST", f"/public/v1/query/{name}", body, headers)


def tokens_in(reply: Reply) -> set[str]:
    """Those of all activities that a reply shows."""
    assert reply.status == 200, reply.body
    activities = reply.json.get("activities") or [reply.json["activity"]]
    results = [each["result"].get("createReadOnlySessionResult") for each in activities]
    return {result["session"] for result in results if result}


class TestReading:
    async def test_it_reads_as_its_user(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        token = await open_session(server, ann)
        by_token, by_stamp = await read(server, token), await server.query("whoami", by=ann)
        assert by_token.json == by_stamp.json
        assert by_token.json["userId"] == ann.user_id
        listed = await read(server, token, "list_users")
        assert listed.json == (await server.query("list_users", by=ann)).json

    async def test_every_query_answers_it_as_it_answers_a_stamp(self, server: ComposedServer) -> None:
        token = await open_session(server, server.root)
        for name in implemented_queries():
            by_token, by_stamp = await read(server, token, name), await server.query(name)
            assert by_token.status == by_stamp.status, name
            if name != "list_activities":  # shows the token
                assert by_token.json == by_stamp.json, name

    async def test_what_one_may_vote_on_is_shown_as_to_a_stamp(self, server: ComposedServer) -> None:
        ann, bob = await server.add_sub_organization("ann", "bob", threshold=2)
        pending = (await server.submit("CREATE_USER_TAG", {"userTagName": "t", "userIds": []}, by=ann)).activity
        token = await open_session(server, bob)
        given = {"organizationId": bob.organization_id, "activityId": pending["id"]}
        shown = (await read(server, token, "get_activity", **given)).activity
        assert (shown["canApprove"], shown["canReject"]) == (True, True)

    async def test_it_survives_a_restart(self, server: ComposedServer) -> None:
        token = await open_session(server, server.root)
        await server.restart()
        assert (await read(server, token)).json["userId"] == server.root.user_id

    async def test_the_key_that_opened_it_may_go(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        expiring = await server.add_key(ann, seconds=60)
        token = await open_session(server, expiring)
        server.clock.advance(seconds=60)
        assert (await server.query("whoami", by=expiring)).error == (401, 16, "API_KEY_EXPIRED")
        assert (await read(server, token)).json["userId"] == ann.user_id


class TestOrganizations:
    async def test_every_query_and_every_relative(self, server: ComposedServer) -> None:
        """Rows: whose session. Columns: whose organization is named."""
        (one,) = await server.add_sub_organization("one")
        (two,) = await server.add_sub_organization("two")
        ids = {"parent": server.root.organization_id, "one": one.organization_id, "two": two.organization_id}
        readable = {"parent": {"parent", "one", "two"}, "one": {"one"}, "two": {"two"}}
        tokens = {"parent": await open_session(server, server.root), "one": await open_session(server, one)}
        for name in implemented_queries():
            for whose, token in tokens.items():
                for named, organization_id in ids.items():
                    reply = await read(server, token, name, organizationId=organization_id)
                    is_reverse = name in QUERIES_BY_REVERSE_LOOK_UP and named == "parent"
                    if named in readable[whose] or is_reverse:
                        assert reply.status in {200, 400}, (name, whose, named, reply.body)  # 400: of a parameter
                    else:
                        assert reply.error == (401, 16, "UNAUTHENTICATED"), (name, whose, named, reply.body)
                        assert "is not one of organization" in reply.message

    async def test_whoami_says_who_it_is_wherever_it_is_asked(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        token = await open_session(server, sub)
        for organization_id in sub.organization_id, server.root.organization_id:
            reply = await read(server, token, organizationId=organization_id)
            assert (reply.json["organizationId"], reply.json["userId"]) == (sub.organization_id, sub.user_id)
        of_parent = await read(server, await open_session(server, server.root), organizationId=sub.organization_id)
        assert of_parent.json["userId"] == server.root.user_id

    async def test_a_parent_s_session_reads_below_it(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        token = await open_session(server, server.root)
        users = (await read(server, token, "list_users", organizationId=sub.organization_id)).json["users"]
        assert [user["userId"] for user in users] == [sub.user_id]

    async def test_a_poll_may_leave_its_organization_out(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        activity = (await server.submit("CREATE_USER_TAG", {"userTagName": "t", "userIds": []}, by=sub)).activity
        for whose in sub, server.root:
            token = await open_session(server, whose)
            body = json.dumps({"activityId": activity["id"]}).encode()
            reply = await server.call("POST", "/public/v1/query/get_activity", body, [("X-Session", token)])
            assert reply.activity["id"] == activity["id"]
        missing = await server.call("POST", "/public/v1/query/list_users", b"{}", [("X-Session", token)])
        assert missing.status == 400

    async def test_opened_under_the_parent_s_id_it_is_of_the_user_s_own_organization(
        self, server: ComposedServer
    ) -> None:
        (sub,) = await server.add_sub_organization("ann")
        reply = await server.submit("CREATE_READ_ONLY_SESSION", {}, by=sub, organizationId=server.root.organization_id)
        assert reply.activity["organizationId"] == reply.result["organizationId"] == sub.organization_id
        users = await read(server, reply.result["session"], "list_users", organizationId=sub.organization_id)
        assert [user["userId"] for user in users.json["users"]] == [sub.user_id]

    async def test_an_unknown_organization_is_told_to_a_live_session_only(self, server: ComposedServer) -> None:
        token = await open_session(server, server.root)
        unknown = "00000000-0000-4000-8000-000000000000"
        assert (await read(server, token, organizationId=unknown)).error == (404, 5, "ORGANIZATION_NOT_FOUND")
        assert (await read(server, "none", organizationId=unknown)).error == (401, 16, "UNAUTHENTICATED")
        server.clock.advance(seconds=HOUR_S)
        assert (await read(server, token, organizationId=unknown)).error == (401, 16, "UNAUTHENTICATED")

    async def test_the_parent_opens_none_below_it(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        reply = await server.submit("CREATE_READ_ONLY_SESSION", {}, organizationId=sub.organization_id)
        assert reply.error == (400, 3, "ORGANIZATION_MISMATCH")


class TestTheEnd:
    async def test_it_ends_by_the_clock(self, server: ComposedServer) -> None:
        reply = await server.submit("CREATE_READ_ONLY_SESSION", {})
        token, expiry_s = reply.result["session"], int(reply.result["sessionExpiry"])
        left_ms = expiry_s * 1000 - server.clock.now_ms()
        assert HOUR_S * 1000 - 1000 < left_ms <= HOUR_S * 1000
        server.clock.advance(seconds=(left_ms - 1) / 1000)
        assert (await read(server, token)).status == 200
        server.clock.advance(seconds=0.001)
        over = await read(server, token)
        assert over.error == (401, 16, "UNAUTHENTICATED")
        assert over.message.startswith("expired read-only session")

    async def test_it_ends_with_its_user(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        token = await open_session(server, ann)
        assert (await server.submit("DELETE_USERS", {"userIds": [ann.user_id]})).result
        for name in implemented_queries():
            reply = await read(server, token, name)
            assert reply.error == (401, 16, "UNAUTHENTICATED")
            assert reply.message.startswith("could not find the user of the read-only session")

    async def test_it_ends_with_its_organization_whose_history_the_parent_s_goes_on_to_read(
        self, server: ComposedServer
    ) -> None:
        (sub,) = await server.add_sub_organization("ann")
        own, of_parent = await open_session(server, sub), await open_session(server, server.root)
        assert (await server.submit("DELETE_SUB_ORGANIZATION", {"deleteWithoutExport": True}, by=sub)).result
        for organization_id in sub.organization_id, server.root.organization_id:
            reply = await read(server, own, organizationId=organization_id)
            assert reply.error == (401, 16, "UNAUTHENTICATED")
        history = await read(server, of_parent, "list_activities", organizationId=sub.organization_id)
        assert len(history.json["activities"]) == 2

    async def test_a_token_changed_in_any_byte_is_none(self, server: ComposedServer) -> None:
        raw = urlsafe_b64decode(await open_session(server, server.root) + "==")
        for place in range(len(raw)):
            changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
            reply = await read(server, urlsafe_b64encode(changed).decode().rstrip("="))
            assert reply.error == (401, 16, "UNAUTHENTICATED")
            assert reply.message.startswith("malformed read-only session")

    @pytest.mark.parametrize("token", ["", " ", "é", "=", "A" * 118, "A" * 10_000, "null", "../../etc/passwd"])
    async def test_what_is_none(self, server: ComposedServer, token: str) -> None:
        assert (await read(server, token)).error == (401, 16, "UNAUTHENTICATED")

    async def test_another_server_s_is_none(self, server: ComposedServer, tmp_path: Path) -> None:
        other_path = tmp_path / "other"
        other_path.mkdir()
        other = await ComposedServer.start(other_path)
        token = await open_session(other, other.root)
        reply = await read(server, token, organizationId=server.root.organization_id)
        assert reply.message.startswith("malformed read-only session")
        await other.app.stop()


class TestWriting:
    async def test_no_submit_takes_it(self, server: ComposedServer) -> None:
        token = await open_session(server, server.root)
        before = len((await server.query("list_activities")).json["activities"])
        for kind, path in (
            ("CREATE_USER_TAG", SUBMIT),
            ("CREATE_READ_ONLY_SESSION", "/public/v1/submit/create_read_only_session"),
            ("STAMP_LOGIN", "/public/v1/submit/stamp_login"),
            ("APPROVE_ACTIVITY", "/public/v1/submit/approve_activity"),
        ):
            reply = await server.call("POST", path, server.activity_body(kind, {}), [("X-Session", token)])
            assert reply.error == (401, 16, "SIGNATURE_MISSING")
            assert reply.message == (
                "cannot authenticate public API activity request without a stamp (X-Stamp/X-Stamp-Webauthn header):"
                " X-Session is for queries"
            )
        assert len((await server.query("list_activities")).json["activities"]) == before

    async def test_a_stamp_beside_it_counts(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        token = await open_session(server, ann)
        body = server.activity_body("CREATE_USER_TAG", {"userTagName": "t", "userIds": []})
        headers = [("X-Session", token), ("X-Stamp", sign_stamp(server.root.key, body))]
        activity = (await server.call("POST", SUBMIT, body, headers)).activity
        assert activity["votes"][0]["userId"] == server.root.user_id
        whoami = json.dumps({"organizationId": server.root.organization_id}).encode()
        assert (await read(server, token, stamp=sign_stamp(server.root.key, whoami))).json["username"] == "root"

    async def test_so_does_a_bad_one(self, server: ComposedServer) -> None:
        token = await open_session(server, server.root)
        body = json.dumps({"organizationId": server.root.organization_id}).encode()
        for stamp, code in (
            ("", "UNAUTHENTICATED"),
            ("?", "UNAUTHENTICATED"),
            (sign_stamp(server.root.key, b"something else"), "SIGNATURE_INVALID"),
            (sign_stamp(generate_key_pair(Curve.P256), body), "PUBLIC_KEY_NOT_FOUND"),
        ):
            assert (await read(server, token, stamp=stamp)).error == (401, 16, code)


class TestWhoSeesTheToken:
    async def test_only_a_stamp_of_its_user(self, server: ComposedServer) -> None:
        (ann, bob) = await server.add_sub_organization("ann", "bob")
        activity = (await server.submit("CREATE_READ_ONLY_SESSION", {}, by=ann)).activity
        token = activity["result"]["createReadOnlySessionResult"]["session"]
        given = {"organizationId": ann.organization_id, "activityId": activity["id"]}
        another_key = await server.add_key(ann)
        for reader, seen in ((ann, token), (another_key, token), (bob, ""), (server.root, "")):
            assert tokens_in(await server.query("get_activity", by=reader, **given)) == {seen}
            listed = await server.query("list_activities", by=reader, organizationId=ann.organization_id)
            assert tokens_in(listed) == {""}, "its body names no activity"
        of_parent = await open_session(server, server.root)
        for session in token, of_parent:
            assert tokens_in(await read(server, session, "get_activity", **given)) == {""}
            listed = await read(server, session, "list_activities", organizationId=ann.organization_id)
            assert tokens_in(listed) == {""}

    async def test_the_rest_of_the_result_is_shown_to_all_readers(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        activity = (await server.submit("CREATE_READ_ONLY_SESSION", {}, by=ann)).activity
        shown = (await server.query("get_activity", activityId=activity["id"])).activity["result"]
        assert shown == {
            "createReadOnlySessionResult": activity["result"]["createReadOnlySessionResult"] | {"session": ""}
        }

    async def test_the_same_bytes_again(self, server: ComposedServer) -> None:
        ann = await server.add_user("ann")
        body = server.activity_body("CREATE_READ_ONLY_SESSION", {})
        path = "/public/v1/submit/create_read_only_session"
        first = await server.post(path, body, by=ann)
        assert tokens_in(first) != {""}
        for again in ("at once", "after a restart"):
            for sender in ann, server.root:
                assert tokens_in(await server.post(path, body, by=sender)) == {""}, again
            await server.restart()
        by_query = await server.query("get_activity", by=ann, activityId=first.activity["id"])
        assert tokens_in(by_query) == tokens_in(first)

    async def test_not_whoever_had_to_agree_to_it(self, server: ComposedServer) -> None:
        ann, bob = await server.add_user("ann"), await server.add_user("bob")
        policy = {
            "policyName": "two for sessions",
            "effect": "EFFECT_ALLOW",
            "condition": "activity.type == 'ACTIVITY_TYPE_CREATE_READ_ONLY_SESSION'",
            "consensus": "approvers.count() >= 2",
            "notes": "",
        }
        assert (await server.submit("CREATE_POLICY_V3", policy)).result
        pending = (await server.submit("CREATE_READ_ONLY_SESSION", {}, by=ann)).activity
        assert pending["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        approval = await server.submit("APPROVE_ACTIVITY", {"fingerprint": pending["fingerprint"]}, by=bob)
        assert approval.result["userId"] == ann.user_id
        assert tokens_in(approval) == {""}
        (token,) = tokens_in(await server.query("get_activity", by=ann, activityId=pending["id"]))
        assert (await read(server, token)).json["userId"] == ann.user_id

    async def test_nothing_on_disk_opens_a_session(self, server: ComposedServer) -> None:
        token = await open_session(server, server.root)
        await server.app.stop()
        for file in server.directory.path.iterdir():
            if file.is_file():
                assert token.encode() not in file.read_bytes(), file
        await server.start_again()
        assert (await read(server, token)).status == 200
