"""One budget pays for all that one request asks of policies, and others go on in between."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from composed import key_params
from counterseal import policy
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.judge import Judge
from counterseal.policy import Budget
from counterseal.policy.compile.budget import DECISION_STEPS, REQUEST_STEPS
from counterseal.queries import Viewer
from counterseal.world import Turns
from counterseal.world.turns import REST
from office import NEW_TAG, Office, status_of

NUMBERS = "[" + ",".join(map(str, range(300))) + "]"
ENDLESS = f"{NUMBERS}.filter(a, true).any(x, {NUMBERS}.filter(b, true).any(y, x == y))"
"""Reading and storing it costs little; evaluating it, more than any decision may."""


async def test_what_costs_too_much_denies_everybody_but_the_root_quorum(office: Office) -> None:
    await office.allow()
    assert (await office.propose(office.guest)).reply.result
    await office.deny(ENDLESS)
    denied = (await office.propose(office.guest)).reply
    assert denied.error == (403, 7, "")
    outcomes = await office.evaluations((await office.newest())["id"])
    assert {outcome for vote in outcomes for outcome in vote.values()} == {"ERROR"}
    own = {"userId": office.guest.user_id, "apiKeys": [key_params(generate_key_pair(Curve.P256))]}
    assert (await office.server.submit("CREATE_API_KEYS_V2", own, by=office.guest)).status == 403
    assert (await office.propose(office.root)).reply.result


async def test_the_dry_run_says_so(office: Office) -> None:
    await office.allow(ENDLESS)
    body = office.server.activity_body("CREATE_USER_TAG", {"userTagName": "t", "userIds": []})
    answer = (await office.simulate(body, by=office.guest)).json
    assert answer["reason"] == "the policies need more evaluation than one request may use"
    assert answer["mayApprove"] == []
    (trace,) = answer["traces"]
    assert "budget" in str(trace)


async def test_a_vote_is_not_taken_that_could_not_be_paid_for(office: Office) -> None:
    await office.allow(NEW_TAG, "approvers.count() >= 2")
    pending = await office.propose(office.agent)
    costly = await office.deny(ENDLESS)
    assert (await office.vote(pending, office.ann)).status == 403
    assert (await office.vote(pending, office.ann, how="REJECT")).status == 403
    assert (await office.activity(pending, by=office.ann))["canApprove"] is False
    assert (await office.activity(pending))["canApprove"] is True, "root"
    assert (await office.server.submit("DELETE_POLICY", {"policyId": costly})).result
    assert status_of(await office.vote(pending, office.ann)) == "COMPLETED"


def viewer(office: Office, user_id: str, budget: Budget) -> Viewer:
    server = office.server
    return Viewer(
        organization_id=server.root.organization_id,
        user_id=user_id,
        now_ms=server.clock.now_ms(),
        has_fresh_stamp=True,
        budget=budget,
    )


async def shown(office: Office, ids: list[str], seen_by: Viewer) -> list[tuple[bool, bool]]:
    """canApprove and canReject of these activities, in one reply."""
    store, renderer = office.server.store, office.server.app.engine._renderer
    replies = []
    for each in ids:
        activity = await store.activity(office.server.root.organization_id, each)
        assert activity is not None
        rendered = json.loads(b"".join(await renderer.activity(activity, seen_by)))
        replies.append((rendered["canApprove"], rendered["canReject"]))
    return replies


async def test_what_is_shown_in_one_reply_is_paid_for_together(office: Office) -> None:
    await office.allow(NEW_TAG, f"{office.tagged(office.agents)} && {office.tagged(office.humans)}")
    ids = [(await office.propose(office.agent)).id for _ in range(20)]
    budget = Budget()
    assert await shown(office, ids, viewer(office, office.ann.user_id, budget)) == [(True, True)] * 20
    spent = REQUEST_STEPS - budget.left
    assert 0 < spent < REQUEST_STEPS // 10
    scarce = Budget(spent * 3 // 4)
    seen = await shown(office, ids, viewer(office, office.ann.user_id, scarce))
    assert seen[0] == (True, True)
    assert seen[-1] == (False, False), "what cannot be paid for any more"
    assert await shown(office, ids, viewer(office, office.root.user_id, Budget(0))) == [(True, True)] * 20
    voter = viewer(office, office.agent.user_id, Budget(0))
    assert await shown(office, ids, voter) == [(False, True)] * 20, "who has voted may reject, whatever policies say"


async def test_a_search_is_made_once_for_all_that_is_shown(office: Office) -> None:
    await office.allow(NEW_TAG, " && ".join([office.tagged(office.agents), office.tagged(office.humans)] * 20))
    ids = [(await office.propose(office.agent)).id for _ in range(3)]
    budget, spent = Budget(), []
    for each in ids:
        before = budget.left
        await shown(office, [each], viewer(office, office.ann.user_id, budget))
        spent.append(before - budget.left)
    assert spent[1] == spent[2] < spent[0]


async def test_decisions_that_took_long_let_others_go_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.allow(ENDLESS)
    taken: list[int] = []
    sleep = asyncio.sleep

    async def counted(seconds: float) -> None:
        taken.append(1)
        await sleep(seconds)

    monkeypatch.setattr("counterseal.world.turns.asyncio.sleep", counted)
    decide = Judge.decide
    turns: list[int] = []

    async def watched(self: Judge, case: Any, *, budget: Budget) -> policy.Decision:
        before = len(taken)
        decision = await decide(self, case, budget=budget)
        turns.append(len(taken) - before)
        assert REQUEST_STEPS - budget.left == DECISION_STEPS
        return decision

    monkeypatch.setattr(Judge, "decide", watched)
    assert (await office.propose(office.guest)).reply.status == 403
    assert turns == [REST]


async def test_nothing_is_compiled_while_others_wait_for_a_decision(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await office.allow(f"activity.action == 'nobody has compiled this {number}'")
    await office.server.restart()
    policy.compile.expression._shared._recent.clear()
    policy.compile.expression._shared._bytes = 0
    decide, read = Judge.decide, []

    async def watched(self: Judge, case: Any, *, budget: Budget) -> policy.Decision:
        before = policy.steps_of_reading()
        decision = await decide(self, case, budget=budget)
        read.append(policy.steps_of_reading() - before)
        return decision

    monkeypatch.setattr(Judge, "decide", watched)
    before = policy.steps_of_reading()
    assert (await office.propose(office.guest)).reply.status == 403
    assert policy.steps_of_reading() > before
    assert read == [0]


async def test_a_decision_for_which_all_writes_wait_waits_for_no_turn(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has to compile a policy of its own batch. Long works of others, however many, are not before it."""
    monkeypatch.setattr("counterseal.engine.electorates.READING_AT_ONCE", 0)
    decide, take_turn = Judge.decide, Turns.next
    deciding, read, turns_taken = [], [], []

    async def watched(self: Judge, case: Any, *, budget: Budget) -> policy.Decision:
        policy.compile.expression._shared._recent.clear()
        policy.compile.expression._shared._bytes = 0
        before = policy.steps_of_reading()
        deciding.append(case)
        decision = await decide(self, case, budget=budget)
        deciding.clear()
        read.append(policy.steps_of_reading() - before)
        return decision

    async def counted(self: Turns) -> None:
        turns_taken.append(bool(deciding))
        await take_turn(self)

    monkeypatch.setattr(Judge, "decide", watched)
    monkeypatch.setattr(Turns, "next", counted)
    _, proposal = await asyncio.gather(office.allow(), office.propose(office.guest))
    assert proposal.reply.result
    assert read[1] > 0, "compiled while it was decided"
    assert True not in turns_taken
