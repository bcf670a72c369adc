"""EXPORT_WALLET_ACCOUNT: the private key of one account, sealed to the client."""

from __future__ import annotations

import msgspec

from counterseal.activities.exported import now_exported
from counterseal.activities.needs import Reading, Sealed, secret_of
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.target_keys import target_key
from counterseal.activities.wallets.facts import account_facts, wallet_facts
from counterseal.activities.wallets.the_wallet import by_id, the_wallet
from counterseal.chains.address_formats import KEY_CURVES
from counterseal.contract.errors import NotFound
from counterseal.contract.rules import short
from counterseal.contract.shapes import ExportWalletAccountIntent, ExportWalletAccountResult
from counterseal.keystore import Keystore
from counterseal.keystore.exports import export_key
from counterseal.keystore.wallet_keys import SealedKey
from counterseal.organizations import WALLET_ACCOUNT_ADDRESS, View, WalletAccount
from counterseal.store import RowKey
from counterseal.world import World

ADDRESS_CHARACTERS_MAX = 256


class WantedKey(msgspec.Struct, frozen=True, kw_only=True):
    """An account whose key may leave, if policies say so. ``target`` is the point that it is sealed to."""

    account: WalletAccount
    key: SealedKey
    target: bytes


def the_account(intent: ExportWalletAccountIntent, view: View) -> Reading:
    """All accounts of the address, then the one that is meant with its wallet and its key."""
    yield [_by_address(intent)]
    account = _meant(intent, view)
    if account is not None:
        yield [by_id(account.wallet_id), Sealed(id=account.id)]


def check_export(intent: ExportWalletAccountIntent, view: View, _world: World) -> Checked:
    """Everything that can be wrong with the request, and what policies see of the account."""
    target, account = target_key(intent.target_public_key), _meant(intent, view)
    if account is None:
        raise NotFound(f"Could not find wallet account with address: {intent.address}")
    sealed = secret_of(account.id, view)
    wallet = the_wallet(account.wallet_id, view)
    key = SealedKey(curve=KEY_CURVES[account.curve], public_key=account.public_key, sealed=sealed)
    return Checked(
        WantedKey(account=account, key=key, target=target),
        facts={"wallet": wallet_facts(wallet), "wallet_account": account_facts(account, with_path=True)},
    )


@activity("EXPORT_WALLET_ACCOUNT", needs=the_account, check=check_export, tells_policies=True)
def export_wallet_account(wanted: WantedKey, view: View, world: World, keystore: Keystore) -> Outcome:
    """Seal the 32 bytes of the account's private key to ``targetPublicKey``; from now on it counts as exported.

    An address is found as it is written by its chain. Of several accounts that have it, the oldest is meant.
    Errors: a target that is no point of P-256 (400), an address that no account has (404).
    Source: Turnkey API reference, export_wallet_account; Turnkey docs, export wallets; enclave secure channels.
    """
    account = wanted.account
    bundle = export_key(keystore, view.organization.id, wanted.key, wanted.target)
    return Outcome(
        result=ExportWalletAccountResult(address=account.address, export_bundle=bundle),
        rows=now_exported(account, world),
    )


def _by_address(intent: ExportWalletAccountIntent) -> RowKey:
    address = short(intent.address, "address", longest=ADDRESS_CHARACTERS_MAX)
    return RowKey(kind=WalletAccount, key=WALLET_ACCOUNT_ADDRESS, value=address)


def _meant(intent: ExportWalletAccountIntent, view: View) -> WalletAccount | None:
    accounts: tuple[WalletAccount, ...] = view.rows[_by_address(intent)]
    return next((account for account in accounts if account.address == intent.address), None)
