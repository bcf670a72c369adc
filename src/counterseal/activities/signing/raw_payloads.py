"""What both kinds of raw payloads have in common: who signs, what is signed, and what policies see of it."""

from __future__ import annotations

from functools import partial

import msgspec

from counterseal.activities.needs import Reading
from counterseal.activities.registry import Checked
from counterseal.activities.signing.payloads import Intent, Payload, check_signer, payloads_in_words, read_payloads
from counterseal.activities.signing.signer import Signer, read_signer, the_signer
from counterseal.contract.errors import NotImplementedHere
from counterseal.crypto.signing import Signature
from counterseal.keystore import Keystore
from counterseal.keystore.wallet_keys import sign_each
from counterseal.organizations import View
from counterseal.policy import facts as seen_facts
from counterseal.world import World


class ToSign(msgspec.Struct, frozen=True):
    """What is signed, once it is allowed, and by whom."""

    signer: Signer
    messages: tuple[bytes, ...]


def payloads_and_signer(intent: Intent, view: View) -> Reading:
    """The payloads are read first: what they are rests on nothing else."""
    if intent.external_signer_pubkey is not None:
        raise NotImplementedHere("`parameters.externalSignerPubkey` is not implemented")
    if view.understood is None:
        view.understood = read_payloads(intent)
    yield from read_signer(intent.sign_with, view)


def check_payloads(intent: Intent, view: View, _world: World) -> Checked:
    """Whether this key signs such payloads, and what policies see: of several, each is asked about."""
    signer, payloads = the_signer(intent.sign_with, view), view.understood
    check_signer(signer, encoding=intent.encoding, hash_function=intent.hash_function)
    facts, calls = signer.facts(), _seen(payloads)
    if len(calls) == 1:
        facts, calls = facts | calls[0], ()
    return Checked(
        ToSign(signer, tuple(each.message for each in payloads)),
        facts=facts,
        calls=calls,
        in_words=partial(payloads_in_words, payloads, signer.shown_as(intent.sign_with)),
    )


def signatures(found: ToSign, view: View, keystore: Keystore) -> tuple[Signature, ...]:
    """The signatures, in the order of the payloads."""
    signer = found.signer
    messages = [(signer.scheme, message) for message in found.messages]
    return sign_each(keystore, view.organization.id, signer.key, messages)


def _seen(payloads: tuple[Payload, ...]) -> tuple[dict[str, object], ...]:
    return tuple(seen_facts({"eth": each.facts}) for each in payloads if each.facts)
