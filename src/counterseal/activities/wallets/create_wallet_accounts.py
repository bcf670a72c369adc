"""CREATE_WALLET_ACCOUNTS: more keys of a seed that is there."""

from __future__ import annotations

import msgspec

from counterseal.activities.needs import Reading, Sealed, secret_of
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.wallets.facts import wallet_facts
from counterseal.activities.wallets.new_accounts import (
    MadeAccount,
    NewAccount,
    account_rows,
    kept,
    make_accounts,
    names_of,
    new_accounts,
    refuse_taken_names,
)
from counterseal.activities.wallets.the_wallet import by_id, the_wallet
from counterseal.contract.errors import AlreadyExists
from counterseal.contract.rules import some
from counterseal.contract.shapes import CreateWalletAccountsIntent, CreateWalletAccountsResult
from counterseal.crypto.mnemonics import Language
from counterseal.keystore import Keystore
from counterseal.keystore.wallet_keys import SealedSeed
from counterseal.organizations import WALLET_ACCOUNT_PLACE, View, WalletAccount
from counterseal.store import RowKey
from counterseal.world import World

_FIELD = "parameters.accounts"


class MoreAccounts(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts that are in order."""

    wallet_id: str
    accounts: tuple[NewAccount, ...]
    is_kept: bool


class AccountsWork(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts to be derived from a seed."""

    organization_id: str
    seed: SealedSeed
    accounts: tuple[NewAccount, ...]


def wallet_and_others(intent: CreateWalletAccountsIntent, _view: View) -> Reading:
    """The wallet with its seed, and whoever has one of the places or names."""
    wallet = by_id(intent.wallet_id)
    accounts = _accounts(intent)
    yield [wallet, Sealed(id=wallet.value), *(_place(each, wallet.value) for each in accounts), *names_of(accounts)]


def check_accounts(intent: CreateWalletAccountsIntent, view: View, _world: World) -> Checked:
    """Everything that can be wrong with the request, before a key is derived."""
    accounts = _accounts(intent)
    wallet = the_wallet(intent.wallet_id, view)
    is_kept = intent.persist is not False
    if is_kept:
        _refuse_taken_places(accounts, wallet.id, view)
        refuse_taken_names(accounts, view)
    sealed = secret_of(wallet.id, view)
    seed = SealedSeed(mark=wallet.seed_mark, language=Language(wallet.language), sealed=sealed)
    return Checked(
        MoreAccounts(wallet_id=wallet.id, accounts=accounts, is_kept=is_kept),
        facts={"wallet": wallet_facts(wallet)},
        work=AccountsWork(organization_id=view.organization.id, seed=seed, accounts=accounts),
    )


def make(work: AccountsWork, keystore: Keystore) -> tuple[MadeAccount, ...]:
    """The accounts, with their keys sealed."""
    return make_accounts(keystore, work.organization_id, work.seed, work.accounts)


@activity("CREATE_WALLET_ACCOUNTS", needs=wallet_and_others, check=check_accounts, make=make, tells_policies=True)
def create_wallet_accounts(more: MoreAccounts, view: View, world: World, made: tuple[MadeAccount, ...]) -> Outcome:
    """Derive keys; ``addresses`` are in the order of ``accounts``. With ``persist: false`` nothing is stored.

    Errors: no accounts, or too many at once, an address format that the curve has not, a bad path, one that comes
    twice, a bad name or one that is taken (400), an unknown wallet (404), a path that the wallet has already for this
    curve and format (409). What is not stored may be there already.
    Source: Turnkey API reference, create_wallet_accounts; BIP-32, SLIP-10.
    """
    rows = account_rows(more.accounts, made, wallet_id=more.wallet_id, world=world)
    result = CreateWalletAccountsResult(addresses=[row.address for row in rows])
    if not more.is_kept:
        return Outcome(result=result)
    puts, secrets = kept(rows, made, organization_id=view.organization.id)
    return Outcome(result=result, rows=puts, secrets=secrets)


def _accounts(intent: CreateWalletAccountsIntent) -> tuple[NewAccount, ...]:
    some(intent.accounts, _FIELD)
    return new_accounts(intent.accounts, _FIELD)


def _place(account: NewAccount, wallet_id: str) -> RowKey:
    return RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_PLACE, value=account.place_in(wallet_id))


def _refuse_taken_places(accounts: tuple[NewAccount, ...], wallet_id: str, view: View) -> None:
    for account in accounts:
        for other in view.rows[_place(account, wallet_id)]:
            raise AlreadyExists(f"path already exists in wallet account {other.id}", details=[])
