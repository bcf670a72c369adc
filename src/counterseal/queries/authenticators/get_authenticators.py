"""get_authenticators: the passkeys and security keys of one user."""

from __future__ import annotations

from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetAuthenticatorsRequest, GetAuthenticatorsResponse
from counterseal.organizations import View
from counterseal.queries.objects import authenticator_object
from counterseal.queries.registry import QueryContext, query


@query("get_authenticators")
async def get_authenticators(request: GetAuthenticatorsRequest, context: QueryContext) -> GetAuthenticatorsResponse:
    """In the order of their creation. Errors: an id that is no UUID (400), an unknown user (404).

    Source: Turnkey API reference, get_authenticators.
    """
    view = View(context.organization, initiator_id=context.viewer.user_id)
    user = view.user(uuid(request.user_id, "userId"))
    return GetAuthenticatorsResponse(authenticators=[authenticator_object(each) for each in user.authenticators])
