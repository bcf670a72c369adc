"""list_policies: every policy of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import GetPoliciesRequest, GetPoliciesResponse
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("list_policies")
async def list_policies(_request: GetPoliciesRequest, context: QueryContext) -> GetPoliciesResponse:
    """All policies, oldest first, without pages: there are at most 100.

    Source: Turnkey API reference, list_policies.
    """
    return GetPoliciesResponse(policies=[policy_object(policy) for policy in context.organization.policies.values()])
