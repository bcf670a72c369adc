"""DELETE_WALLET_ACCOUNTS: keys of wallets are forgotten; their seeds could derive them again."""

from __future__ import annotations

from counterseal.activities.deletion import found_of, keys_of, not_exported
from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.wallets.facts import facts_of_wallets
from counterseal.contract.shapes import DeleteWalletAccountsIntent, DeleteWalletAccountsResult
from counterseal.keystore import Keystore
from counterseal.organizations import Removed, View, Wallet, WalletAccount
from counterseal.store import RowKey, SealedRow
from counterseal.world import World


def accounts_and_wallets(intent: DeleteWalletAccountsIntent, view: View) -> Reading:
    """The accounts, and then their wallets."""
    keys = _keys(intent)
    yield keys
    yield _wallets_of([account for key in keys for account in view.rows[key]])


def check_accounts(intent: DeleteWalletAccountsIntent, view: View, _world: World) -> Checked:
    """The accounts, all of which may go."""
    accounts = found_of(_keys(intent), WalletAccount, view, what="wallet account")
    wallets = {wallet.id: wallet for key in _wallets_of(accounts) for wallet in view.rows[key]}
    if not intent.delete_without_export:
        for account in accounts:
            if not (account.exported or wallets[account.wallet_id].exported):
                raise not_exported("wallet account", account.id, code="WALLET_ACCOUNT_NOT_EXPORTED")
    return Checked(accounts, facts=facts_of_wallets([*wallets.values()]))


@activity("DELETE_WALLET_ACCOUNTS", needs=accounts_and_wallets, check=check_accounts, tells_policies=True)
def delete_wallet_accounts(accounts: list[WalletAccount], view: View, _world: World, _keystore: Keystore) -> Outcome:
    """Delete accounts, all or none; their paths and names are free again.

    An account counts as exported if it or its wallet was. Errors (400): an empty list, more than 100, an id that is no
    UUID or comes twice, one that is no account of the organization, an account that was not exported without
    ``deleteWithoutExport``. Source: Turnkey API reference, delete_wallet_accounts.
    """
    return Outcome(
        result=DeleteWalletAccountsResult(wallet_account_ids=[each.id for each in accounts]),
        rows=tuple(Removed(row=each) for each in accounts),
        secrets=tuple(SealedRow(organization_id=view.organization.id, id=each.id, sealed=None) for each in accounts),
    )


def _keys(intent: DeleteWalletAccountsIntent) -> list[RowKey]:
    field = "parameters.walletAccountIds"
    return keys_of(intent.wallet_account_ids, WalletAccount, what="wallet account", field=field)


def _wallets_of(accounts: list[WalletAccount]) -> list[RowKey]:
    return [RowKey(kind=Wallet, value=id_) for id_ in dict.fromkeys(account.wallet_id for account in accounts)]
