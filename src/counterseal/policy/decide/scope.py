"""What one session may ask: a condition that each of its requests must meet (Turnkey docs, session profiles)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterseal.contract.errors import InvalidRequest
from counterseal.policy.compile.budget import Budget, BudgetExhausted
from counterseal.policy.compile.closures import new_scope
from counterseal.policy.compile.expression import Expression, expression, may_take_longer
from counterseal.policy.language.values import EvaluationFailure

SCOPE_COST_MAX = 500
"""A scope may cost a fifth of a policy: it is read in about 2 ms, and that while others wait."""

_READING_MAX = 60 * SCOPE_COST_MAX
"""Steps; the nodes of a text are no more than it costs."""


def check_scope(text: str, *, budget: Budget) -> None:
    """Check a scope that is about to be stored; it is a condition of the policy language.

    Raises ``InvalidRequest`` (400) with ``invalid session profile scope: line 1, column 10: found …, expected …``, and
    for a scope that costs too much. ``budget`` pays for reading it.
    """
    too_costly = InvalidRequest(
        f"invalid session profile scope: expected a text that takes at most {SCOPE_COST_MAX} steps each time it is"
        " evaluated (lists, time spans and lambdas over written lists cost most)"
    )
    if may_take_longer(text, place="condition", steps=min(budget.left, _READING_MAX)):
        raise too_costly
    try:
        made = _expression(text)
        budget.spend(made.reading)
    except InvalidRequest as problem:
        words = problem.message.removeprefix("invalid policy condition: ")
        raise InvalidRequest(f"invalid session profile scope: {words}") from problem
    except BudgetExhausted:
        raise too_costly from None
    if made.cost > SCOPE_COST_MAX:
        raise too_costly


def scope_holds(text: str, facts: Mapping[str, Any], *, budget: Budget) -> bool:
    """Whether the scope is true of a request. Not if it fails, can no longer be read, or costs more than is left."""
    try:
        made = _expression(text)
        budget.spend(made.reading)  # always, so that a request is decided alike whatever is remembered
        return made.value(new_scope(facts, budget))
    except (EvaluationFailure, BudgetExhausted, InvalidRequest):
        return False


def _expression(text: str) -> Expression:
    return expression(text, place="condition")
