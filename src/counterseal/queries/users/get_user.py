"""get_user: one user with all credentials."""

from __future__ import annotations

from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetUserRequest, GetUserResponse
from counterseal.organizations import View
from counterseal.queries.objects import user_object
from counterseal.queries.registry import QueryContext, query


@query("get_user")
async def get_user(request: GetUserRequest, context: QueryContext) -> GetUserResponse:
    """Errors: an id that is no UUID (400), an unknown user (404). Source: Turnkey API reference, get_user."""
    view = View(context.organization, initiator_id=context.viewer.user_id)
    return GetUserResponse(user=user_object(view.user(uuid(request.user_id, "userId"))))
