"""Solana's transactions as they go over the wire: legacy, version 0 and version 1, with their slots for signatures.

All of a transaction is read, or it is refused; and its programs must stand in the message itself, because policies
could not see them else.
Source: Solana docs, transactions; Turnkey docs, "Solana" networks page (bare messages are refused).
"""

from __future__ import annotations

import msgspec

from counterseal.chains.refusal import NotUnderstood, invalid_transaction
from counterseal.chains.solana.message import CHAIN, Message, read_message
from counterseal.chains.solana.transfers import Call, TokenTransfer, Transfer, token_transfers_of, transfer_of
from counterseal.chains.solana.version_1 import read_message_v1
from counterseal.crypto import base58

TRANSACTION_BYTES_MAX = 1232
"""Of a legacy transaction or one of version 0: what fits into one packet."""
V1_BYTES_MAX = 4096
ADDRESS_TABLE_LOOKUP = "ADDRESS_TABLE_LOOKUP"
"""Stands for each address that is in a look-up table: which one it is, only the chain's state says."""

_V1 = b"\x81"  # no count of signatures: 129 of them would not fit


class UnsignedTransaction(msgspec.Struct, frozen=True, kw_only=True):
    """A message, and what its own instructions move.

    ``addresses`` are the texts of its keys, and what stands for those in look-up tables: the writable ones first.
    """

    message: Message
    addresses: tuple[str, ...]
    transfers: tuple[Transfer, ...]
    token_transfers: tuple[TokenTransfer, ...]


def parse_transaction(raw: bytes) -> UnsignedTransaction:
    """The transaction that ``raw`` is.

    Raises ``InvalidRequest`` (INVALID_TRANSACTION, or UNSUPPORTED_TRANSACTION_TYPE for a version not known here).
    """
    is_v1 = raw.startswith(_V1)
    largest = V1_BYTES_MAX if is_v1 else TRANSACTION_BYTES_MAX
    try:
        if len(raw) > largest:
            raise NotUnderstood(f"it has {len(raw)} bytes, expected at most {largest}")
        return _with_transfers(read_message_v1(raw) if is_v1 else read_message(raw))
    except NotUnderstood as fault:
        raise invalid_transaction(CHAIN, str(fault)) from None


def _with_transfers(message: Message) -> UnsignedTransaction:
    looked_up = sum(len(each.writable) + len(each.readonly) for each in message.lookups)
    addresses = (*map(base58.encode, message.keys), *[ADDRESS_TABLE_LOOKUP] * looked_up)
    calls = [
        Call(addresses[each.program], [addresses[at] for at in each.accounts], each.data)
        for each in message.instructions
    ]
    return UnsignedTransaction(
        message=message,
        addresses=addresses,
        transfers=tuple(found for call in calls if (found := transfer_of(call))),
        token_transfers=tuple(each for call in calls for each in token_transfers_of(call)),
    )
