"""Requests that policies decide, from the stamp to the reply."""

from __future__ import annotations

import pytest

from composed import key_params
from counterseal.crypto import Curve, generate_key_pair
from office import NEW_TAG, Office, status_of

EXPLICIT = "policy engine denied request explicitly"
IMPLICIT = "You don't have sufficient permissions to take this action."
NO_POLICY = "No policies evaluated to outcome: Allow"


async def test_without_a_policy_nothing_is_allowed(office: Office) -> None:
    reply = (await office.propose(office.agent)).reply
    assert (reply.status, reply.json["code"]) == (403, 7)
    assert reply.message.startswith(IMPLICIT)
    assert reply.json["details"] == [
        {
            "@type": "type.googleapis.com/errors.v1.PolicyEnginePermissionError",
            "message": NO_POLICY,
            "policyEvaluations": [],
        }
    ]


async def test_an_allow_without_consensus_is_for_everybody(office: Office) -> None:
    allow = await office.allow()
    proposal = await office.propose(office.guest)
    assert proposal.reply.result["userTagId"]
    assert await office.evaluations(proposal.id) == [{allow: "ALLOW"}]


async def test_an_implicit_denial_names_what_each_policy_said(office: Office) -> None:
    other = await office.allow("activity.kind == 'CREATE_USERS'")
    failing = await office.allow(f"{NEW_TAG} && eth.tx.value > 0")
    reply = (await office.propose(office.guest)).reply
    expected = [
        {"policyId": other, "outcome": "OUTCOME_DENY_IMPLICIT"},
        {"policyId": failing, "outcome": "OUTCOME_ERROR"},
    ]
    assert reply.json["details"][0]["policyEvaluations"] == expected
    denied = await office.newest()
    assert (denied["status"], denied["failure"]["code"]) == ("ACTIVITY_STATUS_FAILED", 7)
    assert await office.evaluations(denied["id"]) == [{other: "DENY_IMPLICIT", failing: "ERROR"}]


async def test_a_deny_beats_an_allow_and_is_explicit(office: Office) -> None:
    allow, deny = await office.allow(), await office.deny()
    reply = (await office.propose(office.agent)).reply
    assert (reply.status, reply.json["code"], reply.json["details"]) == (403, 7, [])
    assert reply.message == EXPLICIT
    assert await office.evaluations((await office.newest())["id"]) == [{allow: "ALLOW", deny: "DENY_EXPLICIT"}]


async def test_the_same_bytes_of_a_denied_request_are_denied_for_ever(office: Office) -> None:
    proposal = await office.propose(office.agent)
    await office.allow()
    for sender in (office.agent, office.guest, office.root):
        assert (await office.resend(proposal, sender)).status == 403
    assert len((await office.newest())["votes"]) == 1


async def test_a_met_root_quorum_beats_a_deny_and_consults_nobody(office: Office) -> None:
    await office.deny("true")
    proposal = await office.propose(office.root)
    assert status_of(proposal.reply) == "COMPLETED"
    assert await office.evaluations(proposal.id) == [{}]


async def test_a_failing_deny_denies_nothing(office: Office) -> None:
    await office.allow()
    await office.deny(f"{NEW_TAG} && eth.tx.value > 0")
    assert status_of((await office.propose(office.guest)).reply) == "COMPLETED"


async def test_what_only_the_root_quorum_may_do_no_policy_allows(office: Office) -> None:
    await office.allow("true")
    parameters = {"threshold": 1, "userIds": [office.agent.user_id]}
    assert (await office.server.submit("UPDATE_ROOT_QUORUM", parameters, by=office.agent)).status == 403


async def test_a_policy_sees_the_parameters_as_they_were_submitted(office: Office) -> None:
    await office.allow(f"{NEW_TAG} && activity.type == 'ACTIVITY_TYPE_CREATE_USER_TAG'")
    only_bob = f"activity.params.user_ids.all(id, id == '{office.bob.user_id}')"
    await office.allow(f"activity.kind == 'DELETE_USERS' && {only_bob}")
    assert status_of((await office.propose(office.guest)).reply) == "COMPLETED"
    for victim, status in (office.ann, 403), (office.bob, 200):
        parameters = {"userIds": [victim.user_id]}
        assert (await office.server.submit("DELETE_USERS", parameters, by=office.guest)).status == status


async def test_a_time_that_is_not_now_neither_allows_nor_denies(office: Office) -> None:
    closed = await office.allow(time="time.now < Timestamp('2027-01-15T00:00:00Z')")
    assert (await office.propose(office.guest)).reply.status == 403
    assert await office.evaluations((await office.newest())["id"]) == [{closed: "TIME_INACTIVE"}]
    await office.allow(time="CronSpan('0 8 * * *', '1h', 'UTC')")
    assert status_of((await office.propose(office.guest)).reply) == "COMPLETED"


class TestOwnCredentials:
    """The implicit right over one's own credentials, which yields to policies."""

    async def make_key(self, office: Office) -> tuple[int, str]:
        parameters = {"userId": office.agent.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256))]}
        reply = await office.server.submit("CREATE_API_KEYS_V2", parameters, by=office.agent)
        return reply.status, reply.message if reply.status != 200 else status_of(reply)

    async def test_it_holds_while_no_policy_decides(self, office: Office) -> None:
        await office.allow("activity.kind == 'CREATE_USERS'")
        await office.deny("eth.tx.value > 0")
        assert await self.make_key(office) == (200, "COMPLETED")

    async def test_a_deny_takes_it_away(self, office: Office) -> None:
        await office.deny("activity.resource == 'CREDENTIAL' && activity.action == 'CREATE'")
        assert await self.make_key(office) == (403, EXPLICIT)

    async def test_an_allow_that_waits_for_others_makes_it_wait(self, office: Office) -> None:
        consensus = f"{office.tagged(office.agents)} && {office.tagged(office.humans)}"
        await office.allow("activity.kind == 'CREATE_API_KEYS'", consensus)
        assert await self.make_key(office) == (200, "CONSENSUS_NEEDED")

    async def test_it_is_for_nobody_else(self, office: Office) -> None:
        parameters = {"userId": office.ann.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256))]}
        assert (await office.server.submit("CREATE_API_KEYS_V2", parameters, by=office.agent)).status == 403


class TestSubmitterRule:
    """Pending only if the submitter's vote contributes (the table of the language reference)."""

    @pytest.mark.parametrize(
        ("consensus", "submitter", "outcome"),
        [
            ("{agent} && {human}", "agent", "CONSENSUS_NEEDED"),
            ("{agent} && {human}", "guest", "DENIED"),
            ("approvers.filter(u, u.tags.contains('{humans}')).count() >= 1", "agent", "DENIED"),
            ("approvers.filter(u, u.tags.contains('{humans}')).count() >= 2", "ann", "CONSENSUS_NEEDED"),
            ("approvers.filter(u, u.tags.contains('{humans}')).count() >= 2", "agent", "DENIED"),
            ("approvers.filter(u, u.tags.contains('{humans}')).count() >= 3", "ann", "DENIED"),
            ("approvers.count() >= 2", "guest", "CONSENSUS_NEEDED"),
            ("approvers.count() == 1", "guest", "COMPLETED"),
        ],
    )
    async def test_row(self, office: Office, consensus: str, submitter: str, outcome: str) -> None:
        filled = consensus.format(
            agent=office.tagged(office.agents), human=office.tagged(office.humans), humans=office.humans
        )
        await office.allow(consensus=filled)
        reply = (await office.propose(getattr(office, submitter))).reply
        assert (status_of(reply) if reply.status == 200 else "DENIED") == outcome
