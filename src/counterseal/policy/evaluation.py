"""What one policy says about one request (docs/policy-language.md, "One policy")."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from counterseal.policy.closures import FACTS, new_scope, spend
from counterseal.policy.electorate import Approval, RootQuorum, Roster, consensus_facts
from counterseal.policy.expression import Expression
from counterseal.policy.policies import CompiledPolicy, Effect, Outcome
from counterseal.policy.reachability import SEARCH_ALLOWANCE, completion
from counterseal.policy.values import EvaluationFailure, from_milliseconds


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision depends on besides the policies.

    ``facts``: from ``facts()``. ``calls``: for an activity of several Ethereum calls, each call's ``eth.tx`` (then not
    in ``facts``). ``approvals``: the live approvals in the order of the votes; the last is the vote to be judged.
    ``root_quorum_only``: no policy can allow this kind. ``owner_id``: whose credentials or sessions it touches, where
    users may manage their own.
    """

    facts: Mapping[str, Any]
    approvals: tuple[Approval, ...]
    roster: Roster
    root_quorum: RootQuorum
    now_ms: int
    calls: tuple[Mapping[str, Any], ...] = ()
    root_quorum_only: bool = False
    owner_id: str | None = None


class Evaluator:
    """Evaluates policies on one request, all within one node budget."""

    def __init__(self, request: Request) -> None:
        self._request = request
        votes = consensus_facts(request.approvals)
        self._facts = {**request.facts, **votes, "time": {"now": from_milliseconds(request.now_ms)}}
        self._scope = new_scope(self._facts)
        self._calls = facts_of_calls(request)
        self._is_there: dict[str, bool] = {}

    def outcomes(self, policies: Sequence[CompiledPolicy]) -> list[Outcome]:
        """What each policy says. Raises ``BudgetExhausted``.

        The searches for completions share one allowance evenly, so that the order of the policies does not matter.
        """
        spend(self._scope, sum([policy.cost for policy in policies]))
        said = [self._said(policy) for policy in policies]
        waiting = said.count(Outcome.REQUIRES_CONSENSUS)
        if not waiting:
            return said
        share = SEARCH_ALLOWANCE // waiting
        return [
            Outcome.DENY_IMPLICIT
            if outcome is Outcome.REQUIRES_CONSENSUS and not self._is_reachable(policy.consensus, share)
            else outcome
            for policy, outcome in zip(policies, said, strict=True)
        ]

    def _said(self, policy: CompiledPolicy) -> Outcome:
        """The outcome, where REQUIRES_CONSENSUS has not been proved reachable yet. Its cost is paid already."""
        if policy.unreadable or self._is_sure_to_fail(policy.condition):
            return Outcome.ERROR
        scope = self._scope
        try:
            condition = policy.condition is None or self._condition(policy.condition, policy.effect)
            consensus = policy.consensus is None or policy.consensus.run(scope)
            time = policy.time is None or policy.time.run(scope)
        except EvaluationFailure:
            return Outcome.ERROR
        if not condition:
            return Outcome.DENY_IMPLICIT
        if consensus and not time:
            return Outcome.TIME_INACTIVE
        if consensus:
            return Outcome.ALLOW if policy.effect is Effect.ALLOW else Outcome.DENY_EXPLICIT
        return Outcome.REQUIRES_CONSENSUS if policy.effect is Effect.ALLOW and time else Outcome.DENY_IMPLICIT

    def _is_sure_to_fail(self, condition: Expression | None) -> bool:
        """Whether the condition reads what is not there: so most policies do, for they are about other activities."""
        if condition is None or self._calls:
            return False
        is_there = self._is_there
        for path, names in condition.paths.items():
            found = is_there.get(path)
            if found is None:
                found = is_there[path] = _leads_somewhere(names, self._facts)
            if not found:
                return True
        return False

    def awaits_consensus(self, policy: CompiledPolicy) -> bool:
        """Whether the policy would allow the request if only its consensus held."""
        if policy.effect is not Effect.ALLOW or policy.consensus is None or policy.unreadable:
            return False
        spend(self._scope, policy.cost)
        try:
            condition = policy.condition is None or self._condition(policy.condition, policy.effect)
            return bool(condition and (policy.time is None or policy.time.run(self._scope)))
        except EvaluationFailure:
            return False

    def _condition(self, condition: Expression, effect: Effect) -> bool:
        if not self._calls:
            return bool(condition.run(self._scope))
        return _over_calls(effect, [self._on_call(condition, call) for call in self._calls])

    def _on_call(self, condition: Expression, facts: Mapping[str, Any]) -> Callable[[], bool]:
        def run() -> bool:
            spend(self._scope, condition.cost)
            self._scope[FACTS] = facts
            try:
                return bool(condition.run(self._scope))
            finally:
                self._scope[FACTS] = self._facts

        return run

    def _is_reachable(self, consensus: Expression | None, allowance: int) -> bool:
        if consensus is None:
            return False
        votes, roster = self._request.approvals, self._request.roster
        return completion(consensus, approvals=votes, roster=roster, allowance=allowance) is not None


def facts_of_calls(request: Request) -> list[dict[str, Any]]:
    """The facts that a condition sees on each call of an activity of several Ethereum calls."""
    ethereum = request.facts.get("eth", {})
    return [{**request.facts, "eth": {**ethereum, "tx": call}} for call in request.calls]


def _leads_somewhere(names: tuple[str, ...], facts: Mapping[str, Any]) -> bool:
    value: Any = facts
    for name in names:
        if not isinstance(value, Mapping) or name not in value:
            return False
        value = value[name]
    return True


def _over_calls(effect: Effect, calls: list[Callable[[], bool]]) -> bool:
    """A condition over several calls: an ALLOW must hold for each, a DENY for one, even if another makes it fail."""
    failure: EvaluationFailure | None = None
    values = []
    for call in calls:
        try:
            values.append(call())
        except EvaluationFailure as problem:
            failure = problem
    if effect is Effect.DENY and any(values):
        return True
    if failure is not None:
        raise failure
    return all(values) if effect is Effect.ALLOW else False
