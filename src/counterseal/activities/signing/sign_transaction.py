"""SIGN_TRANSACTION: an unsigned transaction, signed."""

from __future__ import annotations

from typing import Any

import msgspec

from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked, Outcome, activity
from counterseal.activities.signing.interfaces import contract_keys, read_interfaces
from counterseal.activities.signing.remembered import Held, read_ahead, read_once
from counterseal.activities.signing.signer import Signer, read_signer, the_signer
from counterseal.activities.signing.transactions import CHAINS, Interfaces, Prepared, check_signer
from counterseal.contract.errors import NotImplementedHere
from counterseal.contract.shapes import SignTransactionIntentV2, SignTransactionResult
from counterseal.keystore import Keystore
from counterseal.keystore.wallet_keys import sign_each
from counterseal.organizations import SigningRules, View
from counterseal.world import World


class Understood(msgspec.Struct, frozen=True):
    """A transaction as it was read, and the interfaces of what it calls as they are now."""

    transaction: Any
    interfaces: Interfaces


class ToSign(msgspec.Struct, frozen=True):
    """What is signed, once it is allowed, and by whom."""

    signer: Signer
    prepared: Prepared


def read_ahead_of(intent: SignTransactionIntentV2, rules: SigningRules) -> Held:
    """Read a large transaction ahead of the decision, to be held. Raises InvalidRequest."""
    return read_ahead(CHAINS[intent.type].read, intent.unsigned_transaction, rules)


def transaction_and_signer(intent: SignTransactionIntentV2, view: View) -> Reading:
    """The transaction is read first: what it is rests on nothing else. Raises InvalidRequest."""
    if intent.external_signer_pubkey is not None:
        raise NotImplementedHere("`parameters.externalSignerPubkey` is not implemented")
    chain, known = CHAINS[intent.type], view.understood
    transaction = known.transaction if known else read_once(chain.read, intent.unsigned_transaction, view.signing)
    contracts = {}
    if chain.interface_type is not None:
        contracts = contract_keys(chain.interface_type, chain.contracts(transaction))
    yield from read_signer(intent.sign_with, view, beside=[*contracts.values()])
    interfaces = yield from read_interfaces(contracts, view)
    view.understood = Understood(transaction, interfaces)


def check_transaction(intent: SignTransactionIntentV2, view: View, _world: World) -> Checked:
    """Whether this key signs it, and what policies see of it."""
    signer, chain, understood = the_signer(intent.sign_with, view), CHAINS[intent.type], view.understood
    check_signer(chain, signer)
    prepared = chain.prepare(understood.transaction, signer, understood.interfaces)
    return Checked(ToSign(signer, prepared), facts=signer.facts() | prepared.facts, in_words=prepared.in_words)


@activity("SIGN_TRANSACTION", needs=transaction_and_signer, check=check_transaction, tells_policies=True)
def sign_transaction(found: ToSign, view: View, _world: World, keystore: Keystore) -> Outcome:
    """Sign a transaction, all of which has been read.

    Errors: bytes that are no unsigned transaction of the chain, or of a kind that is not supported, a key that does not
    sign such (400), an unknown key (404).
    Source: Turnkey API reference, sign_transaction.
    """
    signer, prepared = found.signer, found.prepared
    signatures = sign_each(keystore, view.organization.id, signer.key, prepared.messages)
    return Outcome(result=SignTransactionResult(signed_transaction=prepared.whole(signatures).hex()))
