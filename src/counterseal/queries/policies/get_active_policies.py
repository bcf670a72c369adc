"""get_active_policies: which policies take part in decisions just now, by their times."""

from __future__ import annotations

from counterseal.contract.shapes import ActivePolicyStatus, GetActivePoliciesRequest
from counterseal.organizations import Policy
from counterseal.policy import TimeState, read_time, time_states
from counterseal.queries.pieces import Pieces, array, joined
from counterseal.queries.registry import QueryContext, query


@query("get_active_policies")
async def get_active_policies(_request: GetActivePoliciesRequest, context: QueryContext) -> bytes:
    """Every policy, oldest first, at the instant of the request. One without a time is always active.

    ``timeExpr`` is left out of such a one. A policy whose time fails to evaluate has ``error`` and is not active.
    Source: Turnkey API reference, get_active_policies; Turnkey docs, time-based policies.
    """
    organization, now_ms = context.organization, context.viewer.now_ms
    policies = list(organization.policies.values())
    pieces = Pieces(context.turns)
    for policy in policies:
        read_time(policy.time)  # texts that nobody has read yet take longer than to evaluate them
        await pieces.add(len(policy.time or ""), was_read=True)
    states = time_states([policy.time for policy in policies], now_ms=now_ms, budget=context.viewer.budget)

    def status(of: tuple[Policy, TimeState]) -> ActivePolicyStatus:
        policy, state = of
        return ActivePolicyStatus(
            organization_id=organization.id,
            policy_id=policy.id,
            active=state.active,
            time_expr=policy.time,
            error=state.error,
        )

    statuses = await array(zip(policies, states, strict=True), status, context)
    return await joined([b'{"statuses":', *statuses, b',"evaluatedAtMs":"%d"}' % now_ms])
