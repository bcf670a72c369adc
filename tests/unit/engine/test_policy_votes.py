"""Votes under policies: who may approve, what a late vote is judged by, and what becomes of the activity."""

from __future__ import annotations

import pytest

from committee import DAY_SECONDS
from composed import ComposedServer
from office import NEW_TAG, Office, Proposal, status_of


@pytest.fixture
def both(office: Office) -> str:
    """A consensus of an agent and a human."""
    return f"{office.tagged(office.agents)} && {office.tagged(office.humans)}"


@pytest.fixture
def two_humans(office: Office) -> str:
    """A consensus of two humans."""
    return f"approvers.filter(user, user.tags.contains('{office.humans}')).count() >= 2"


async def pending(office: Office, by: str = "agent") -> Proposal:
    proposal = await office.propose(getattr(office, by))
    assert status_of(proposal.reply) == "CONSENSUS_NEEDED"
    return proposal


async def test_agent_and_human_complete_it_and_the_reply_has_the_result(office: Office, both: str) -> None:
    policy = await office.allow(consensus=both)
    proposal = await pending(office)
    reply = await office.vote(proposal, office.ann)
    assert reply.result["userTagId"]
    assert len(reply.activity["votes"]) == 2
    assert await office.evaluations(proposal.id) == [{policy: "REQUIRES_CONSENSUS"}, {policy: "ALLOW"}]


async def test_the_same_bytes_by_the_human_complete_it(office: Office, both: str) -> None:
    await office.allow(consensus=both)
    proposal = await pending(office)
    assert (await office.resend(proposal, office.bob)).result["userTagId"]


async def test_the_root_quorum_completes_what_waits_for_a_policy(office: Office, both: str) -> None:
    await office.allow(consensus=both)
    assert (await office.vote(await pending(office), office.root)).result["userTagId"]


async def test_who_takes_no_part_may_neither_approve_nor_reject(office: Office, both: str) -> None:
    await office.allow(consensus=both)
    proposal = await pending(office)
    for how in "APPROVE", "REJECT":
        assert (await office.vote(proposal, office.guest, how)).error == (403, 7, "REQUEST_NOT_AUTHORIZED")
    assert (await office.resend(proposal, office.guest)).status == 403
    seen = await office.activity(proposal, by=office.guest)
    assert (seen["canApprove"], seen["canReject"], len(seen["votes"])) == (False, False, 1)


async def test_can_approve_and_can_reject_are_the_reader_s_own(office: Office, both: str) -> None:
    await office.allow(consensus=both)
    proposal = await pending(office)
    seen = {
        name: await office.activity(proposal, by=getattr(office, name)) for name in ("agent", "ann", "guest", "root")
    }
    assert {name: (each["canApprove"], each["canReject"]) for name, each in seen.items()} == {
        "agent": (False, True),
        "ann": (True, True),
        "guest": (False, False),
        "root": (True, True),
    }


@pytest.mark.parametrize("by", ["agent", "ann", "root"])
async def test_one_rejection_by_anyone_who_takes_part_is_final(office: Office, both: str, by: str) -> None:
    policy = await office.allow(consensus=both)
    proposal = await pending(office)
    assert status_of(await office.vote(proposal, getattr(office, by), "REJECT")) == "REJECTED"
    assert status_of(await office.vote(proposal, office.bob)) == "REJECTED"
    assert await office.evaluations(proposal.id) == [{policy: "REQUIRES_CONSENSUS"}], "a rejection is no decision"


async def test_approvals_lapse_after_a_day_and_the_activity_stays(office: Office, both: str) -> None:
    await office.allow(consensus=both)
    proposal = await pending(office)
    office.server.clock.advance(seconds=DAY_SECONDS + 1)
    assert status_of(await office.vote(proposal, office.ann)) == "CONSENSUS_NEEDED"
    reply = await office.vote(proposal, office.agent)
    assert reply.result["userTagId"]
    assert len(reply.activity["votes"]) == 3


