"""whoami: who owns the stamping credential, and where."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.shapes import GetWhoamiRequest, GetWhoamiResponse
from counterseal.queries.registry import QueryContext, query


@query("whoami", may_name_parent=True)
async def whoami(_request: GetWhoamiRequest, context: QueryContext) -> GetWhoamiResponse:
    """The caller and the caller's own organization, even when another of the family was named.

    Source: Turnkey API reference, whoami: a parent's id with a sub-organization's credential gives the latter's.
    """
    organization = await context.callers_organization()
    user = None if organization is None else organization.users.get(context.viewer.user_id)
    if organization is None or user is None:
        raise NotFound(f"unable to find user {context.viewer.user_id} in organization {context.viewer.organization_id}")
    return GetWhoamiResponse(
        organization_id=organization.id, organization_name=organization.name, user_id=user.id, username=user.name
    )
