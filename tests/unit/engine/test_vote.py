"""Consensus: approvals, rejections, lapses, and what happens when the last approval comes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from composed import Actor, ComposedServer, Reply, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.crypto.p256 import P256PrivateKey

DAY_SECONDS = 24 * 60 * 60
PATH = "/public/v1/submit/create_users"


@dataclass
class Committee:
    """An organization whose root quorum is two of three, and an activity that one of them has submitted."""

    server: ComposedServer
    first: Actor
    second: Actor
    third: Actor
    member: Actor
    body: bytes
    pending: dict[str, Any]

    @property
    def fingerprint(self) -> str:
        return "sha256:" + hashlib.sha256(self.body).hexdigest()

    async def vote(self, how: str, by: Actor, **members: Any) -> Reply:
        return await self.server.submit(f"{how}_ACTIVITY", {"fingerprint": self.fingerprint}, by=by, **members)

    async def resend(self, by: Actor) -> Reply:
        return await self.server.post(PATH, self.body, by=by)

    async def seen_by(self, reader: Actor) -> dict[str, Any]:
        return (await self.server.query("get_activity", by=reader, activityId=self.pending["id"])).activity

    async def user_names(self) -> list[str]:
        users = (await self.server.query("list_users", by=self.first)).json["users"]
        return [user["userName"] for user in users]

    async def status(self) -> str:
        return (await self.seen_by(self.member))["status"].removeprefix("ACTIVITY_STATUS_")


@pytest_asyncio.fixture
async def committee(server: ComposedServer) -> Committee:
    second, third, member = [await server.add_user(name) for name in ("second", "third", "member")]
    await server.set_root_quorum(2, server.root, second, third)
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("new", generate_key_pair(Curve.P256))]})
    pending = (await server.post(PATH, body, by=server.root)).activity
    return Committee(server, server.root, second, third, member, body, pending)


def selections(activity: dict[str, Any]) -> list[tuple[str, str]]:
    return [(vote["userId"], vote["selection"].removeprefix("VOTE_SELECTION_")) for vote in activity["votes"]]


async def test_the_first_approval_waits_for_the_second(committee: Committee) -> None:
    assert committee.pending["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert committee.pending["result"] == {}
    assert committee.pending["failure"] is None
    assert selections(committee.pending) == [(committee.first.user_id, "APPROVED")]
    assert await committee.user_names() == ["root", "second", "third", "member"]


async def test_approval_by_fingerprint_carries_it_out_and_answers_with_it(committee: Committee) -> None:
    reply = await committee.vote("APPROVE", committee.third)
    assert reply.activity["id"] == committee.pending["id"]
    assert reply.activity["type"] == "ACTIVITY_TYPE_CREATE_USERS_V4"
    assert len(reply.result["userIds"]) == 1
    assert selections(reply.activity) == [
        (committee.first.user_id, "APPROVED"),
        (committee.third.user_id, "APPROVED"),
    ]
    assert json.loads(reply.activity["votes"][1]["message"])["type"] == "ACTIVITY_TYPE_APPROVE_ACTIVITY"
    assert (await committee.user_names())[-1] == "new"
    listed = (await committee.server.query("list_activities")).json["activities"]
    assert listed[0]["id"] == committee.pending["id"], "a vote is no activity of its own"


async def test_approval_by_the_same_bytes(committee: Committee) -> None:
    reply = await committee.resend(committee.second)
    assert reply.result["userIds"]
    assert [vote["message"].encode() for vote in reply.activity["votes"]] == [committee.body] * 2
    assert (await committee.resend(committee.third)).activity == reply.activity | {
        "canApprove": False,
        "canReject": True,
    }
    assert (await committee.user_names()).count("new") == 1


async def test_approval_by_the_same_bytes_is_good_for_the_whole_window(committee: Committee) -> None:
    committee.server.clock.advance(seconds=DAY_SECONDS)
    assert (await committee.resend(committee.second)).result["userIds"]


@pytest.mark.parametrize("again", ["resend", "approve"])
async def test_the_submitter_s_second_approval_counts_for_nothing(committee: Committee, again: str) -> None:
    reply = await (
        committee.resend(committee.first) if again == "resend" else committee.vote("APPROVE", committee.first)
    )
    assert reply.activity == committee.pending


async def test_a_second_key_of_the_same_user_is_no_second_voter(committee: Committee) -> None:
    other_key = await committee.server.add_key(committee.first)
    assert (await committee.resend(other_key)).activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    assert len((await committee.vote("APPROVE", other_key)).activity["votes"]) == 1


async def test_the_same_vote_again_is_the_same_activity_for_ever(committee: Committee) -> None:
    server = committee.server
    body = server.activity_body("APPROVE_ACTIVITY", {"fingerprint": committee.fingerprint})
    path = "/public/v1/submit/approve_activity"
    done = (await server.post(path, body, by=committee.second)).activity
    server.clock.advance(seconds=3600)
    assert (await server.post(path, body, by=committee.second)).activity == done
    stale = await server.post(path, body, by=committee.third)
    assert stale.message.startswith("invalid request timestamp")


async def test_those_outside_the_quorum_may_look_but_not_vote(committee: Committee) -> None:
    for reply in (
        await committee.vote("APPROVE", committee.member),
        await committee.vote("REJECT", committee.member),
        await committee.resend(committee.member),
    ):
        assert reply.error == (403, 7, "REQUEST_NOT_AUTHORIZED")
        assert reply.message.startswith("request not authorized")
    assert await committee.seen_by(committee.member) == committee.pending | {"canApprove": False, "canReject": False}


@pytest.mark.parametrize("by", ["first", "second"])
async def test_one_rejection_is_final(committee: Committee, by: str) -> None:
    voter: Actor = getattr(committee, by)
    activity = (await committee.vote("REJECT", voter)).activity
    assert activity["status"] == "ACTIVITY_STATUS_REJECTED"
    assert selections(activity)[1:] == [(voter.user_id, "REJECTED")]
    assert (activity["canApprove"], activity["canReject"], activity["result"]) == (False, False, {})
    for reply in (
        await committee.vote("APPROVE", committee.third),
        await committee.vote("REJECT", committee.third),
        await committee.resend(committee.third),
    ):
        assert reply.activity["status"] == "ACTIVITY_STATUS_REJECTED"
        assert len(reply.activity["votes"]) == 2
    assert "new" not in await committee.user_names()


async def test_what_is_done_cannot_be_rejected_and_need_not_be_approved(committee: Committee) -> None:
    done = (await committee.vote("APPROVE", committee.second)).activity
    late = await committee.vote("REJECT", committee.third)
    assert late.error == (400, 3, "REQUEST_INVALID")
    assert f"activity {done['id']} is COMPLETED" in late.message
    assert (await committee.vote("APPROVE", committee.third)).activity["votes"] == done["votes"]


async def test_who_may_still_do_what(committee: Committee) -> None:
    async def rights(actor: Actor) -> tuple[bool, bool]:
        activity = await committee.seen_by(actor)
        return activity["canApprove"], activity["canReject"]

    assert await rights(committee.first) == (False, True)
    assert await rights(committee.second) == (True, True)
    assert await rights(committee.member) == (False, False)
    await committee.vote("APPROVE", committee.second)
    assert await rights(committee.third) == (False, True)
    assert await rights(committee.member) == (False, False)


async def test_a_parent_s_user_sees_an_activity_and_may_do_nothing_with_it(server: ComposedServer) -> None:
    first, _ = await server.add_sub_organization("first", "second", threshold=2)
    parameters = {"users": [user_params("new", generate_key_pair(Curve.P256))]}
    body = server.activity_body("CREATE_USERS_V4", parameters, organization_id=first.organization_id)
    pending = (await server.post(PATH, body, by=first)).activity
    for organization_id in first.organization_id, server.root.organization_id:
        seen = await server.query("get_activity", organizationId=organization_id, activityId=pending["id"])
        assert seen.activity == pending | {"canApprove": False, "canReject": False}
    assert (await server.post(PATH, body, by=server.root)).activity["votes"] == pending["votes"]


class TestLapse:
    """Approvals lapse together when their window of 24 hours closes."""

    async def test_after_the_window_approvals_must_be_given_again(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=DAY_SECONDS + 1)
        assert (await committee.seen_by(committee.first))["canApprove"]
        reply = await committee.vote("APPROVE", committee.second)
        assert reply.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        assert len(reply.activity["votes"]) == 2
        renewed = await committee.vote("APPROVE", committee.first)
        assert renewed.result["userIds"]
        assert [user_id for user_id, _ in selections(renewed.activity)] == [
            committee.first.user_id,
            committee.second.user_id,
            committee.first.user_id,
        ]

    async def test_the_same_bytes_do_not_renew(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=DAY_SECONDS + 1)
        assert (await committee.resend(committee.first)).activity["votes"] == committee.pending["votes"]
        third = await committee.resend(committee.third)
        assert len(third.activity["votes"]) == 2
        assert third.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"

    async def test_a_renewal_opens_a_window_of_its_own(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=DAY_SECONDS + 1)
        await committee.vote("APPROVE", committee.second)
        committee.server.clock.advance(seconds=DAY_SECONDS - 1)
        assert (await committee.vote("APPROVE", committee.third)).result["userIds"]

    async def test_a_rejection_does_not_lapse_and_needs_no_window(self, committee: Committee) -> None:
        committee.server.clock.advance(seconds=30 * DAY_SECONDS)
        await committee.vote("REJECT", committee.first)
        committee.server.clock.advance(seconds=30 * DAY_SECONDS)
        assert await committee.status() == "REJECTED"


class TestWhenThingsHaveChanged:
    """The last approval is judged by what holds at that moment."""

    async def test_a_limit_that_is_hit_late_fails_the_activity(self, committee: Committee) -> None:
        server, target = committee.server, committee.member
        keys = [generate_key_pair(Curve.P256) for _ in range(9)]
        parameters = {"userId": target.user_id, "apiKeys": [key_params(keys[0])]}
        pending = await server.submit("CREATE_API_KEYS_V2", parameters)
        assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
        own = {"userId": target.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256)) for _ in range(9)]}
        assert (await server.submit("CREATE_API_KEYS_V2", own, by=target)).result
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        late = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.second)
        assert late.status == 200
        assert late.activity["status"] == "ACTIVITY_STATUS_FAILED"
        assert late.activity["result"] == {}
        assert late.activity["failure"] == {
            "code": 8,
            "message": "user has exceeded maximum long-lived api keys: at most 10 are allowed",
            "details": [],
        }
        assert len(late.activity["votes"]) == 2
        keys_now = (await server.query("get_api_keys", userId=target.user_id)).json["apiKeys"]
        assert len(keys_now) == 10
        again = await server.post("/public/v1/submit/create_api_keys", _message(pending), by=server.root)
        assert again.activity["status"] == "ACTIVITY_STATUS_FAILED"

    async def test_a_key_that_was_taken_meanwhile_fails_the_activity(self, committee: Committee) -> None:
        server = committee.server
        key = key_params(generate_key_pair(Curve.P256))
        pending = await server.submit("CREATE_API_KEYS_V2", {"userId": committee.second.user_id, "apiKeys": [key]})
        own = {"userId": committee.member.user_id, "apiKeys": [key]}
        assert (await server.submit("CREATE_API_KEYS_V2", own, by=committee.member)).result
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        late = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.third)
        assert (late.status, late.activity["failure"]["code"]) == (200, 6)

    async def test_a_failure_keeps_the_service_s_code_in_its_details(self, committee: Committee) -> None:
        server, member = committee.server, committee.member
        second_key = await server.add_key(member)
        keys = (await server.query("get_api_keys", userId=member.user_id)).json["apiKeys"]
        ids = [key["apiKeyId"] for key in keys]
        pending = await server.submit("DELETE_API_KEYS", {"userId": member.user_id, "apiKeyIds": ids[:1]})
        own = {"userId": member.user_id, "apiKeyIds": ids[1:]}
        assert (await server.submit("DELETE_API_KEYS", own, by=second_key)).result
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        late = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.second)
        detail = {"@type": "type.googleapis.com/errors.v1.TurnkeyErrorDetail", "turnkeyErrorCode": "REQUEST_INVALID"}
        assert late.activity["failure"] == {
            "code": 3,
            "message": f"user missing valid credential: {member.user_id}",
            "details": [detail],
        }

    async def test_those_who_left_the_quorum_vote_no_more(self, committee: Committee) -> None:
        server, members = committee.server, [committee.first.user_id, committee.second.user_id]
        pending = await server.submit("UPDATE_ROOT_QUORUM", {"threshold": 2, "userIds": members})
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        assert (await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.third)).result == {}
        assert (await committee.vote("APPROVE", committee.third)).status == 403
        assert not (await committee.seen_by(committee.third))["canApprove"]
        assert (await committee.vote("APPROVE", committee.second)).result["userIds"]

    async def test_a_lower_threshold_lets_a_pending_activity_through_on_its_next_vote(
        self, committee: Committee
    ) -> None:
        server = committee.server
        parameters = {"threshold": 1, "userIds": [committee.third.user_id]}
        pending = await server.submit("UPDATE_ROOT_QUORUM", parameters, by=committee.second)
        fingerprint = {"fingerprint": pending.activity["fingerprint"]}
        assert (await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.third)).status == 200
        assert await committee.status() == "CONSENSUS_NEEDED"
        assert (await committee.resend(committee.third)).result["userIds"]

    async def test_a_voter_whose_key_is_gone_cannot_vote_with_it(self, committee: Committee) -> None:
        server, second = committee.server, committee.second
        fresh = await server.add_key(second)
        keys = (await server.query("get_api_keys", userId=second.user_id)).json["apiKeys"]
        old = next(key["apiKeyId"] for key in keys if key["credential"]["publicKey"] == second.public_key)
        gone = {"userId": second.user_id, "apiKeyIds": [old]}
        assert (await server.submit("DELETE_API_KEYS", gone, by=fresh)).result
        assert (await committee.vote("APPROVE", second)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        assert (await committee.resend(second)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
        assert (await committee.vote("APPROVE", fresh)).result["userIds"]

    async def test_an_approval_stays_when_its_key_goes_and_shows_its_voter_as_it_was(
        self, committee: Committee
    ) -> None:
        server, first = committee.server, committee.first
        before = committee.pending["votes"][0]["user"]
        fresh = await server.add_key(first)
        gone = {"userId": first.user_id, "apiKeyIds": [before["apiKeys"][0]["apiKeyId"]]}
        assert (await server.submit("DELETE_API_KEYS", gone, by=fresh)).result
        done = await committee.vote("APPROVE", committee.second)
        assert done.result["userIds"]
        assert done.activity["votes"][0]["user"] == before
        await server.restart()
        assert (await committee.seen_by(committee.third))["votes"][0]["user"] == before


class TestFingerprint:
    """What a vote may name."""

    async def test_an_unknown_fingerprint_is_not_found(self, committee: Committee) -> None:
        unknown = {"fingerprint": "sha256:" + "0" * 64}
        for how in "APPROVE", "REJECT":
            reply = await committee.server.submit(f"{how}_ACTIVITY", unknown)
            assert reply.error == (404, 5, "")
            assert reply.message == (
                "No activity found with fingerprint. Consensus activities must target an existing activity by"
                " fingerprint"
            )

    @pytest.mark.parametrize("text", ["", "0" * 64, "sha256:" + "F" * 64, "sha256:" + "0" * 65, "sha512:" + "0" * 64])
    async def test_a_fingerprint_has_one_form(self, server: ComposedServer, text: str) -> None:
        reply = await server.submit("APPROVE_ACTIVITY", {"fingerprint": text})
        assert reply.error == (400, 3, "REQUEST_INVALID")
        assert "invalid fingerprint" in reply.message

    async def test_another_organization_s_activity_is_unknown(self, server: ComposedServer) -> None:
        (sub,) = await server.add_sub_organization("ann")
        created = (await server.query("list_activities")).json["activities"][0]
        reply = await server.submit("APPROVE_ACTIVITY", {"fingerprint": created["fingerprint"]}, by=sub)
        assert reply.error == (404, 5, "")

    async def test_the_type_and_the_path_must_agree(self, committee: Committee) -> None:
        body = committee.server.activity_body("REJECT_ACTIVITY", {"fingerprint": committee.fingerprint})
        reply = await committee.server.post("/public/v1/submit/approve_activity", body, by=committee.second)
        assert reply.message.startswith("bad request body: found type `ACTIVITY_TYPE_REJECT_ACTIVITY`")
        assert await committee.status() == "CONSENSUS_NEEDED"


async def test_three_of_three(server: ComposedServer) -> None:
    members = await server.add_sub_organization("one", "two", "three", threshold=3)
    parameters = {"users": [user_params("new", generate_key_pair(Curve.P256))]}
    body = server.activity_body("CREATE_USERS_V4", parameters, organization_id=members[0].organization_id)
    statuses = [(await server.post(PATH, body, by=member)).activity["status"] for member in members]
    assert statuses == ["ACTIVITY_STATUS_CONSENSUS_NEEDED"] * 2 + ["ACTIVITY_STATUS_COMPLETED"]


async def test_a_session_that_completes_later_is_the_initiator_s(committee: Committee) -> None:
    server = committee.server
    target = P256PrivateKey.generate().public_point.hex()
    parameters = {"targetPublicKey": target, "userId": committee.member.user_id}
    pending = await server.submit("CREATE_READ_WRITE_SESSION_V2", parameters)
    assert pending.activity["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"
    fingerprint = {"fingerprint": pending.activity["fingerprint"]}
    done = await server.submit("APPROVE_ACTIVITY", fingerprint, by=committee.second)
    assert done.result["userId"] == committee.member.user_id
    assert done.result["credentialBundle"]


def _message(reply: Reply) -> bytes:
    message: str = reply.activity["votes"][0]["message"]
    return message.encode()
