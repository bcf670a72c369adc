"""A policy as it is stored, and as it is evaluated."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from counterseal.contract.errors import InvalidRequest
from counterseal.policy.expression import Expression, expression


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
    """The rule of a stored policy. An empty text always holds."""

    id: str
    effect: Effect
    condition: str = ""
    consensus: str = ""
    time: str = ""


class CompiledPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy ready to be evaluated. ``unreadable`` says why its texts no longer check: it then always fails."""

    id: str
    effect: Effect
    condition: Expression | None = None
    consensus: Expression | None = None
    time: Expression | None = None
    cost: int = 0
    unreadable: str = ""


def check_policy(*, condition: str = "", consensus: str = "", time: str = "") -> None:
    """Check the texts of a policy that is about to be stored.

    Raises ``InvalidRequest`` (400) with ``invalid policy condition: line 1, column 10: found …, expected …``, or the
    same for ``consensus`` and ``time``.
    """
    _compiled(condition, place="condition")
    _compiled(consensus, place="consensus")
    _compiled(time, place="time")


def compile_policy(policy: Policy) -> CompiledPolicy:
    """Never raises: a stored policy that an older version accepted must not stop the others."""
    try:
        condition = _compiled(policy.condition, place="condition")
        consensus = _compiled(policy.consensus, place="consensus")
        time = _compiled(policy.time, place="time")
    except InvalidRequest as problem:
        return CompiledPolicy(id=policy.id, effect=policy.effect, unreadable=problem.message)
    return CompiledPolicy(
        id=policy.id,
        effect=policy.effect,
        condition=condition,
        consensus=consensus,
        time=time,
        cost=sum(part.cost for part in (condition, consensus, time) if part is not None),
    )


def _compiled(text: str, *, place: str) -> Expression | None:
    return expression(text, place=place) if text.strip(" \t\r\n") else None
