"""get_authenticator: one passkey or security key by its id."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetAuthenticatorRequest, GetAuthenticatorResponse
from counterseal.queries.objects import authenticator_object
from counterseal.queries.registry import QueryContext, query


@query("get_authenticator")
async def get_authenticator(request: GetAuthenticatorRequest, context: QueryContext) -> GetAuthenticatorResponse:
    """Errors: an id that is no UUID (400), an unknown authenticator (404).

    Source: Turnkey API reference, get_authenticator.
    """
    authenticator_id = uuid(request.authenticator_id, "authenticatorId")
    for authenticator in context.organization.authenticators.values():
        if authenticator.id == authenticator_id:
            return GetAuthenticatorResponse(authenticator=authenticator_object(authenticator))
    raise NotFound(f"unable to find authenticator {authenticator_id} in organization {context.organization.id}")
