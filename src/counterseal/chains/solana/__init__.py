"""Solana: addresses; transactions as what is signed, what policies see of them, or why they are refused."""

from counterseal.chains.solana.facts import transaction_facts
from counterseal.chains.solana.interface import ProgramInterface, index_interface, parse_interface
from counterseal.chains.solana.parsed import parsed_instructions, programs_of, refuse_unclear_instructions
from counterseal.chains.solana.sentence import transaction_in_words
from counterseal.chains.solana.signing import message_to_sign, signed_transaction
from counterseal.chains.solana.transaction import UnsignedTransaction, parse_transaction

__all__ = [
    "ProgramInterface",
    "UnsignedTransaction",
    "index_interface",
    "message_to_sign",
    "parse_interface",
    "parse_transaction",
    "parsed_instructions",
    "programs_of",
    "refuse_unclear_instructions",
    "signed_transaction",
    "transaction_facts",
    "transaction_in_words",
]
