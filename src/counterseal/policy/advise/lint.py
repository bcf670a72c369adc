"""What is sound but probably not meant: findings for ``policy check``. They never keep a policy from being stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from counterseal.policy.advise.contradictions import ActivityTable, contradiction
from counterseal.policy.advise.pitfalls import pitfalls
from counterseal.policy.compile.budget import Budget, BudgetExhausted
from counterseal.policy.compile.closures import new_scope
from counterseal.policy.compile.expression import Expression
from counterseal.policy.decide.policies import CompiledPolicy, Effect
from counterseal.policy.language.electorate import Approval, Roster, consensus_facts
from counterseal.policy.language.printer import show
from counterseal.policy.language.syntax import conjuncts
from counterseal.policy.language.values import EvaluationFailure
from counterseal.policy.reach.reachability import search


class Lint(StrEnum):
    """The kinds of finding."""

    UNREADABLE = "unreadable"
    ALLOWS_EVERYTHING = "allows-everything"
    INERT_DENY = "inert-deny"
    NEVER_MATCHES = "never-matches"
    SHADOWED = "shadowed"
    UNREACHABLE_CONSENSUS = "unreachable-consensus"


class Finding(msgspec.Struct, frozen=True):
    """One finding about one policy."""

    policy_id: str
    lint: Lint
    message: str


def lint(
    policies: Sequence[CompiledPolicy], *, roster: Roster | None = None, activities: ActivityTable | None = None
) -> list[Finding]:
    """All findings, policy by policy.

    With ``roster``, whether today's users can reach each consensus; with ``activities`` (type → kind, resource,
    action), whether a condition names an activity that exists.
    """
    found: list[Finding] = []
    weights = [_Weight.of(policy) for policy in policies]
    for policy, weight in zip(policies, weights, strict=True):
        found += [Finding(policy.id, *each) for each in _findings(policy, roster, activities or {})]
        over = None if policy.unreadable else next((other for other in weights if other.shadows(weight)), None)
        if over is not None:
            found.append(Finding(policy.id, Lint.SHADOWED, over.shadow_on(weight)))
    return found


def _findings(policy: CompiledPolicy, roster: Roster | None, activities: ActivityTable) -> Iterator[tuple[Lint, str]]:
    if policy.unreadable:
        yield Lint.UNREADABLE, policy.unreadable
        return
    if policy.effect is Effect.ALLOW and policy.condition is None and policy.consensus is None:
        yield Lint.ALLOWS_EVERYTHING, "an ALLOW with neither condition nor consensus lets anybody do anything"
    for part in (policy.condition, policy.consensus, policy.time):
        reason = None if part is None else contradiction(part.tree, activities)
        if reason is not None:
            yield Lint.NEVER_MATCHES, f"it never matches: {reason}"
        elif policy.effect is Effect.DENY and part is not None:
            for pitfall in pitfalls(part.tree, place=part.place):
                yield Lint.INERT_DENY, f"it denies nothing where {pitfall}: a policy that fails is passed over"
    if roster is not None and policy.consensus is not None and not _is_attainable(policy.consensus, roster):
        yield Lint.UNREACHABLE_CONSENSUS, "no votes of the organization's users make its consensus true"


def _is_attainable(consensus: Expression, roster: Roster) -> bool:
    """Whether some set of votes makes it true: a smallest one either is one vote, or needs each of its votes."""
    if any(_holds(consensus, vote) for vote in roster.votes):
        return True
    looking, budget = search(consensus, roster), Budget()
    return any(looking.reaches([vote], [vote.user.id], budget) for vote in roster.votes)


def _holds(consensus: Expression, vote: Approval) -> bool:
    try:
        return consensus.value(new_scope(consensus_facts([vote]), Budget()))
    except (EvaluationFailure, BudgetExhausted):
        return False


class _Weight(msgspec.Struct, frozen=True, kw_only=True):
    """What a policy demands, place by place, and what follows where all of it is met. Nothing, if it is unreadable."""

    policy_id: str
    effect: Effect
    demands: tuple[frozenset[str], ...] | None

    @classmethod
    def of(cls, policy: CompiledPolicy) -> _Weight:
        parts = (policy.condition, policy.consensus, policy.time)
        demands = None if policy.unreadable else tuple(map(_demands, parts))
        return cls(policy_id=policy.id, effect=policy.effect, demands=demands)

    def shadows(self, other: _Weight) -> bool:
        """Whether ``other`` changes nothing beside this, which matches whenever it does and weighs as much or more.

        Told from the text: all that this demands, ``other`` demands too. Of two that say the same the later yields.
        """
        if self.policy_id == other.policy_id or self.demands is None or other.demands is None:
            return False
        if other.effect is Effect.DENY and self.effect is Effect.ALLOW:
            return False
        if not all(less <= more for less, more in zip(self.demands, other.demands, strict=True)):
            return False
        return self.demands != other.demands or other.effect is not self.effect or self.policy_id < other.policy_id

    def shadow_on(self, other: _Weight) -> str:
        if self.effect is other.effect:
            return f"policy {self.policy_id} already matches whenever this one does"
        return f"policy {self.policy_id} denies whatever this one would allow"


def _demands(expression: Expression | None) -> frozenset[str]:
    return frozenset(show(part) for part in conjuncts(None if expression is None else expression.tree))
