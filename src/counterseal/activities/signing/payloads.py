"""Raw payloads: what is signed of each, and what policies see of typed data and authorizations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import msgspec

from counterseal.activities.signing.remembered import read_ahead, read_once
from counterseal.activities.signing.signer import Signer
from counterseal.chains import ethereum
from counterseal.chains.raw_payload import STRUCTURED, bytes_to_sign, check_combination
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.parse import values_at_most
from counterseal.contract.shapes import HashFunction, PayloadEncoding, SignRawPayloadIntentV2, SignRawPayloadsIntent

Intent = SignRawPayloadIntentV2 | SignRawPayloadsIntent

PAYLOADS_MAX = 100
_SHOWN = 64  # bytes in words
_LISTED = 5  # payloads in words

STRUCTURED_VALUES_MAX = 10_000
"""JSON values of all payloads of a request; of one there may be half as many."""


class Payload(msgspec.Struct, frozen=True):
    """``message`` is what is signed; ``facts`` are those of ``eth``, of a payload that has any. ``in_words`` says for
    which signer it means what.
    """

    message: bytes
    facts: dict[str, Any]
    in_words: Callable[[str], str]


def read_payloads(intent: Intent) -> tuple[Payload, ...]:
    """Each payload, in its order. Raises InvalidRequest for the first that is none, for too many, and for none."""
    return tuple(read_once(read_payload, text, intent.encoding, intent.hash_function) for text in _texts(intent))


def payloads_ahead(intent: Intent) -> Iterator[object]:
    """Read structured payloads ahead of the decision, one after the other, to be held. Raises as `read_payloads`."""
    if intent.encoding in STRUCTURED:
        for text in _texts(intent):
            yield read_ahead(read_payload, text, intent.encoding, intent.hash_function)


def _texts(intent: Intent) -> list[str]:
    """What is to be signed. Raises InvalidRequest for too much of it, and for nothing."""
    if isinstance(intent, SignRawPayloadIntentV2):
        return [intent.payload]
    texts = list(intent.payloads)
    if not 0 < len(texts) <= PAYLOADS_MAX:
        raise InvalidRequest(f"expected 1 to {PAYLOADS_MAX} payloads, got {len(texts)} at `parameters.payloads`")
    if intent.encoding in STRUCTURED:
        values = sum(values_at_most(text.encode()) for text in texts)
        if values > STRUCTURED_VALUES_MAX:
            raise InvalidRequest(
                f"expected payloads of at most {STRUCTURED_VALUES_MAX} values in all, got {values} at"
                " `parameters.payloads`"
            )
    return texts


def read_payload(text: str, encoding: PayloadEncoding, hash_function: HashFunction) -> Payload:
    """What one payload is. Raises InvalidRequest."""
    if not text:
        raise InvalidRequest("payload is empty; no bytes at all are written 0x, in hexadecimal")
    if encoding is PayloadEncoding.EIP712:
        typed_data = ethereum.read_typed_data(text)
        return Payload(typed_data.digest, {"eip_712": typed_data.facts}, partial(_typed_data_in_words, typed_data))
    if encoding is PayloadEncoding.EIP7702_AUTHORIZATION:
        authorization = ethereum.read_authorization(text)
        facts = {"eip_7702_authorization": ethereum.authorization_facts(authorization)}
        words = partial(_authorization_in_words, authorization)
        return Payload(ethereum.authorization_digest(authorization), facts, words)
    message = bytes_to_sign(text, encoding=encoding, hash_function=hash_function)
    return Payload(message, {}, partial(_bytes_in_words, message, hash_function))


def payloads_in_words(payloads: Sequence[Payload], signer: str) -> str:
    """What each says, the first few of many."""
    sentences = [each.in_words(signer) for each in payloads[:_LISTED]]
    more = len(payloads) - _LISTED
    return " ".join(sentences + ([f"And {more} more."] if more > 0 else []))


def check_signer(signer: Signer, *, encoding: PayloadEncoding, hash_function: HashFunction) -> None:
    """Raise InvalidRequest unless this key signs payloads so encoded and hashed."""
    check_combination(signer.scheme, encoding=encoding, hash_function=hash_function)


def _typed_data_in_words(typed_data: ethereum.TypedData, signer: str) -> str:
    return ethereum.typed_data_in_words(typed_data, signer=signer)


def _authorization_in_words(authorization: ethereum.Authorization, signer: str) -> str:
    return ethereum.authorization_in_words(authorization, signer=signer)


def _bytes_in_words(message: bytes, hash_function: HashFunction, signer: str) -> str:
    """What bytes stand for, nobody can see."""
    if hash_function is HashFunction.NOT_APPLICABLE:
        shown = message[:_SHOWN].hex() + ("…" if len(message) > _SHOWN else "")
        return f"{signer} signs a message of {len(message)} bytes: 0x{shown}."
    return f"{signer} signs the digest 0x{message.hex()}. What it stands for cannot be seen."
