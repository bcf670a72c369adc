"""get_active_policies: which policies take part in decisions just now, by their times."""

from __future__ import annotations

from counterseal.contract.shapes import ActivePolicyStatus, GetActivePoliciesRequest, GetActivePoliciesResponse
from counterseal.policy import time_states
from counterseal.queries.registry import QueryContext, query


@query("get_active_policies")
async def get_active_policies(_request: GetActivePoliciesRequest, context: QueryContext) -> GetActivePoliciesResponse:
    """Every policy, oldest first, at the instant of the request. One without a time is always active.

    ``timeExpr`` is left out of such a one. A policy whose time fails to evaluate has ``error`` and is not active.
    Source: Turnkey API reference, get_active_policies; Turnkey docs, time-based policies.
    """
    organization, now_ms = context.organization, context.viewer.now_ms
    policies = list(organization.policies.values())
    states = time_states([policy.time or "" for policy in policies], now_ms=now_ms)
    return GetActivePoliciesResponse(
        statuses=[
            ActivePolicyStatus(
                organization_id=organization.id,
                policy_id=policy.id,
                active=state.active,
                time_expr=policy.time,
                error=state.error,
            )
            for policy, state in zip(policies, states, strict=True)
        ],
        evaluated_at_ms=str(now_ms),
    )
