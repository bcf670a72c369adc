"""list_secrets: what is known of secrets, but their texts."""

from __future__ import annotations

from counterseal.contract.shapes import ListSecretsRequest
from counterseal.organizations import Secret
from counterseal.queries.page import page
from counterseal.queries.pieces import array, joined
from counterseal.queries.registry import QueryContext, query


@query("list_secrets")
async def list_secrets(request: ListSecretsRequest, context: QueryContext) -> bytes:
    """A page of secrets, newest first. Cursors are ``secretId``; one that was deleted keeps its place.

    Errors: an id that is no UUID, a limit outside 1-100 (400). Source: Turnkey API reference, list_secrets.
    """
    limit, before, after = page(request.pagination_options)
    secrets = await context.reader.page(Secret, limit=limit, before=before, after=after, oldest_first=False)
    return await joined([b'{"secrets":', *await array(secrets, Secret.shown, context), b"}"])
