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
    compiled_text(condition, place="condition")
    compiled_text(consensus, place="consensus")
    compiled_text(time, place="time")


def compile_policy(policy: Policy) -> CompiledPolicy:
    """Never raises: a stored policy that an older version accepted must not stop the others."""
    try:
        condition = compiled_text(policy.condition, place="condition")
        consensus = compiled_text(policy.consensus, place="consensus")
        time = compiled_text(policy.time, place="time")
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


def compiled_text(text: str, *, place: str) -> Expression | None:
    """The condition, consensus or time of a policy, ready to be evaluated; nothing for an empty one.

    Raises ``InvalidRequest`` for a text that does not check.
    """
    return expression(text, place=place) if text.strip(" \t\r\n") else None
