"""get_policy: one policy by its id."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetPolicyRequest, GetPolicyResponse
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("get_policy")
async def get_policy(request: GetPolicyRequest, context: QueryContext) -> GetPolicyResponse:
    """Errors: an id that is no UUID (400), an unknown policy (404). Source: Turnkey API reference, get_policy."""
    policy_id = uuid(request.policy_id, "policyId")
    policy = context.organization.policies.get(policy_id)
    if policy is None:
        raise NotFound(f"unable to find policy {policy_id} in organization {context.organization.id}")
    return GetPolicyResponse(policy=policy_object(policy))
