"""list_users: every user of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import GetUsersRequest, GetUsersResponse
from counterseal.queries.objects import user_object
from counterseal.queries.registry import QueryContext, query


@query("list_users")
async def list_users(_request: GetUsersRequest, context: QueryContext) -> GetUsersResponse:
    """All users, oldest first, without pages: there are at most 100. Source: Turnkey API reference, list_users."""
    return GetUsersResponse(users=[user_object(user) for user in context.organization.users.values()])
