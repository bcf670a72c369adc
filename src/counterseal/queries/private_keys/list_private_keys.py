"""list_private_keys: every private key of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import GetPrivateKeysRequest
from counterseal.organizations import PRIVATE_KEYS_MAX, PrivateKey
from counterseal.queries.pieces import array, joined
from counterseal.queries.registry import QueryContext, query


@query("list_private_keys")
async def list_private_keys(_request: GetPrivateKeysRequest, context: QueryContext) -> bytes:
    """All private keys, oldest first, without pages: there are at most 1,000.

    Source: Turnkey API reference, list_private_keys.
    """
    private_keys = await context.reader.all_of(PrivateKey, at_most=PRIVATE_KEYS_MAX)
    return await joined([b'{"privateKeys":', *await array(private_keys, PrivateKey.shown, context), b"}"])
