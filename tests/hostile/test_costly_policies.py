"""What the costliest policies may cost is counted, not timed: in steps, of which one request has a fixed number."""

from __future__ import annotations

import re
from typing import Any

import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.policy import (
    ORGANIZATION_COST_MAX,
    Approval,
    Budget,
    CompiledPolicy,
    Credential,
    Effect,
    Policy,
    Request,
    RootQuorum,
    Roster,
    User,
    check_policy,
    compile_policy,
    decide,
    explain_decision,
    facts,
    may_approve,
)
from counterseal.policy.compile.budget import DECISION_STEPS, REQUEST_STEPS
from hostile import costly_policies

SCENARIOS = costly_policies.scenarios()
ACCEPTED = [scenario for scenario in SCENARIOS if not scenario.refused]


def texts_of(body: dict[str, Any]) -> dict[str, str | None]:
    return {place: body.get(place) for place in ("condition", "consensus", "time")}


def compiled(bodies: list[dict[str, Any]]) -> list[CompiledPolicy]:
    return [
        compile_policy(Policy(id=str(at), effect=Effect(body["effect"]), **texts_of(body)))
        for at, body in enumerate(bodies)
    ]


def request_of(scenario: Any) -> Request:
    kind, parameters = scenario.probe
    params = {re.sub("([A-Z])", lambda upper: f"_{upper[1].lower()}", name): each for name, each in parameters.items()}
    users = [
        User(
            id=f"id {number}",
            alias=f"user {number}",
            credentials=tuple(
                Credential(id=f"{number} {at}", user_id=f"id {number}", type="T", public_key=f"{number}{at}")
                for at in range(3)
            ),
        )
        for number in range(scenario.users)
    ]
    return Request(
        facts=facts(
            {"activity": {"type": f"ACTIVITY_TYPE_{kind}", "kind": kind, "action": "CREATE", "params": params}}
        ),
        approvals=(Approval(users[1], users[1].credentials[0]),),
        roster=Roster(users),
        root_quorum=RootQuorum(threshold=1, user_ids=frozenset({"root"})),
        now_ms=1_772_953_200_000,
    )


def spent(work: Any, steps: int) -> int:
    budget = Budget(steps)
    work(budget)
    return steps - budget.left


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_what_could_not_be_paid_for_is_refused_and_the_twin_is_not(scenario: Any) -> None:
    def cost(bodies: list[dict[str, Any]]) -> int:
        return sum(check_policy(**texts_of(body)) for body in bodies)

    assert cost(scenario.twin) <= ORGANIZATION_COST_MAX
    if not scenario.refused:
        assert cost(scenario.policies) <= ORGANIZATION_COST_MAX
        return
    try:
        assert cost(scenario.policies) > ORGANIZATION_COST_MAX
    except InvalidRequest as refusal:
        assert "expected at most" in refusal.message


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_decision_spends_no_more_than_a_decision_may(scenario: Any) -> None:
    request = request_of(scenario)
    costly = spent(lambda budget: decide(request, compiled(scenario.policies), budget=budget), REQUEST_STEPS)
    honest = spent(lambda budget: decide(request, compiled(scenario.twin), budget=budget), REQUEST_STEPS)
    assert costly <= DECISION_STEPS
    assert honest < DECISION_STEPS / 4


@pytest.mark.parametrize("scenario", ACCEPTED, ids=lambda scenario: scenario.name)
def test_a_page_spends_no_more_than_a_request_may(scenario: Any) -> None:
    request, policies, twin = request_of(scenario), compiled(scenario.policies), compiled(scenario.twin)
    asked = frozenset({"id 3"})

    def page(policies: list[CompiledPolicy], budget: Budget) -> None:
        for _ in range(100):
            may_approve(request, policies, user_ids=asked, budget=budget)

    assert spent(lambda budget: page(policies, budget), REQUEST_STEPS) <= REQUEST_STEPS
    assert spent(lambda budget: page(twin, budget), REQUEST_STEPS) < REQUEST_STEPS / 2


@pytest.mark.parametrize("scenario", ACCEPTED, ids=lambda scenario: scenario.name)
def test_an_explanation_spends_no_more_than_is_left(scenario: Any) -> None:
    request, policies = request_of(scenario), compiled(scenario.policies)
    budget = Budget()
    decision = decide(request, policies, budget=budget)
    traces = explain_decision(decision, budget)
    assert [trace.outcome for trace in traces] == list(decision.outcomes)
    assert budget.left >= 0


@pytest.mark.parametrize("scenario", ACCEPTED, ids=lambda scenario: scenario.name)
def test_everybody_is_asked_within_one_decisions_steps(scenario: Any) -> None:
    request, policies = request_of(scenario), compiled(scenario.policies)
    everybody = frozenset(user.id for user in request.roster.users)
    assert spent(lambda budget: may_approve(request, policies, user_ids=everybody, budget=budget), REQUEST_STEPS) <= (
        DECISION_STEPS
    )