async def test_a_user_is_one_approver_whatever_the_credential(office: Office, two_humans: str) -> None:
    await office.allow(consensus=two_humans)
    proposal = await pending(office, "ann")
    for again in await office.server.add_key(office.ann), office.ann:
        reply = await office.vote(proposal, again)
        assert (status_of(reply), len(reply.activity["votes"])) == ("CONSENSUS_NEEDED", 1)
    assert status_of(await office.vote(proposal, office.bob)) == "COMPLETED"


async def test_a_second_credential_does_not_help_a_consensus_that_counts_credentials(office: Office) -> None:
    await office.allow(consensus="approvers.count() >= 1 && credentials.count() >= 2")
    proposal = await pending(office, "ann")
    reply = await office.vote(proposal, await office.server.add_key(office.ann))
    assert (status_of(reply), len(reply.activity["votes"])) == ("CONSENSUS_NEEDED", 1)


async def test_the_votes_of_users_who_are_gone_do_not_count(office: Office, two_humans: str) -> None:
    await office.allow(consensus=two_humans)
    proposal = await pending(office, "ann")
    assert (await office.server.submit("DELETE_USERS", {"userIds": [office.ann.user_id]})).result
    third = await office.server.add_user("third", userTags=[office.humans])
    assert status_of(await office.vote(proposal, office.bob)) == "CONSENSUS_NEEDED"
    assert status_of(await office.vote(proposal, third)) == "COMPLETED"


async def test_a_vote_outlives_its_credential(office: Office, two_humans: str) -> None:
    api_keys = "credentials.all(key, key.type == 'CREDENTIAL_TYPE_API_KEY_P256') && credentials.count() >= 2"
    await office.allow(consensus=f"{two_humans} && {api_keys}")
    other = await office.server.add_key(office.ann)
    proposal = await pending(office, "ann")
    keys = (await office.server.query("get_api_keys", userId=office.ann.user_id)).json["apiKeys"]
    used = next(key["apiKeyId"] for key in keys if key["credential"]["publicKey"] == office.ann.public_key)
    parameters = {"userId": office.ann.user_id, "apiKeyIds": [used]}
    assert (await office.server.submit("DELETE_API_KEYS", parameters, by=other)).result
    assert status_of(await office.vote(proposal, office.bob)) == "COMPLETED"


async def test_a_late_vote_that_a_deny_matches_is_refused_and_not_stored(office: Office) -> None:
    await office.allow(consensus="approvers.count() >= 2")
    await office.deny(consensus=office.tagged(office.agents))
    proposal = await pending(office, "ann")
    for reply in await office.vote(proposal, office.agent), await office.resend(proposal, office.agent):
        assert (reply.status, reply.json["code"]) == (403, 7)
    seen = await office.activity(proposal)
    assert (seen["status"], len(seen["votes"])) == ("ACTIVITY_STATUS_CONSENSUS_NEEDED", 1)
    assert status_of(await office.vote(proposal, office.guest)) == "COMPLETED"


async def test_a_deny_leaves_a_partly_met_root_quorum_pending(office: Office) -> None:
    await office.deny()
    await office.server.set_root_quorum(2, office.root, office.ann)
    proposal = await pending(office, "ann")
    assert status_of(await office.vote(proposal, office.root)) == "COMPLETED"


