"""What can be decoded: each kind of transaction and payload that policies see something of."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import msgspec

from counterseal.chains import ethereum, tempo, tron
from counterseal.chains.refusal import transaction_bytes
from counterseal.contract.errors import InvalidRequest

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_NOBODY = "the signer"


class Decoded(msgspec.Struct, frozen=True, kw_only=True):
    """``digest``: what is signed. ``facts``: by the keywords of conditions, as in the context of a case."""

    sentence: str
    digest: bytes
    facts: dict[str, Any]


Kind: TypeAlias = Callable[[str, str, str | None], Decoded]
"""Takes the text, the signer's address or nothing, and the text of an interface; raises ``InvalidRequest``."""


def _ethereum(text: str, signer: str, interface: str | None) -> Decoded:
    sender = _sender(signer)
    transaction = ethereum.parse_transaction(transaction_bytes(text, chain="Ethereum"))
    call = ethereum.NO_CALL
    if interface is not None:
        call = ethereum.call_of(ethereum.parse_interface(interface), transaction.data)
        ethereum.refuse_unclear_call(call)
    facts = ethereum.transaction_facts(transaction, sender=sender, call=call)
    return Decoded(
        sentence=ethereum.transaction_in_words(transaction, sender=sender, call=call),
        digest=ethereum.signing_digest(transaction),
        facts={"eth": {"tx": _without_nobody(facts)}},
    )


def _tempo(text: str, signer: str, _interface: str | None) -> Decoded:
    sender = _sender(signer)
    transaction = tempo.parse_transaction(transaction_bytes(text, chain="Tempo"))
    return Decoded(
        sentence=tempo.transaction_in_words(transaction, sender=sender),
        digest=tempo.signing_digest(transaction),
        facts={"tempo": {"tx": _without_nobody(tempo.transaction_facts(transaction, sender=sender))}},
    )


def _tron(text: str, _signer: str, _interface: str | None) -> Decoded:
    transaction = tron.parse_transaction(transaction_bytes(text, chain="Tron"))
    return Decoded(
        sentence=tron.transaction_in_words(transaction),
        digest=tron.signing_digest(transaction),
        facts={"tron": {"tx": tron.transaction_facts(transaction)}},
    )


def _typed_data(text: str, signer: str, _interface: str | None) -> Decoded:
    typed_data = ethereum.read_typed_data(text)
    return Decoded(
        sentence=_capital(ethereum.typed_data_in_words(typed_data, signer=_sender(signer))),
        digest=typed_data.digest,
        facts={"eth": {"eip_712": typed_data.facts}},
    )


def _authorization(text: str, signer: str, _interface: str | None) -> Decoded:
    authorization = ethereum.read_authorization(text)
    return Decoded(
        sentence=_capital(ethereum.authorization_in_words(authorization, signer=_sender(signer))),
        digest=ethereum.authorization_digest(authorization),
        facts={"eth": {"eip_7702_authorization": ethereum.authorization_facts(authorization)}},
    )


KINDS: Mapping[str, Kind] = {
    "ethereum": _ethereum,
    "tempo": _tempo,
    "tron": _tron,
    "eip712": _typed_data,
    "eip7702": _authorization,
}


def _sender(signer: str) -> str:
    if signer and not _ADDRESS.fullmatch(signer):
        raise InvalidRequest("the signer is no address of Ethereum, expected 0x and 40 hexadecimal digits")
    return signer or _NOBODY


def _without_nobody(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if (name, value) != ("from", _NOBODY)}


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]
