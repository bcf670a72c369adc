"""Whatever can be signed and seen by policies, by its kind: the facts, the same in words, and what is signed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from counterseal.chains import ethereum, tempo, tron
from counterseal.chains.ethereum import ContractInterface
from counterseal.chains.refusal import transaction_bytes
from counterseal.contract.errors import InvalidRequest, quoted

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_NOBODY = "the signer"


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """``digest``: what is signed. ``facts``: by the keywords of conditions. ``sentence``: the same for people."""

    sentence: str
    digest: bytes
    facts: dict[str, Any]


def decode(kind: str, text: str, *, signer: str = "", interface: ContractInterface | None = None) -> Decoded:
    """What ``text`` is, which is hexadecimal for transactions and JSON for payloads, as in a request.

    ``kind`` is one of ``KINDS``. ``signer`` is an address of Ethereum, which the bytes do not have; without one, no
    ``from`` is among the facts. ``interface`` is that of the contract that an Ethereum transaction calls.
    Raises ``InvalidRequest`` for what would be refused when it is to be signed, and for what the kind does not take.
    """
    if kind not in _DECODERS:
        raise InvalidRequest(f"nothing is known of the kind {quoted(kind)}, expected one of {', '.join(KINDS)}")
    if interface is not None and kind != "ethereum":
        raise InvalidRequest(f"the interface of a contract does not go with the kind {kind}, but with ethereum alone")
    if signer and kind == "tron":
        raise InvalidRequest("a signer does not go with the kind tron, whose transactions name their owner")
    if signer and not _ADDRESS.fullmatch(signer):
        raise InvalidRequest("the signer is no address of Ethereum, expected 0x and 40 hexadecimal digits")
    return _DECODERS[kind](text, signer or _NOBODY, interface)


_Decoder: TypeAlias = Callable[[str, str, ContractInterface | None], Decoded]


def _ethereum(text: str, sender: str, interface: ContractInterface | None) -> Decoded:
    transaction = ethereum.parse_transaction(transaction_bytes(text, chain="Ethereum"))
    call = ethereum.NO_CALL if interface is None else ethereum.call_of(interface, transaction.data)
    ethereum.refuse_unclear_call(call)
    facts = ethereum.transaction_facts(transaction, sender=sender, call=call)
    return Decoded(
        sentence=ethereum.transaction_in_words(transaction, sender=sender, call=call),
        digest=ethereum.signing_digest(transaction),
        facts={"eth": {"tx": _without_nobody(facts)}},
    )


def _tempo(text: str, sender: str, _interface: ContractInterface | None) -> Decoded:
    transaction = tempo.parse_transaction(transaction_bytes(text, chain="Tempo"))
    return Decoded(
        sentence=tempo.transaction_in_words(transaction, sender=sender),
        digest=tempo.signing_digest(transaction),
        facts={"tempo": {"tx": _without_nobody(tempo.transaction_facts(transaction, sender=sender))}},
    )


def _tron(text: str, _sender: str, _interface: ContractInterface | None) -> Decoded:
    transaction = tron.parse_transaction(transaction_bytes(text, chain="Tron"))
    return Decoded(
        sentence=tron.transaction_in_words(transaction),
        digest=tron.signing_digest(transaction),
        facts={"tron": {"tx": tron.transaction_facts(transaction)}},
    )


def _typed_data(text: str, sender: str, _interface: ContractInterface | None) -> Decoded:
    typed_data = ethereum.read_typed_data(text)
    return Decoded(
        sentence=_capital(ethereum.typed_data_in_words(typed_data, signer=sender)),
        digest=typed_data.digest,
        facts={"eth": {"eip_712": typed_data.facts}},
    )


def _authorization(text: str, sender: str, _interface: ContractInterface | None) -> Decoded:
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
    "eip712": _typed_data,
    "eip7702": _authorization,
}

KINDS = tuple(_DECODERS)
"""Transactions by their chain, then payloads by their encoding."""


def _without_nobody(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if (name, value) != ("from", _NOBODY)}


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
