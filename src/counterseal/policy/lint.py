"""What is sound but probably not meant: findings for ``policy check``. They never keep a policy from being stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from counterseal.policy.closures import new_scope
from counterseal.policy.contradictions import ActivityTable, contradiction
from counterseal.policy.electorate import Approval, Roster, consensus_facts
from counterseal.policy.expression import Expression
from counterseal.policy.pitfalls import pitfalls
from counterseal.policy.policies import CompiledPolicy, Effect
from counterseal.policy.printer import show
from counterseal.policy.reachability import contributes, search
from counterseal.policy.syntax import conjuncts
from counterseal.policy.values import BudgetExhausted, EvaluationFailure


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
    for policy in policies:
        found += [Finding(policy.id, *each) for each in _findings(policy, policies, roster, activities or {})]
    return found


def _findings(
    policy: CompiledPolicy, policies: Sequence[CompiledPolicy], roster: Roster | None, activities: ActivityTable
) -> Iterator[tuple[Lint, str]]:
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
    for other in policies:
        if other.id != policy.id and _shadows(other, policy):
            yield Lint.SHADOWED, _shadow(other, policy)
            return


def _is_attainable(consensus: Expression, roster: Roster) -> bool:
    """Whether some set of votes makes it true: a smallest one either is one vote, or needs each of its votes."""
    if any(_holds(consensus, vote) for vote in roster.votes):
        return True
    looking = search(consensus, roster)
    return any(contributes(looking, user, ()) for user in roster.users)


def _holds(consensus: Expression, vote: Approval) -> bool:
    try:
        return consensus.value(new_scope(consensus_facts([vote])))
    except (EvaluationFailure, BudgetExhausted):
        return False


def _shadows(other: CompiledPolicy, policy: CompiledPolicy) -> bool:
    """Whether ``policy`` changes nothing beside ``other``, which matches whenever it does and weighs as much or more.

    Told from the text: all that ``other`` demands, ``policy`` demands too. Of two that say the same the later yields.
    """
    if other.unreadable or (policy.effect is Effect.DENY and other.effect is Effect.ALLOW):
        return False
    demands = [_demands(part) for part in (other.condition, other.consensus, other.time)]
    own = [_demands(part) for part in (policy.condition, policy.consensus, policy.time)]
    if not all(less <= more for less, more in zip(demands, own, strict=True)):
        return False
    return demands != own or policy.effect is not other.effect or other.id < policy.id


def _demands(expression: Expression | None) -> frozenset[str]:
    return frozenset(show(part) for part in conjuncts(None if expression is None else expression.tree))


def _shadow(other: CompiledPolicy, policy: CompiledPolicy) -> str:
    if other.effect is policy.effect:
        return f"policy {other.id} already matches whenever this one does"
    return f"policy {other.id} denies whatever this one would allow"
