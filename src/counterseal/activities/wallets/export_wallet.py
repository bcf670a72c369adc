"""EXPORT_WALLET: a wallet's words, sealed to the client."""

from __future__ import annotations

import msgspec

from counterseal.activities.exported import now_exported
from counterseal.activities.needs import Reading, Sealed, secret_of
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.target_keys import target_key
from counterseal.activities.wallets.facts import wallet_facts
from counterseal.activities.wallets.the_wallet import by_id, the_wallet
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import ExportWalletIntent, ExportWalletResult
from counterseal.crypto.mnemonics import Language
from counterseal.keystore import Keystore
from counterseal.keystore.exports import export_phrase
from counterseal.keystore.wallet_keys import SealedSeed
from counterseal.organizations import View, Wallet
from counterseal.world import World


class WantedWords(msgspec.Struct, frozen=True, kw_only=True):
    """A wallet that may leave, if policies say so. ``target`` is the point that its words are sealed to."""

    wallet: Wallet
    seed: SealedSeed
    target: bytes


def wallet_and_seed(intent: ExportWalletIntent, _view: View) -> Reading:
    """The wallet, and its seed."""
    wallet = by_id(intent.wallet_id)
    yield [wallet, Sealed(id=wallet.value)]


def check_export(intent: ExportWalletIntent, view: View, _world: World) -> Checked:
    """Everything that can be wrong with the request, and what policies see of the wallet."""
    target, wallet = target_key(intent.target_public_key), the_wallet(intent.wallet_id, view)
    if intent.language not in (None, wallet.language):
        raise InvalidRequest(
            f"wallet {wallet.id} has words of {wallet.language}, and {intent.language} was asked for: other words would"
            " stand for another seed, and so for other addresses"
        )
    sealed = secret_of(wallet.id, view)
    seed = SealedSeed(mark=wallet.seed_mark, language=Language(wallet.language), sealed=sealed)
    return Checked(WantedWords(wallet=wallet, seed=seed, target=target), facts={"wallet": wallet_facts(wallet)})


@activity("EXPORT_WALLET", needs=wallet_and_seed, check=check_export, tells_policies=True)
def export_wallet(wanted: WantedWords, view: View, world: World, keystore: Keystore) -> Outcome:
    """Seal the wallet's words to ``targetPublicKey``; from now on it counts as exported, and its accounts with it.

    Errors: a target that is no point of P-256, a language that the words are not of (400), an unknown wallet (404).
    Source: Turnkey API reference, export_wallet; Turnkey docs, export wallets; enclave secure channels.
    """
    wallet = wanted.wallet
    bundle = export_phrase(keystore, view.organization.id, wanted.seed, wanted.target)
    return Outcome(
        result=ExportWalletResult(wallet_id=wallet.id, export_bundle=bundle), rows=now_exported(wallet, world)
    )
