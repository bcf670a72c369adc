"""UPDATE_WALLET: another name for a wallet."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.wallets.facts import wallet_facts
from counterseal.activities.wallets.new_wallets import by_name, refuse_taken_name
from counterseal.activities.wallets.the_wallet import by_id, the_wallet
from counterseal.contract.shapes import UpdateWalletIntent, UpdateWalletResult
from counterseal.keystore import Keystore
from counterseal.organizations import Put, View, Wallet
from counterseal.world import World


def it_and_its_namesake(intent: UpdateWalletIntent, _view: View) -> Reading:
    """The wallet, and the one that has the new name, if one is given."""
    wallet = by_id(intent.wallet_id)
    yield [wallet] if intent.wallet_name is None else [wallet, by_name(intent.wallet_name)]


def check_name(intent: UpdateWalletIntent, view: View, world: World) -> Checked:
    """The wallet as it was and will be."""
    before = the_wallet(intent.wallet_id, view)
    after = before
    if intent.wallet_name is not None:
        refuse_taken_name(intent.wallet_name, view, of=before.id)
        after = replace(before, name=intent.wallet_name, updated_ms=world.now_ms)
    return Checked((before, after), facts={"wallet": wallet_facts(before)})


@activity("UPDATE_WALLET", needs=it_and_its_namesake, check=check_name, tells_policies=True)
def update_wallet(found: tuple[Wallet, Wallet], _view: View, _world: World, _keystore: Keystore) -> Outcome:
    """Rename the wallet if ``walletName`` is given; its own name is no other.

    Errors: a bad name, one that another wallet has (400), an unknown wallet (404).
    Source: Turnkey API reference, update_wallet.
    """
    before, after = found
    rows = () if after is before else (Put(row=after, replaces=before),)
    return Outcome(result=UpdateWalletResult(wallet_id=after.id), rows=rows)
