"""CREATE_WALLET: a fresh seed, and its first accounts."""

from __future__ import annotations

from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.wallets.new_accounts import new_accounts
from counterseal.activities.wallets.new_wallets import (
    MadeSeed,
    NewWallet,
    SeedWork,
    make_seed,
    namesakes,
    refuse_taken,
    wallet_rows,
    word_count,
)
from counterseal.contract.shapes import CreateWalletIntent, CreateWalletResult
from counterseal.organizations import View
from counterseal.world import World

_FIELD = "parameters.accounts"


def others(intent: CreateWalletIntent, _view: View) -> Reading:
    """Whoever has one of the names, and all wallets."""
    yield namesakes(intent.wallet_name, new_accounts(intent.accounts, _FIELD))


def check_wallet(intent: CreateWalletIntent, view: View, _world: World) -> Checked:
    """Everything that can be wrong with the request, before a seed is made."""
    accounts = new_accounts(intent.accounts, _FIELD)
    count = word_count(intent.mnemonic_length)
    refuse_taken(intent.wallet_name, accounts, view)
    work = SeedWork(organization_id=view.organization.id, word_count=count, accounts=accounts)
    return Checked(NewWallet(name=intent.wallet_name, accounts=accounts), work=work)


@activity("CREATE_WALLET", needs=others, check=check_wallet, make=make_seed)
def create_wallet(new: NewWallet, view: View, world: World, made: MadeSeed) -> Outcome:
    """Make a wallet of 12 English words, or as many as are asked for; ``addresses`` are in the order of ``accounts``.

    Errors: a bad name or one that is taken, too many accounts, an address format that the curve has not, a bad path,
    one that comes twice, a number of words that is none (400), more than 100 wallets (429).
    Source: Turnkey API reference, create_wallet; Turnkey docs, wallets; BIP-39, BIP-32, SLIP-10.
    """
    made_rows = wallet_rows(new, made, organization_id=view.organization.id, world=world)
    return Outcome(
        result=CreateWalletResult(wallet_id=made_rows.wallet.id, addresses=made_rows.addresses),
        rows=made_rows.rows,
        secrets=made_rows.secrets,
    )
