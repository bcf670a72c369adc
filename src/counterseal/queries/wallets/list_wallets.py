"""list_wallets: every wallet of the organization."""

from __future__ import annotations

from counterseal.contract.shapes import GetWalletsRequest, GetWalletsResponse
from counterseal.organizations import WALLETS_MAX, Wallet
from counterseal.queries.registry import QueryContext, query


@query("list_wallets")
async def list_wallets(_request: GetWalletsRequest, context: QueryContext) -> GetWalletsResponse:
    """All wallets, oldest first, without pages: there are at most 100. Source: Turnkey API reference, list_wallets."""
    wallets = await context.reader.all_of(Wallet, at_most=WALLETS_MAX)
    return GetWalletsResponse(wallets=[wallet.shown() for wallet in wallets])
