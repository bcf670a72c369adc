"""list_wallet_accounts: the accounts of a wallet, or of all wallets, in pages."""

from __future__ import annotations

from counterseal.contract.shapes import GetWalletAccountsRequest, GetWalletAccountsResponse
from counterseal.organizations import WALLET_ACCOUNT_WALLET, Wallet, WalletAccount
from counterseal.queries.page import page
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.wallets.the_wallet import the_wallet


@query("list_wallet_accounts")
async def list_wallet_accounts(request: GetWalletAccountsRequest, context: QueryContext) -> GetWalletAccountsResponse:
    """A page of accounts, oldest first. Cursors are ``walletAccountId``; one that was deleted keeps its place.

    Oldest first, so that whoever goes through the pages misses none that is made meanwhile.
    Errors: an id that is no UUID, a limit outside 1-100 (400), an unknown wallet (404).
    Source: Turnkey API reference, list_wallet_accounts.
    """
    limit, before, after = page(request.pagination_options)
    where = None
    if request.wallet_id:
        where = WALLET_ACCOUNT_WALLET, (await the_wallet(request.wallet_id, context)).id
    accounts = await context.reader.page(WalletAccount, limit=limit, before=before, after=after, where=where)
    wallets: dict[str, Wallet] = {}
    if request.include_wallet_details:
        ids = dict.fromkeys(account.wallet_id for account in accounts)
        wallets = {wallet.id: wallet for wallet in await context.reader.rows(Wallet, [*ids])}
    organization_id = context.organization.id
    return GetWalletAccountsResponse(
        accounts=[each.shown_in(organization_id, wallet=wallets.get(each.wallet_id)) for each in accounts]
    )
