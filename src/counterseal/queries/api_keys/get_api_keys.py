"""get_api_keys: the API keys of one user, or of the organization."""

from __future__ import annotations

from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetApiKeysRequest
from counterseal.organizations import View
from counterseal.queries.objects import api_key_object
from counterseal.queries.pieces import array, joined
from counterseal.queries.registry import QueryContext, query


@query("get_api_keys")
async def get_api_keys(request: GetApiKeysRequest, context: QueryContext) -> bytes:
    """The keys of ``userId`` in the order of their creation; without it, those of every user. Expired keys are listed
    until they are evicted. Errors: an unknown user (404). Source: Turnkey API reference, get_api_keys.
    """
    organization = context.organization
    if request.user_id is None:
        users = list(organization.users.values())
    else:
        view = View(organization, initiator_id=context.viewer.user_id)
        users = [view.user(uuid(request.user_id, "userId"))]
    keys = (key for user in users for key in user.api_keys)
    return await joined([b'{"apiKeys":', *await array(keys, api_key_object, context), b"}"])
