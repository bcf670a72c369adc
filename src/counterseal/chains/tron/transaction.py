"""Unsigned Tron transactions: the bytes of ``Transaction.raw``, with one contract of a kind that Turnkey supports.

All of a transaction is read, or it is refused; the kind that it says and the message that it carries must agree.
Source: Turnkey docs, "Tron" (supported contracts); tronprotocol/protocol; java-tron.
"""

from __future__ import annotations

from typing import Any

import msgspec

from counterseal.chains.refusal import NotUnderstood, invalid_transaction, unsupported_transaction
from counterseal.chains.tron.messages import CONTRACTS, TRANSACTION
from counterseal.chains.tron.protobuf import Shape, read_message
from counterseal.contract.errors import quoted

CHAIN = "Tron"

_TYPE_URL = "type.googleapis.com/protocol."


class UnsignedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction and the bytes it was read from. Amounts are in sun, times in milliseconds since the Unix epoch.

    ``contract`` has the fields of its kind as the wire has them: addresses are 21 bytes. ``permission_id`` is 0 for the
    owner's own permission; ``data`` is the memo.
    """

    raw: bytes
    ref_block_bytes: bytes
    ref_block_hash: bytes
    expiration: int
    timestamp: int
    fee_limit: int
    data: bytes
    kind: str
    permission_id: int
    contract: dict[str, Any]


def parse_transaction(raw: bytes) -> UnsignedTransaction:
    """The transaction that ``raw`` is.

    Raises ``InvalidRequest`` (INVALID_TRANSACTION, or UNSUPPORTED_TRANSACTION_TYPE for another kind of contract).
    """
    try:
        whole = read_message(raw, start=0, end=len(raw), shape=TRANSACTION)
        contract = whole.pop("contract")
        if contract is None:
            raise NotUnderstood("it has no contract, expected one")
        number = contract["type"]
        shape = CONTRACTS.get(number)
        if shape is None:
            known = ", ".join(f"{each} ({CONTRACTS[each].name})" for each in CONTRACTS)
            raise unsupported_transaction(CHAIN, f"a contract of type {number}, expected one of {known}")
        return UnsignedTransaction(
            raw=raw,
            kind=shape.name,
            permission_id=contract["permission_id"],
            contract=_parameter(raw, contract["parameter"], shape),
            **whole,
        )
    except NotUnderstood as fault:
        raise invalid_transaction(CHAIN, str(fault)) from None


def _parameter(raw: bytes, parameter: dict[str, Any] | None, shape: Shape) -> dict[str, Any]:
    """The contract's own message."""
    if parameter is None or parameter["value"] is None:
        raise NotUnderstood(f"the contract has no parameter, expected a {shape.name}")
    if parameter["type_url"] != _TYPE_URL + shape.name:
        raise NotUnderstood(f"a {quoted(parameter['type_url'])} in a {shape.name}, expected {_TYPE_URL}{shape.name}")
    start, end = parameter["value"]
    return read_message(raw, start=start, end=end, shape=shape)
