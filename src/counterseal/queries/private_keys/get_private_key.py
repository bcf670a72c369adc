"""get_private_key: one private key by its id, without what is private."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetPrivateKeyRequest, GetPrivateKeyResponse
from counterseal.organizations import PrivateKey
from counterseal.queries.registry import QueryContext, query


@query("get_private_key")
async def get_private_key(request: GetPrivateKeyRequest, context: QueryContext) -> GetPrivateKeyResponse:
    """Errors: an id that is no UUID (400), an unknown private key (404).

    Source: Turnkey API reference, get_private_key.
    """
    private_key_id = uuid(request.private_key_id, "privateKeyId")
    private_key = await context.reader.row(PrivateKey, private_key_id)
    if private_key is None:
        raise NotFound(f"unable to find private key {private_key_id} in organization {context.organization.id}")
    return GetPrivateKeyResponse(private_key=private_key.shown())
