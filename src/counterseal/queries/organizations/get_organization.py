"""get_organization: all that an organization consists of."""

from __future__ import annotations

from counterseal.contract.shapes import GetOrganizationRequest, GetOrganizationResponse, OrganizationData
from counterseal.organizations import feature_list
from counterseal.queries.objects import quorum_object, tag_object, user_object
from counterseal.queries.policies.policy_object import policy_object
from counterseal.queries.registry import QueryContext, query


@query("get_organization")
async def get_organization(_request: GetOrganizationRequest, context: QueryContext) -> GetOrganizationResponse:
    """Everything at once, each list oldest first and never missing; of a deleted organization, what is left.

    Source: the service's model (the public API reference leaves this query out).
    """
    organization = context.organization
    return GetOrganizationResponse(
        organization_data=OrganizationData(
            organization_id=organization.id,
            name=organization.name,
            users=[user_object(user) for user in organization.users.values()],
            policies=[policy_object(policy) for policy in organization.policies.values()],
            private_keys=[],
            invitations=[],
            tags=[tag_object(tag) for tag in organization.tags.values()],
            root_quorum=quorum_object(organization.quorum),
            features=feature_list(organization.features),
            wallets=[],
            smart_contract_interface_references=[],
        )
    )
