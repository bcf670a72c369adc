"""Scopes of sessions: what may be one, and when it holds."""

from __future__ import annotations

from typing import Any

import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.policy import Budget, check_scope, facts, scope_holds
from counterseal.policy.decide.scope import SCOPE_COST_MAX

SIGN = "activity.action == 'SIGN'"


def seen(**activity: Any) -> dict[str, Any]:
    plain = {"type": "ACTIVITY_TYPE_SIGN", "kind": "SIGN", "resource": "WALLET", "action": "SIGN", "params": {}}
    return facts({"activity": plain | activity})


def holds(scope: str, budget: Budget | None = None, **activity: Any) -> bool:
    return scope_holds(scope, seen(**activity), budget=budget or Budget())


@pytest.mark.parametrize("scope", ["true", SIGN, "activity.kind in ['A', 'B']", "wallet.id == 'x'", f"!({SIGN})"])
def test_conditions_are_scopes(scope: str) -> None:
    check_scope(scope, budget=Budget())


@pytest.mark.parametrize(
    "scope", ["", " ", "maybe", "'true'", "1", "approvers.count() > 0", "time.now > Timestamp('2027')", "true &&"]
)
def test_nothing_else_is(scope: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^invalid session profile scope: line 1, column \d+: "):
        check_scope(scope, budget=Budget())


@pytest.mark.parametrize("names", [SCOPE_COST_MAX, 2 * SCOPE_COST_MAX])
def test_one_that_costs_too_much_is_refused_before_it_is_stored(names: int) -> None:
    listed = ", ".join(f"'{at}'" for at in range(names))
    with pytest.raises(InvalidRequest, match=f"at most {SCOPE_COST_MAX} steps"):
        check_scope(f"activity.kind in [{listed}]", budget=Budget())


def test_it_holds_where_it_is_true() -> None:
    assert holds("true")
    assert holds(SIGN)
    assert not holds("false")
    assert not holds(SIGN, action="EXPORT")


@pytest.mark.parametrize(
    "scope",
    [
        "activity.params.wallet_id == 'x'",
        "activity.params.wallet_id != 'x'",
        "!(activity.params.wallet_id == 'x')",
        "true || wallet.id == 'x'",
        "wallet.id != 'x'",
        "no longer readable",
    ],
)
def test_what_cannot_be_told_does_not_pass(scope: str) -> None:
    assert not holds(scope)


def test_every_step_is_paid_for() -> None:
    budget = Budget()
    assert holds(SIGN, budget)
    first = budget.left
    assert holds(SIGN, budget)
    assert Budget().left - first == first - budget.left > 0, "remembered or not, it costs the same"
    assert not holds(SIGN, Budget(Budget().left - first - 1))
    assert holds(SIGN, Budget(Budget().left - first))
