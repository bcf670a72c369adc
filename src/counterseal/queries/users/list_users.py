"""list_users: every user of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import GetUsersRequest
from counterseal.queries.objects import user_object
from counterseal.queries.pieces import array, joined
from counterseal.queries.registry import QueryContext, query


@query("list_users")
async def list_users(_request: GetUsersRequest, context: QueryContext) -> bytes:
    """All users, oldest first, without pages: there are at most 100. Source: Turnkey API reference, list_users."""
    users = await array(context.organization.users.values(), user_object, context)
    return await joined([b'{"users":', *users, b"}"])
