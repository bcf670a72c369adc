"""get_wallet_account: one account of a wallet, by its address or its path."""

from __future__ import annotations

from collections.abc import Iterable

from counterseal.contract.errors import InvalidRequest, NotFound, quoted
from counterseal.contract.shapes import GetWalletAccountRequest, GetWalletAccountResponse
from counterseal.crypto import paths
from counterseal.crypto.paths import InvalidPath
from counterseal.organizations import WALLET_ACCOUNT_ADDRESS, WALLET_ACCOUNT_PATH, Wallet, WalletAccount, path_in_wallet
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.wallets.the_wallet import the_wallet


@query("get_wallet_account")
async def get_wallet_account(request: GetWalletAccountRequest, context: QueryContext) -> GetWalletAccountResponse:
    """The account of an address, as its chain spells it, or of a path; of several formats at one path the first made.

    Errors: neither address nor path, a bad path, an id that is no UUID (400), an unknown wallet, no such account, or
    not one of both where both are given (404). Source: Turnkey API reference, get_wallet_account.
    """
    wallet = await the_wallet(request.wallet_id, context)
    if not request.address and not request.path:
        raise InvalidRequest("invalid request body: expected `address` or `path`, got neither")
    accounts: Iterable[WalletAccount]
    if request.address:
        accounts = await _of_address(request.address, context)
        if request.path:
            levels = _levels(request.path)
            accounts = (each for each in accounts if each.levels == levels)
    else:
        accounts = await _of_path(wallet, request.path or "", context)
    for account in accounts:
        if account.wallet_id == wallet.id:
            return GetWalletAccountResponse(account=account.shown_in(context.organization.id))
    named = [f"{name} {quoted(value)}" for name, value in _named(request)]
    raise NotFound(f"unable to find a wallet account with {' and '.join(named)} in wallet {wallet.id}")


async def _of_address(address: str, context: QueryContext) -> list[WalletAccount]:
    found = await context.reader.rows(WalletAccount, [address], by=WALLET_ACCOUNT_ADDRESS)
    return [each for each in found if each.address == address]


async def _of_path(wallet: Wallet, path: str, context: QueryContext) -> list[WalletAccount]:
    place = path_in_wallet(wallet.id, _levels(path))
    return await context.reader.rows(WalletAccount, [place], by=WALLET_ACCOUNT_PATH)


def _levels(path: str) -> str:
    try:
        return paths.text_of(paths.parse(path))
    except InvalidPath as fault:
        raise InvalidRequest(f"invalid path: {fault} at `path`") from None


def _named(request: GetWalletAccountRequest) -> list[tuple[str, str]]:
    given = (("address", request.address), ("path", request.path))
    return [(name, value) for name, value in given if value]
