"""get_organization_configs: the root quorum and the features of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import Config, GetOrganizationConfigsRequest, GetOrganizationConfigsResponse
from counterseal.organizations import feature_list
from counterseal.queries.objects import quorum_object
from counterseal.queries.registry import QueryContext, query


@query("get_organization_configs")
async def get_organization_configs(
    _request: GetOrganizationConfigsRequest, context: QueryContext
) -> GetOrganizationConfigsResponse:
    """A sub-organization shows its own features, not those that it inherits from its parent.

    Source: Turnkey API reference, get_organization_configs.
    """
    organization = context.organization
    return GetOrganizationConfigsResponse(
        configs=Config(features=feature_list(organization.features), quorum=quorum_object(organization.quorum))
    )
