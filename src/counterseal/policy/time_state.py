"""Whether policies take part in decisions at an instant, by their times alone."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.contract.errors import InvalidRequest
from counterseal.policy.closures import Scope, new_scope
from counterseal.policy.policies import compiled_text
from counterseal.policy.values import BudgetExhausted, EvaluationFailure, from_milliseconds


class TimeState(msgspec.Struct, frozen=True, kw_only=True):
    """``error`` says why the time gives no answer; such a policy is not active, as it matches nothing."""

    active: bool
    error: str | None = None


_ALWAYS = TimeState(active=True)
_TOO_COSTLY = TimeState(
    active=False, error="the times of all policies together need more evaluation than one request may use"
)


def time_states(times: Sequence[str], *, now_ms: int) -> list[TimeState]:
    """One state for each of the ``times`` of stored policies at ``now_ms`` (Unix milliseconds). Never raises.

    An empty time is always active. All of them share the budget of one request, as in a decision; if that is not enough
    every time fails, whichever came last.
    """
    scope = new_scope({"time": {"now": from_milliseconds(now_ms)}})
    try:
        return [_state(text, scope) for text in times]
    except BudgetExhausted:
        return [_TOO_COSTLY if text.strip() else _ALWAYS for text in times]


def _state(text: str, scope: Scope) -> TimeState:
    try:
        time = compiled_text(text, place="time")
        return _ALWAYS if time is None else TimeState(active=time.value(scope))
    except InvalidRequest as problem:  # an older version of this server accepted the text
        return TimeState(active=False, error=problem.message)
    except EvaluationFailure as problem:
        return TimeState(active=False, error=str(problem))
