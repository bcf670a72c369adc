"""get_organization: all that an organization consists of."""

from __future__ import annotations

from counterseal.contract import encode
from counterseal.contract.shapes import GetOrganizationRequest
from counterseal.organizations import feature_list
from counterseal.queries.objects import quorum_object, tag_object, user_object
from counterseal.queries.pieces import array, joined
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("get_organization")
async def get_organization(_request: GetOrganizationRequest, context: QueryContext) -> bytes:
    """Everything at once, each list oldest first and never missing; of a deleted organization, what is left.

    Source: the service's model (the public API reference leaves this query out).
    """
    organization, turns = context.organization, context.turns
    others = {
        "organizationId": organization.id,
        "name": organization.name,
        "privateKeys": [],
        "invitations": [],
        "rootQuorum": quorum_object(organization.quorum),
        "features": feature_list(organization.features),
        "wallets": [],
        "smartContractInterfaceReferences": [],
    }
    users = await array(organization.users.values(), user_object, turns)
    policies = await array(organization.policies.values(), policy_object, turns)
    tags = await array(organization.tags.values(), tag_object, turns)
    head = b'{"organizationData":' + encode(others)[:-1]
    return await joined([head, b',"users":', *users, b',"policies":', *policies, b',"tags":', *tags, b"}}"])
