"""Tron's transactions: what is signed, what policies see of it, or why it is refused."""

from counterseal.chains.tron.facts import transaction_facts
from counterseal.chains.tron.sentence import transaction_in_words
from counterseal.chains.tron.signing import signed_transaction, signing_digest
from counterseal.chains.tron.transaction import UnsignedTransaction, parse_transaction

__all__ = [
    "UnsignedTransaction",
    "parse_transaction",
    "signed_transaction",
    "signing_digest",
    "transaction_facts",
    "transaction_in_words",
]
