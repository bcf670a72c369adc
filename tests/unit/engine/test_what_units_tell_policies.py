"""Facts that a unit finds out beside its intent: whoever asks what policies say sees the same."""

from __future__ import annotations

import pytest

import units_of_tests
from composed import Actor
from counterseal.engine.decide.judge import Judge
from counterseal.engine.show.explain import explain
from counterseal.world import SystemRandom, Turns
from office import PATH, Office, Proposal, status_of

HERE, THERE = "0x" + "aa" * 20, "0x" + "bb" * 20


@pytest.fixture(autouse=True)
def _telling(monkeypatch: pytest.MonkeyPatch) -> None:
    units_of_tests.telling(monkeypatch)


async def send(office: Office, to: str, by: Actor) -> Proposal:
    body = office.server.activity_body("CREATE_USER_TAG", {"userTagName": to, "userIds": []})
    return Proposal(body, await office.server.post(PATH, body, by=by))


async def test_a_submission_is_decided_by_them(office: Office) -> None:
    await office.allow(f"eth.tx.to == '{HERE}'")
    assert status_of((await send(office, HERE, office.guest)).reply) == "COMPLETED"
    assert (await send(office, THERE, office.guest)).reply.status == 403


async def test_an_approval_is_decided_by_them(office: Office) -> None:
    await office.allow(f"eth.tx.to == '{HERE}'", "approvers.count() >= 2")
    proposal = await send(office, HERE, office.agent)
    assert status_of(proposal.reply) == "CONSENSUS_NEEDED"
    assert (await office.activity(proposal, by=office.ann))["canApprove"]
    explained = await office.server.store.activity(office.root.organization_id, proposal.id)
    assert explained is not None
    judge = Judge(office.server.store, Turns(), SystemRandom())
    told = await explain(explained, office.server.store, judge, now_ms=office.server.clock.now_ms())
    assert office.ann.user_id in told.may_approve
    assert status_of(await office.vote(proposal, office.ann)) == "COMPLETED"


async def test_a_dry_run_sees_them(office: Office) -> None:
    allow = await office.allow(f"eth.tx.to == '{HERE}'")
    for to, outcome in ((HERE, "ALLOW"), (THERE, "DENY_IMPLICIT")):
        body = office.server.activity_body("CREATE_USER_TAG", {"userTagName": to, "userIds": []})
        said = (await office.simulate(body, userId=office.guest.user_id)).json
        assert said["policyEvaluations"] == [{"policyId": allow, "outcome": f"OUTCOME_{outcome}"}]


async def test_each_of_several_calls_has_to_be_allowed(office: Office) -> None:
    await office.allow(f"eth.tx.to == '{HERE}'")
    assert status_of((await send(office, f"{HERE},{HERE}", office.guest)).reply) == "COMPLETED"
    assert (await send(office, f"{HERE},{THERE}", office.guest)).reply.status == 403


async def test_what_cannot_be_carried_out_any_more_tells_nothing_and_can_be_rejected(office: Office) -> None:
    await office.allow(f"eth.tx.to == '{HERE}'", "approvers.count() >= 2")
    first = await send(office, HERE, office.agent)
    second = await send(office, HERE, office.bob)
    assert status_of(await office.vote(first, office.ann)) == "COMPLETED"  # its name is taken now
    shown = await office.activity(second, by=office.ann)
    assert (shown["status"], shown["canApprove"]) == ("ACTIVITY_STATUS_CONSENSUS_NEEDED", False)
    assert (await office.vote(second, office.ann)).status == 403
    assert status_of(await office.vote(second, office.root, "REJECT")) == "REJECTED"
