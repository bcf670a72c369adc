"""A policy as it is stored, and as it is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from counterseal import organizations
from counterseal.contract.errors import InvalidRequest
from counterseal.policy.compile.budget import DECISION_STEPS, REQUEST_STEPS, Budget, BudgetExhausted
from counterseal.policy.compile.cost import POLICY_STEPS
from counterseal.policy.compile.expression import Expression, expression, may_take_longer
from counterseal.policy.language.lexer import TooLong

POLICY_COST_MAX = 2_500
"""What one policy may cost at least: a list of a thousand numbers twice over, or twenty time spans."""

ORGANIZATION_COST_MAX = 25_000
"""What all policies of an organization may cost at least, each time anything is decided: a hundred ordinary ones cost a
quarter of it. The rest of a decision's steps is for what depends on the facts."""

_BLANKS = " \t\r\n"


class Effect(StrEnum):
    """What a policy does when it matches."""

    ALLOW = "EFFECT_ALLOW"
    DENY = "EFFECT_DENY"


class Outcome(StrEnum):
    """What one policy, or all of them together, say (Turnkey API: ``external.activity.v1.PolicyEvaluation``)."""

    ALLOW = "OUTCOME_ALLOW"
    DENY_EXPLICIT = "OUTCOME_DENY_EXPLICIT"
    DENY_IMPLICIT = "OUTCOME_DENY_IMPLICIT"
    REQUIRES_CONSENSUS = "OUTCOME_REQUIRES_CONSENSUS"
    ERROR = "OUTCOME_ERROR"
    TIME_INACTIVE = "OUTCOME_TIME_INACTIVE"


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The rule of a stored policy. An absent text always holds; a blank one is no text, and none that was meant."""

    id: str
    effect: Effect
    condition: str | None = None
    consensus: str | None = None
    time: str | None = None


class CompiledPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy ready to be evaluated. ``unreadable`` says why its texts no longer check: it then always fails.

    ``cost`` is charged before anything is evaluated. One that is beyond every decision lets none be made by policies.
    """

    id: str
    effect: Effect
    condition: Expression | None = None
    consensus: Expression | None = None
    time: Expression | None = None
    cost: int = POLICY_STEPS
    unreadable: str = ""

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """Those that it has."""
        return tuple(each for each in (self.condition, self.consensus, self.time) if each is not None)


def rule_of(stored: organizations.Policy) -> Policy:
    """What a stored policy says."""
    return Policy(
        id=stored.id,
        effect=Effect(stored.effect),
        condition=stored.condition,
        consensus=stored.consensus,
        time=stored.time,
    )


def check_policy(
    *,
    condition: str | None = None,
    consensus: str | None = None,
    time: str | None = None,
    budget: Budget | None = None,
) -> int:
    """Check the texts of a policy that is about to be stored, and say what it costs. Absent is no text; blank is wrong.

    Raises ``InvalidRequest`` (400) with ``invalid policy condition: line 1, column 10: found …, expected …``, or the
    same for ``consensus`` and ``time``; and for a policy that costs too much. ``budget`` pays for reading the texts, so
    that one request cannot bring too many: then it says so.
    """
    budget = budget or Budget()
    cost = POLICY_STEPS
    for place, text in (("condition", condition), ("consensus", consensus), ("time", time)):
        if text is None:
            continue
        cost += read_text(text, place=place, budget=budget).cost
        if cost > POLICY_COST_MAX:
            raise InvalidRequest(
                f"invalid policy {place}: with it the policy takes at least {cost} steps each time it is evaluated,"
                f" expected at most {POLICY_COST_MAX} (lists, time spans and lambdas over written lists cost most)"
            )
    return cost


def read_text(text: str, *, place: str, budget: Budget) -> Expression:
    """The text checked. Raises ``InvalidRequest``, also if what is left of the budget might not pay for that."""
    if may_take_longer(text, place=place, steps=budget.left):
        raise _too_long(place)
    made = expression(text, place=place)
    try:
        budget.spend(made.reading)
    except BudgetExhausted:
        raise _too_long(place) from None
    return made


def _too_long(place: str) -> InvalidRequest:
    return InvalidRequest(
        f"invalid policy {place}: the policies of this request are too long to be checked at once, expected at most"
        f" {REQUEST_STEPS} steps of reading: send them in several requests"
    )


def compile_policy(policy: Policy) -> CompiledPolicy:
    """Never raises: a stored policy that an older version accepted must not stop the others.

    What is blank was taken for true once. So an ALLOW with a blank text fails, and a DENY denies as it did: neither
    gives more than was ever meant. A text too long to be read is a policy that costs too much.
    """
    denies = policy.effect is Effect.DENY
    texts = {"condition": policy.condition, "consensus": policy.consensus, "time": policy.time}
    try:
        made = {
            place: expression(text, place=place)
            for place, text in texts.items()
            if text is not None and not (denies and not text.strip(_BLANKS))
        }
    except InvalidRequest as problem:
        if isinstance(problem.__cause__, TooLong):
            return _too_costly(policy, problem.message)
        return CompiledPolicy(id=policy.id, effect=policy.effect, unreadable=problem.message)
    return CompiledPolicy(
        id=policy.id,
        effect=policy.effect,
        condition=made.get("condition"),
        consensus=made.get("consensus"),
        time=made.get("time"),
        cost=POLICY_STEPS + sum([each.cost for each in made.values()]),
    )


def compile_policies(policies: Iterable[Policy]) -> Iterator[CompiledPolicy]:
    """All policies of an organization, one at a time: whoever asks may let others go on in between.

    Where an older version accepted more than ``ORGANIZATION_COST_MAX`` together, the rest is not even read, and no
    decision can be made by policies: to pass them over would let a DENY be outspent.
    """
    total = 0
    for policy in policies:
        if total > ORGANIZATION_COST_MAX:
            yield _too_costly(policy, f"the policies before it cost more than {ORGANIZATION_COST_MAX} steps already")
            continue
        compiled = compile_policy(policy)
        total += compiled.cost
        yield compiled


def _too_costly(policy: Policy, why: str) -> CompiledPolicy:
    return CompiledPolicy(id=policy.id, effect=policy.effect, cost=DECISION_STEPS + 1, unreadable=why)
