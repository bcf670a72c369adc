"""What the policies that others have published come to, on the facts of a transaction."""

from __future__ import annotations

from typing import Any

from counterseal.policy import Effect, PolicyCase, run_case


def activity(type_: str, **params: str) -> dict[str, Any]:
    """The facts of an activity that signs."""
    return {"type": f"ACTIVITY_TYPE_{type_}", "resource": "PRIVATE_KEY", "action": "SIGN", "params": params}


def outcome(condition: str, context: dict[str, Any]) -> bool | str:
    """What a policy of this condition says: whether it matches, or ``OUTCOME_ERROR``."""
    case = PolicyCase(
        name="", kind="policy", effect=Effect.ALLOW, condition=condition, context=context, expected="OUTCOME_ALLOW"
    )
    result = run_case(case)
    known = {"OUTCOME_ALLOW": True, "OUTCOME_DENY_IMPLICIT": False, "OUTCOME_ERROR": "OUTCOME_ERROR"}
    return known[result.actual]
