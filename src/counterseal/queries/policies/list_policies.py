"""list_policies: every policy of the organization."""

from __future__ import annotations

from typing import Any

from counterseal.contract.shapes import GetPoliciesRequest
from counterseal.queries.pieces import array
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("list_policies")
async def list_policies(_request: GetPoliciesRequest, context: QueryContext) -> dict[str, Any]:
    """All policies, oldest first, without pages: there are at most 100.

    Source: Turnkey API reference, list_policies.
    """
    return {"policies": await array(context.organization.policies.values(), policy_object, context.turns)}
