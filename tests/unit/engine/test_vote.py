"""Consensus: approvals, rejections, lapses, and what happens when the last approval comes."""

from __future__ import annotations

import json

import pytest

from committee import DAY_SECONDS, PATH, Committee, selections
from composed import Actor, ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair


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