class TestWhatHoldsAtTheVote:
    """Policies, tags and the quorum may change while an activity waits: the next vote is judged by the new ones."""

    async def test_a_loosened_policy_does_nothing_by_itself(self, office: Office, both: str) -> None:
        policy = await office.allow(consensus=both)
        proposal = await pending(office)
        await office.server.submit("UPDATE_POLICY_V2", {"policyId": policy, "policyConsensus": ""})
        assert (await office.activity(proposal))["status"] == "ACTIVITY_STATUS_CONSENSUS_NEEDED"

    async def test_a_tightened_policy_holds_for_the_next_vote(self, office: Office, both: str, two_humans: str) -> None:
        policy = await office.allow(consensus=both)
        proposal = await pending(office)
        tightened = {"policyId": policy, "policyConsensus": f"{office.tagged(office.agents)} && {two_humans}"}
        await office.server.submit("UPDATE_POLICY_V2", tightened)
        assert status_of(await office.vote(proposal, office.ann)) == "CONSENSUS_NEEDED"
        assert status_of(await office.vote(proposal, office.bob)) == "COMPLETED"

    async def test_a_deleted_policy_leaves_the_root_quorum(self, office: Office, both: str) -> None:
        policy = await office.allow(consensus=both)
        proposal = await pending(office)
        await office.server.submit("DELETE_POLICY", {"policyId": policy})
        assert (await office.vote(proposal, office.ann)).status == 403
        assert status_of(await office.vote(proposal, office.root)) == "COMPLETED"

    async def test_a_tag_taken_away_takes_the_vote_with_it(self, office: Office, two_humans: str) -> None:
        await office.allow(consensus=two_humans)
        proposal = await pending(office, "ann")
        third = await office.server.add_user("third", userTags=[office.humans])
        change = {"userTagId": office.humans, "addUserIds": [], "removeUserIds": [office.ann.user_id]}
        assert (await office.server.submit("UPDATE_USER_TAG", change)).result
        assert status_of(await office.vote(proposal, office.bob)) == "CONSENSUS_NEEDED"
        assert status_of(await office.vote(proposal, third)) == "COMPLETED"

    async def test_a_tag_given_makes_a_voter(self, office: Office, both: str) -> None:
        await office.allow(consensus=both)
        proposal = await pending(office)
        assert (await office.vote(proposal, office.guest)).status == 403
        change = {"userTagId": office.humans, "addUserIds": [office.guest.user_id], "removeUserIds": []}
        assert (await office.server.submit("UPDATE_USER_TAG", change)).result
        assert status_of(await office.vote(proposal, office.guest)) == "COMPLETED"

    async def test_a_new_root_quorum_holds_for_the_next_vote(self, office: Office, both: str) -> None:
        await office.allow(consensus=both)
        proposal = await pending(office)
        await office.server.set_root_quorum(2, office.root, office.guest)
        assert status_of(await office.vote(proposal, office.root)) == "CONSENSUS_NEEDED"
        assert status_of(await office.vote(proposal, office.guest)) == "COMPLETED"


async def test_what_waits_and_what_was_decided_survive_a_restart(office: Office, both: str) -> None:
    policy = await office.allow(consensus=both)
    proposal = await pending(office)
    await office.server.restart()
    assert status_of(await office.vote(proposal, office.ann)) == "COMPLETED"
    await office.server.restart()
    assert await office.evaluations(proposal.id) == [{policy: "REQUIRES_CONSENSUS"}, {policy: "ALLOW"}]


async def test_a_sub_organization_has_policies_of_its_own(server: ComposedServer) -> None:
    """Delegated access: a user who is not in the quorum does the one thing that a policy allows it."""
    (owner,) = await server.add_sub_organization("owner")
    delegate = await server.add_user("delegate", by=owner)
    consensus = f"approvers.any(user, user.id == '{delegate.user_id}')"
    policy = {"policyName": "delegate", "effect": "EFFECT_ALLOW", "condition": NEW_TAG, "notes": ""}
    assert (await server.submit("CREATE_POLICY_V3", policy | {"consensus": consensus}, by=owner)).result
    tag = {"userTagName": "made by the delegate", "userIds": []}
    assert (await server.submit("CREATE_USER_TAG", tag, by=delegate)).result
    assert (await server.submit("CREATE_USERS_V4", {"users": []}, by=delegate)).status in (400, 403)
    elsewhere = await server.submit("CREATE_USER_TAG", tag, by=server.root, organizationId=owner.organization_id)
    assert elsewhere.error == (400, 3, "ORGANIZATION_MISMATCH")
    assert (await server.query("list_policies")).json["policies"] == []
