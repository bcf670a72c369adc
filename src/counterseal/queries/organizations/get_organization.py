"""get_organization: all that an organization consists of."""

from __future__ import annotations

from typing import Any

from counterseal.contract.shapes import GetOrganizationRequest
from counterseal.organizations import feature_list
from counterseal.queries.objects import quorum_object, tag_object, user_object
from counterseal.queries.pieces import array
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("get_organization")
async def get_organization(_request: GetOrganizationRequest, context: QueryContext) -> dict[str, Any]:
    """Everything at once, each list oldest first and never missing; of a deleted organization, what is left.

    Source: the service's model (the public API reference leaves this query out).
    """
    organization, turns = context.organization, context.turns
    return {
        "organizationData": {
            "organizationId": organization.id,
            "name": organization.name,
            "users": await array(organization.users.values(), user_object, turns),
            "policies": await array(organization.policies.values(), policy_object, turns),
            "privateKeys": [],
            "invitations": [],
            "tags": await array(organization.tags.values(), tag_object, turns),
            "rootQuorum": quorum_object(organization.quorum),
            "features": feature_list(organization.features),
            "wallets": [],
            "smartContractInterfaceReferences": [],
        }
    }
