"""What the sender signs of a Tempo transaction, and the whole with the signature behind its items."""

from __future__ import annotations

from counterseal.chains.ethereum.rlp import bytes_item, list_item
from counterseal.chains.tempo.transaction import TYPE, UnsignedTransaction
from counterseal.crypto.hashes import keccak256

_NO_FEE_TOKEN, _SOMEBODY_PAYS = b"\x80", b"\x00"
_V = 27


def signing_digest(transaction: UnsignedTransaction) -> bytes:
    """The 32 bytes to be signed: Keccak-256 of the bytes as they were given.

    Where somebody else pays the fee, the sender signs that, and neither in which token nor who.
    """
    if not transaction.sponsored:
        return keccak256(transaction.raw)
    raw = transaction.raw
    before, behind = raw[transaction.start : transaction.fee_token_start], raw[transaction.fee_choice_end :]
    return keccak256(bytes((TYPE,)) + list_item(before + _NO_FEE_TOKEN + _SOMEBODY_PAYS + behind))


def signed_transaction(transaction: UnsignedTransaction, *, r: int, s: int, parity: int) -> bytes:
    """The bytes for the network or the fee payer. ``parity`` is 0 or 1, that of the y of the signature's point."""
    signature = r.to_bytes(32) + s.to_bytes(32) + bytes((_V + parity,))
    return bytes((TYPE,)) + list_item(transaction.raw[transaction.start :] + bytes_item(signature))
