"""What one policy says about one request (docs/policy-language.md, "One policy")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from counterseal.policy.compile.budget import Budget
from counterseal.policy.compile.closures import FACTS, Scope, new_scope
from counterseal.policy.compile.expression import Expression
from counterseal.policy.decide.policies import CompiledPolicy, Effect, Outcome
from counterseal.policy.language.electorate import Approval, RootQuorum, Roster, consensus_facts
from counterseal.policy.language.values import EvaluationFailure, from_milliseconds
from counterseal.policy.reach.reachability import search

_STEPS_PER_APPROVAL, _STEPS_PER_CALL, _STEPS_PER_LOOK = 12, 25, 8


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a decision depends on besides the policies.

    ``facts``: from ``facts()``. ``calls``: for an activity of several Ethereum calls, payloads or secrets, what
    each of them adds to the facts, from ``facts()`` too. ``approvals``: the live approvals in the order of the votes;
    the last is the vote to be judged. ``root_quorum_only``: no policy can allow this kind. ``owner_id``: whose
    credentials or sessions it touches, where users may manage their own.
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
    """Evaluates policies on one request; ``budget`` pays for everything. All methods raise ``BudgetExhausted``."""

    def __init__(self, request: Request, budget: Budget) -> None:
        self._request = request
        self._budget = budget
        self._facts = {**request.facts, "time": {"now": from_milliseconds(request.now_ms)}}
        self._scope = new_scope(self._facts, budget)
        self._calls = facts_of_calls(request.facts, request.calls)
        self._is_there: dict[str, bool] = {}
        self.is_sure = True
        """Whether all that was asked of it is known. It is not where a search for completions gave up."""
        self.show(request.approvals)

    def outcomes(self, policies: Sequence[CompiledPolicy]) -> list[Outcome]:
        """What each policy says.

        What the searches for completions may cost is shared evenly, so that the order of the policies does not matter.
        """
        self._budget.spend(sum([policy.cost for policy in policies]))
        said = [self._said(policy) for policy in policies]
        waiting = said.count(Outcome.REQUIRES_CONSENSUS)
        if not waiting:
            return said
        share = self._budget.left // waiting
        return [
            Outcome.DENY_IMPLICIT
            if outcome is Outcome.REQUIRES_CONSENSUS and not self._is_reachable(policy.consensus, share)
            else outcome
            for policy, outcome in zip(policies, said, strict=True)
        ]

    def matching(self, policies: Iterable[CompiledPolicy]) -> list[CompiledPolicy]:
        """Those whose condition and time hold, so that their consensus alone is open. Nobody asks what others say."""
        return [policy for policy in policies if self._matches(policy)]

    def show(self, approvals: Sequence[Approval]) -> None:
        """Let the consensus of policies see these approvals from now on, instead of those of the request."""
        self._budget.spend(_STEPS_PER_APPROVAL * len(approvals))
        self._facts.update(consensus_facts(approvals))

    def agrees(self, policy: CompiledPolicy) -> bool | None:
        """Whether the consensus of a policy holds; None if it fails."""
        if policy.consensus is None:
            return True
        try:
            return policy.consensus.value(self._scope)
        except EvaluationFailure:
            return None

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

    def _matches(self, policy: CompiledPolicy) -> bool:
        condition = policy.condition
        self._budget.spend(_STEPS_PER_LOOK + (len(condition.paths) if condition is not None else 0))
        if policy.unreadable or self._is_sure_to_fail(condition):
            return False
        if condition is not None and not self._condition_holds(condition, policy.effect):
            return False
        return policy.time is None or policy.time.holds(self._scope)

    def _condition_holds(self, condition: Expression, effect: Effect) -> bool:
        if not self._calls:
            return condition.holds(self._scope)
        held = self._on_each_call(condition.holds)
        return any(held) if effect is Effect.DENY else all(held)

    def _condition(self, condition: Expression, effect: Effect) -> bool:
        """An activity of several calls: an ALLOW must hold for each, a DENY for one, even if another makes it fail."""
        if not self._calls:
            return bool(condition.run(self._scope))
        failures: list[EvaluationFailure] = []

        def value(scope: Scope) -> bool:
            try:
                return condition.value(scope)
            except EvaluationFailure as problem:
                failures.append(problem)
                return False

        values = self._on_each_call(value)
        if effect is Effect.DENY and any(values):
            return True
        if failures:
            raise failures[-1]
        return all(values) if effect is Effect.ALLOW else False

    def _on_each_call(self, evaluate: Callable[[Scope], bool]) -> list[bool]:
        values = []
        try:
            for facts in self._calls:
                self._budget.spend(_STEPS_PER_CALL)
                self._scope[FACTS] = facts
                values.append(evaluate(self._scope))
        finally:
            self._scope[FACTS] = self._facts
        return values

    def _is_reachable(self, consensus: Expression | None, share: int) -> bool:
        """Not, if that is not known."""
        if consensus is None:
            return False
        votes, lent = self._request.approvals, self._budget.lend(share)
        pivots = list(dict.fromkeys(vote.user.id for vote in votes))
        found = search(consensus, self._request.roster).reaches(votes, pivots, lent)
        self._budget.take_back(lent)
        self.is_sure = self.is_sure and found is not None
        return bool(found)


def facts_of_calls(facts: Mapping[str, Any], calls: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The facts that a condition sees on each call of an activity of several."""
    return [{**facts, **{word: {**facts.get(word, {}), **added} for word, added in call.items()}} for call in calls]


def _leads_somewhere(names: tuple[str, ...], facts: Mapping[str, Any]) -> bool:
    value: Any = facts
    for name in names:
        if not (type(value) is dict or isinstance(value, Mapping)) or name not in value:
            return False
        value = value[name]
    return True
