"""get_wallet: one wallet by its id, without its accounts."""

from __future__ import annotations

from counterseal.contract.shapes import GetWalletRequest, GetWalletResponse
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.wallets.the_wallet import the_wallet


@query("get_wallet")
async def get_wallet(request: GetWalletRequest, context: QueryContext) -> GetWalletResponse:
    """Errors: an id that is no UUID (400), an unknown wallet (404). Source: Turnkey API reference, get_wallet."""
    return GetWalletResponse(wallet=(await the_wallet(request.wallet_id, context)).shown())
