"""Solana: addresses; transactions as what is signed, what policies see of them, or why they are refused."""

from counterseal.chains.solana.facts import transaction_facts
from counterseal.chains.solana.sentence import transaction_in_words
from counterseal.chains.solana.signing import message_to_sign, signed_transaction
from counterseal.chains.solana.transaction import UnsignedTransaction, parse_transaction

__all__ = [
    "UnsignedTransaction",
    "message_to_sign",
    "parse_transaction",
    "signed_transaction",
    "transaction_facts",
    "transaction_in_words",
]
