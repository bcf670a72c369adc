"""list_users: every user of the organization."""

from __future__ import annotations

from typing import Any

from counterseal.contract.shapes import GetUsersRequest
from counterseal.queries.objects import user_object
from counterseal.queries.pieces import array
from counterseal.queries.registry import QueryContext, query


@query("list_users")
async def list_users(_request: GetUsersRequest, context: QueryContext) -> dict[str, Any]:
    """All users, oldest first, without pages: there are at most 100. Source: Turnkey API reference, list_users."""
    return {"users": await array(context.organization.users.values(), user_object, context.turns)}
