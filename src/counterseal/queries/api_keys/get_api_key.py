"""get_api_key: one API key by its id."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetApiKeyRequest, GetApiKeyResponse
from counterseal.queries.objects import api_key_object
from counterseal.queries.registry import QueryContext, query


@query("get_api_key")
async def get_api_key(request: GetApiKeyRequest, context: QueryContext) -> GetApiKeyResponse:
    """Errors: an id that is no UUID (400), an unknown key (404). Source: Turnkey API reference, get_api_key."""
    api_key_id = uuid(request.api_key_id, "apiKeyId")
    for key in context.organization.api_keys.values():
        if key.id == api_key_id:
            return GetApiKeyResponse(api_key=api_key_object(key))
    raise NotFound(f"unable to find api key {api_key_id} in organization {context.organization.id}")
