"""list_policies: every policy of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import GetPoliciesRequest
from counterseal.queries.pieces import array, joined
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("list_policies")
async def list_policies(_request: GetPoliciesRequest, context: QueryContext) -> bytes:
    """All policies, oldest first, without pages: there are at most 100.

    Source: Turnkey API reference, list_policies.
    """
    policies = await array(context.organization.policies.values(), policy_object, context)
    return await joined([b'{"policies":', *policies, b"}"])
