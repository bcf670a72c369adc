"""What is signed of a Tron transaction, and the whole: ``Transaction{raw_data, signature}`` as nodes take it.

Source: Tron developers, "Transactions"; java-tron, ``ECKey`` (nodes take a recovery byte of 0 and 1, or 27 and 28).
"""

from __future__ import annotations

from hashlib import sha256

from counterseal.chains.tron.transaction import UnsignedTransaction

_RAW_DATA, _SIGNATURE = b"\x0a", b"\x12"  # fields 1 and 2, both bytes
_SEVEN_BITS = 0x7F


def signing_digest(transaction: UnsignedTransaction) -> bytes:
    """The 32 bytes to be signed, which are the transaction's id: SHA-256 of the bytes as they were given."""
    return sha256(transaction.raw).digest()


def signed_transaction(transaction: UnsignedTransaction, *, r: int, s: int, parity: int) -> bytes:
    """The bytes for the network. ``parity`` is 0 or 1, that of the y of the signature's point."""
    signature = r.to_bytes(32) + s.to_bytes(32) + bytes((parity,))
    return _RAW_DATA + _of_length(transaction.raw) + _SIGNATURE + _of_length(signature)


def _of_length(content: bytes) -> bytes:
    left, written = len(content), bytearray()
    while left > _SEVEN_BITS:
        written.append(left & _SEVEN_BITS | _SEVEN_BITS + 1)
        left >>= 7
    return bytes((*written, left)) + content
