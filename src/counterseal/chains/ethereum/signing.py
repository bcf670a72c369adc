"""What is signed of an Ethereum transaction, and the whole with the signature in its place."""

from __future__ import annotations

from counterseal.chains.ethereum.rlp import integer_item, list_item
from counterseal.chains.ethereum.transaction import LEGACY, UnsignedTransaction
from counterseal.crypto.hashes import keccak256


def signing_digest(transaction: UnsignedTransaction) -> bytes:
    """The 32 bytes to be signed: Keccak-256 of the bytes as they were given, which are in their one spelling."""
    return keccak256(transaction.raw)


def signed_transaction(transaction: UnsignedTransaction, *, r: int, s: int, parity: int) -> bytes:
    """The bytes that nodes take. ``parity`` is 0 or 1, that of the y of the signature's point.

    Source: EIP-2718 types end with parity, r, s; EIP-155: v is 35 or 36 more than twice the chain id; before: 27 or 28.
    """
    items = transaction.raw[transaction.start : transaction.end]
    if transaction.type != LEGACY:
        v = parity
    elif transaction.chain_id:
        v = 35 + 2 * transaction.chain_id + parity
    else:
        v = 27 + parity
    whole = list_item(items + integer_item(v) + integer_item(r) + integer_item(s))
    return whole if transaction.type == LEGACY else bytes((transaction.type,)) + whole
