"""Tempo's own transactions: what is signed, what policies see of it, or why it is refused."""

from counterseal.chains.tempo.facts import transaction_facts, transaction_in_words
from counterseal.chains.tempo.signing import signed_transaction, signing_digest
from counterseal.chains.tempo.transaction import UnsignedTransaction, parse_transaction

__all__ = [
    "UnsignedTransaction",
    "parse_transaction",
    "signed_transaction",
    "signing_digest",
    "transaction_facts",
    "transaction_in_words",
]
