"""What is signed of a Solana transaction, by whom, and the whole with one more signature in it.

Source: Solana docs, transactions; Turnkey docs, "Solana" networks page (signatures of others are kept).
"""

from __future__ import annotations

from counterseal.chains.refusal import invalid_transaction
from counterseal.chains.solana.message import CHAIN
from counterseal.chains.solana.transaction import UnsignedTransaction
from counterseal.chains.solana.wire import SIGNATURE_SIZE
from counterseal.crypto import base58


def message_to_sign(transaction: UnsignedTransaction, *, public_key: bytes) -> bytes:
    """The bytes that Ed25519 signs, as they were given.

    Raises ``InvalidRequest`` unless ``public_key``, 32 bytes, is one of the signers that the transaction asks for.
    """
    _slot(transaction, public_key)
    message = transaction.message
    return message.raw[message.start : message.end]


def signed_transaction(transaction: UnsignedTransaction, *, public_key: bytes, signature: bytes) -> bytes:
    """The transaction with the 64 bytes of ``signature`` in the slot of ``public_key``; other slots stay as they are.

    Raises ``InvalidRequest`` as `message_to_sign` does.
    """
    start, raw = _slot(transaction, public_key), transaction.message.raw
    return raw[:start] + signature + raw[start + SIGNATURE_SIZE :]


def _slot(transaction: UnsignedTransaction, public_key: bytes) -> int:
    """Where the signature of a key begins."""
    message = transaction.message
    signers = message.keys[: message.header.signers]
    if public_key not in signers:
        expected = " or ".join(transaction.addresses[: len(signers)])
        reason = f"{base58.encode(public_key)} is not required by this transaction as a signer, expected {expected}"
        raise invalid_transaction(CHAIN, reason)
    return message.slots + SIGNATURE_SIZE * signers.index(public_key)
