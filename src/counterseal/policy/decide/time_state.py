"""Whether policies take part in decisions at an instant, by their times alone."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from counterseal.contract.errors import InvalidRequest
from counterseal.policy.compile.budget import DECISION_STEPS, Budget, BudgetExhausted
from counterseal.policy.compile.closures import Scope, new_scope
from counterseal.policy.compile.expression import expression
from counterseal.policy.language.values import EvaluationFailure, from_milliseconds


class TimeState(msgspec.Struct, frozen=True, kw_only=True):
    """``error`` says why the time gives no answer; such a policy is not active, as it matches nothing."""

    active: bool
    error: str | None = None


_ALWAYS = TimeState(active=True)
_TOO_COSTLY = TimeState(
    active=False, error="the times of all policies together need more evaluation than one request may use"
)


def read_time(text: str | None) -> None:
    """Have a time compiled before it is asked for. Never raises."""
    if text is not None:
        with suppress(InvalidRequest):
            expression(text, place="time")


def time_states(times: Sequence[str | None], *, now_ms: int, budget: Budget) -> list[TimeState]:
    """One state for each of the ``times`` of stored policies at ``now_ms`` (Unix milliseconds). Never raises.

    A policy without a time is always active. All of them share what ``budget`` has for one decision; if that is not
    enough every time fails, whichever came last.
    """
    scope = new_scope({"time": {"now": from_milliseconds(now_ms)}}, budget.lend(DECISION_STEPS))
    try:
        return [_ALWAYS if text is None else _state(text, scope) for text in times]
    except BudgetExhausted:
        return [_ALWAYS if text is None else _TOO_COSTLY for text in times]


def _state(text: str, scope: Scope) -> TimeState:
    try:
        return TimeState(active=expression(text, place="time").value(scope))
    except InvalidRequest as problem:  # an older version of this server accepted the text
        return TimeState(active=False, error=problem.message)
    except EvaluationFailure as problem:
        return TimeState(active=False, error=str(problem))
