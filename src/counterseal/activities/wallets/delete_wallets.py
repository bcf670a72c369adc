"""DELETE_WALLETS: seeds are destroyed, with every key that was derived from them."""

from __future__ import annotations

from counterseal.activities.deletion import found_of, keys_of, not_exported
from counterseal.activities.needs import NumberOf, Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.wallets.facts import facts_of_wallets
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import DeleteWalletsIntent, DeleteWalletsResult
from counterseal.keystore import Keystore
from counterseal.organizations import WALLET_ACCOUNT_WALLET, Removed, RemovedAll, RowChange, View, Wallet, WalletAccount
from counterseal.store import RowKey, SealedRow
from counterseal.world import World

ACCOUNTS_AT_ONCE_MAX = 10_000
"""So many go with their wallets in one request; on SQLite all who write wait for two or three seconds."""


def wallets_and_numbers(intent: DeleteWalletsIntent, view: View) -> Reading:
    """The wallets, and how many accounts they have."""
    keys = _keys(intent)
    yield keys
    yield from refuse_too_many_accounts([wallet for key in keys for wallet in view.rows[key]], view)


def refuse_too_many_accounts(wallets: list[Wallet], view: View) -> Reading:
    """Count the accounts of these wallets. Raises InvalidRequest where it is too many to go at once."""
    total = 0
    for wallet in wallets:
        asked = NumberOf(
            kind=WalletAccount, key=WALLET_ACCOUNT_WALLET, value=wallet.id, at_most=ACCOUNTS_AT_ONCE_MAX + 1
        )
        yield [asked]
        total += view.rows[asked][0]
        if total > ACCOUNTS_AT_ONCE_MAX:
            raise InvalidRequest(
                f"the wallets have more than {ACCOUNTS_AT_ONCE_MAX} accounts, which are too many to go at once:"
                " delete fewer wallets at a time, or wallet accounts first"
            )


def check_wallets(intent: DeleteWalletsIntent, view: View, _world: World) -> Checked:
    """The wallets, all of which may go."""
    wallets = found_of(_keys(intent), Wallet, view, what="wallet")
    if not intent.delete_without_export:
        refuse_unexported(wallets)
    return Checked(wallets, facts=facts_of_wallets(wallets))


def refuse_unexported(wallets: list[Wallet]) -> None:
    """Raise InvalidRequest if the words of one are nowhere else."""
    for wallet in wallets:
        if not wallet.exported:
            raise not_exported("wallet", wallet.id)


@activity("DELETE_WALLETS", needs=wallets_and_numbers, check=check_wallets, tells_policies=True)
def delete_wallets(wallets: list[Wallet], view: View, _world: World, _keystore: Keystore) -> Outcome:
    """Delete wallets, all or none, with their accounts; their names are free again.

    Errors (400): an empty list, more than 100, an id that is no UUID or comes twice, one that is no wallet of the
    organization, a wallet that was not exported without ``deleteWithoutExport``, more than 10,000 accounts.
    Source: Turnkey API reference, delete_wallets.
    """
    rows, secrets = removed_wallets(wallets, organization_id=view.organization.id)
    return Outcome(result=DeleteWalletsResult(wallet_ids=[each.id for each in wallets]), rows=rows, secrets=secrets)


def removed_wallets(
    wallets: list[Wallet], *, organization_id: str
) -> tuple[tuple[RowChange, ...], tuple[SealedRow, ...]]:
    """What is left of wallets: neither rows nor secrets."""
    rows: list[RowChange] = [Removed(row=wallet) for wallet in wallets]
    rows += (RemovedAll(kind=WalletAccount, key=WALLET_ACCOUNT_WALLET, value=wallet.id) for wallet in wallets)
    secrets = (SealedRow(organization_id=organization_id, id=wallet.id, sealed=None) for wallet in wallets)
    return tuple(rows), tuple(secrets)


def _keys(intent: DeleteWalletsIntent) -> list[RowKey]:
    return keys_of(intent.wallet_ids, Wallet, what="wallet", field="parameters.walletIds")
