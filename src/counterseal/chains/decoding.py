"""Whatever can be signed and seen by policies, by its kind: the facts, the same in words, and what is signed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from counterseal.chains import bitcoin, ethereum, solana, tempo, tron
from counterseal.chains.refusal import transaction_bytes
from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.contract.shapes import AddressFormat

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_NOBODY = "the signer"
_WITH_INTERFACE = ("ethereum", "solana")
_NAMING_SIGNERS = ("tron", "solana", "bitcoin")


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """``digest``: what is signed, None where it is no single digest (Solana signs the message, Bitcoin each input).
    ``facts``: by the keywords of conditions. ``sentence``: the same for people.
    """

    sentence: str
    digest: bytes | None
    facts: dict[str, Any]


def decode(kind: str, text: str, *, signer: str = "", interface: str = "") -> Decoded:
    """What ``text`` is, which is hexadecimal for transactions and JSON for payloads, as in a request.

    ``kind`` is one of ``KINDS``. ``signer`` is an address of Ethereum, which the bytes do not have; without one, no
    ``from`` is among the facts. ``interface`` is that of the contract that an Ethereum transaction calls, or of
    the programs that a Solana transaction calls. Addresses of Bitcoin are those of its main network.
    Raises ``InvalidRequest`` for what would be refused when it is to be signed, and for what the kind does not take.
    """
    if kind not in _DECODERS:
        raise InvalidRequest(f"nothing is known of the kind {quoted(kind)}, expected one of {', '.join(KINDS)}")
    if interface and kind not in _WITH_INTERFACE:
        expected = " and ".join(_WITH_INTERFACE)
        raise InvalidRequest(f"an interface does not go with the kind {kind}, but with {expected} alone")
    if signer and kind in _NAMING_SIGNERS:
        raise InvalidRequest(f"a signer does not go with the kind {kind}, whose transactions say who signs")
    if signer and not _ADDRESS.fullmatch(signer):
        raise InvalidRequest("the signer is no address of Ethereum, expected 0x and 40 hexadecimal digits")
    return _DECODERS[kind](text, signer or _NOBODY, interface)


_Decoder: TypeAlias = Callable[[str, str, str], Decoded]


def _ethereum(text: str, sender: str, interface: str) -> Decoded:
    transaction = ethereum.parse_transaction(transaction_bytes(text, chain="Ethereum"))
    known = ethereum.parse_interface(interface) if interface else None
    call = ethereum.NO_CALL if known is None else ethereum.call_of(known, transaction.data)
    ethereum.refuse_unclear_call(call)
    facts = ethereum.transaction_facts(transaction, sender=sender, call=call)
    return Decoded(
        sentence=ethereum.transaction_in_words(transaction, sender=sender, call=call),
        digest=ethereum.signing_digest(transaction),
        facts={"eth": {"tx": _without_nobody(facts)}},
    )


def _tempo(text: str, sender: str, _interface: str) -> Decoded:
    transaction = tempo.parse_transaction(transaction_bytes(text, chain="Tempo"))
    return Decoded(
        sentence=tempo.transaction_in_words(transaction, sender=sender),
        digest=tempo.signing_digest(transaction),
        facts={"tempo": {"tx": _without_nobody(tempo.transaction_facts(transaction, sender=sender))}},
    )


def _tron(text: str, _sender: str, _interface: str) -> Decoded:
    transaction = tron.parse_transaction(transaction_bytes(text, chain="Tron"))
    return Decoded(
        sentence=tron.transaction_in_words(transaction),
        digest=tron.signing_digest(transaction),
        facts={"tron": {"tx": tron.transaction_facts(transaction)}},
    )


def _solana(text: str, _sender: str, interface: str) -> Decoded:
    transaction = solana.parse_transaction(transaction_bytes(text, chain="Solana"))
    known = solana.parse_interface(interface) if interface else None
    interfaces = {} if known is None else dict.fromkeys(solana.programs_of(transaction), known)
    parsed, fault = solana.parsed_instructions(transaction, interfaces)
    solana.refuse_unclear_instructions(fault)
    return Decoded(
        sentence=solana.transaction_in_words(transaction),
        digest=None,
        facts={"solana": {"tx": solana.transaction_facts(transaction, parsed=parsed)}},
    )


def _bitcoin(text: str, _sender: str, _interface: str) -> Decoded:
    raw = transaction_bytes(text, chain="Bitcoin", bytes_max=bitcoin.PSBT_BYTES_MAX)
    transaction = bitcoin.parse_transaction(raw)
    network = bitcoin.signer_of(AddressFormat.COMPRESSED).network
    return Decoded(
        sentence=bitcoin.transaction_in_words(transaction, network=network),
        digest=None,
        facts={"bitcoin": {"tx": bitcoin.transaction_facts(transaction, network=network)}},
    )


def _typed_data(text: str, sender: str, _interface: str) -> Decoded:
    typed_data = ethereum.read_typed_data(text)
    return Decoded(
        sentence=_capital(ethereum.typed_data_in_words(typed_data, signer=sender)),
        digest=typed_data.digest,
        facts={"eth": {"eip_712": typed_data.facts}},
    )


def _authorization(text: str, sender: str, _interface: str) -> Decoded:
    authorization = ethereum.read_authorization(text)
    return Decoded(
        sentence=_capital(ethereum.authorization_in_words(authorization, signer=sender)),
        digest=ethereum.authorization_digest(authorization),
        facts={"eth": {"eip_7702_authorization": ethereum.authorization_facts(authorization)}},
    )


_DECODERS: Mapping[str, _Decoder] = {
    "ethereum": _ethereum,
    "tempo": _tempo,
    "tron": _tron,
    "solana": _solana,
    "bitcoin": _bitcoin,
    "eip712": _typed_data,
    "eip7702": _authorization,
}

KINDS = tuple(_DECODERS)
"""Transactions by their chain, then payloads by their encoding."""


def _without_nobody(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if (name, value) != ("from", _NOBODY)}


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
