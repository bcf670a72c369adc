"""Ethereum and the chains that take its transactions: what is signed, what policies see of it, or why it is refused."""

from counterseal.chains.ethereum.authorization import (
    Authorization,
    authorization_digest,
    authorization_facts,
    read_authorization,
)
from counterseal.chains.ethereum.facts import transaction_facts
from counterseal.chains.ethereum.interface import (
    NO_CALL,
    ContractCall,
    ContractInterface,
    call_of,
    index_interface,
    interface_at,
    parse_interface,
    refuse_unclear_call,
)
from counterseal.chains.ethereum.sentence import authorization_in_words, transaction_in_words, typed_data_in_words
from counterseal.chains.ethereum.signing import signed_transaction, signing_digest
from counterseal.chains.ethereum.transaction import UnsignedTransaction, parse_transaction
from counterseal.chains.ethereum.typed_data import TypedData, read_typed_data

__all__ = [
    "NO_CALL",
    "Authorization",
    "ContractCall",
    "ContractInterface",
    "TypedData",
    "UnsignedTransaction",
    "authorization_digest",
    "authorization_facts",
    "authorization_in_words",
    "call_of",
    "index_interface",
    "interface_at",
    "parse_interface",
    "parse_transaction",
    "read_authorization",
    "read_typed_data",
    "refuse_unclear_call",
    "signed_transaction",
    "signing_digest",
    "transaction_facts",
    "transaction_in_words",
    "typed_data_in_words",
]
