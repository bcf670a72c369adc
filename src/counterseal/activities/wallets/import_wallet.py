"""IMPORT_WALLET: words that a client brings, and accounts of them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from counterseal.activities.imports.own_targets import own_place, targets_of, usable_targets, without_spent
from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.wallets.new_accounts import NewAccount, make_accounts, new_accounts
from counterseal.activities.wallets.new_wallets import (
    ALL_WALLETS,
    MadeSeed,
    NewWallet,
    namesakes,
    refuse_taken,
    wallet_rows,
)
from counterseal.contract.errors import AlreadyExists
from counterseal.contract.shapes import ImportWalletIntent, ImportWalletResult
from counterseal.keystore import Keystore
from counterseal.keystore.imports import Imported, SealedTarget, check_phrase, import_phrase
from counterseal.organizations import View, Wallet
from counterseal.world import World

_FIELD = "parameters.accounts"


class Brought(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet that is in order but for what is sealed, and by which targets that may be opened."""

    wallet: NewWallet
    targets: Sequence[SealedTarget]
    bundle: str


class PhraseWork(msgspec.Struct, frozen=True, kw_only=True):
    """A phrase to be stretched to a seed, and the accounts to be derived from it."""

    target: SealedTarget
    bundle: str
    accounts: tuple[NewAccount, ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet that is in order. ``target`` is the one that its words were sealed to."""

    wallet: NewWallet
    target: SealedTarget


def others(intent: ImportWalletIntent, view: View) -> Reading:
    """The user's targets, whoever has one of the names, and all wallets."""
    yield from targets_of(own_place(intent.user_id, Imported.WALLET, view), view)
    yield namesakes(intent.wallet_name, new_accounts(intent.accounts, _FIELD))


def check_wallet(intent: ImportWalletIntent, view: View, world: World) -> Brought:
    """Everything that can be wrong with the request, but for what is sealed."""
    accounts = new_accounts(intent.accounts, _FIELD)
    refuse_taken(intent.wallet_name, accounts, view)
    place = own_place(intent.user_id, Imported.WALLET, view)
    return Brought(
        wallet=NewWallet(name=intent.wallet_name, accounts=accounts),
        targets=usable_targets(place, view, world),
        bundle=intent.encrypted_bundle,
    )


def open_wallet(brought: Brought, _view: View, keystore: Keystore) -> Checked:
    """The words are a phrase. They are opened once more when their seed is made."""
    target = check_phrase(keystore, brought.targets, brought.bundle)
    work = PhraseWork(target=target, bundle=brought.bundle, accounts=brought.wallet.accounts)
    return Checked(Opened(wallet=brought.wallet, target=target), work=work)


def make_seed(work: PhraseWork, keystore: Keystore) -> MadeSeed:
    """The seed of the words, with the accounts that are wanted of it."""
    seed = import_phrase(keystore, work.target, work.bundle)
    organization_id = work.target.place.organization_id
    return MadeSeed(seed=seed, accounts=make_accounts(keystore, organization_id, seed, work.accounts))


@activity("IMPORT_WALLET", needs=others, check=check_wallet, opens=open_wallet, make=make_seed)
def import_wallet(opened: Opened, view: View, world: World, made: MadeSeed) -> Outcome:
    """Keep the words that were sealed to the user's live target, which is spent by it; as CREATE_WALLET otherwise.

    Errors: what CREATE_WALLET refuses; a bundle that does not open, or words that are no phrase (400), another user's
    id (403), an unknown user (404), a seed that the organization has already (409).
    Source: Turnkey API reference, import_wallet; Turnkey docs, import wallets; BIP-39.
    """
    _refuse_known(made, view)
    made_rows = wallet_rows(opened.wallet, made, organization_id=view.organization.id, imported=True, world=world)
    spent = without_spent(opened.target, view)
    return Outcome(
        result=ImportWalletResult(wallet_id=made_rows.wallet.id, addresses=made_rows.addresses),
        rows=(*made_rows.rows, *spent.rows),
        secrets=(*made_rows.secrets, *spent.secrets),
    )


def _refuse_known(made: MadeSeed, view: View) -> None:
    wallets: Sequence[Wallet] = view.rows[ALL_WALLETS]
    for wallet in wallets:
        if wallet.seed_mark == made.seed.mark:
            raise AlreadyExists(f"seed for wallet {wallet.id} already imported in this organization")
