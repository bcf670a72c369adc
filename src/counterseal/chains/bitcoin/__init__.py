"""Bitcoin: addresses; PSBTs as what is signed, what policies see of them, or why they are refused."""

from counterseal.chains.bitcoin.facts import transaction_facts
from counterseal.chains.bitcoin.sentence import transaction_in_words
from counterseal.chains.bitcoin.signers import Signer, signer_of
from counterseal.chains.bitcoin.signing import InputToSign, inputs_to_sign, signed_psbt
from counterseal.chains.bitcoin.unsigned import PSBT_BYTES_MAX, UnsignedTransaction, parse_transaction

__all__ = [
    "PSBT_BYTES_MAX",
    "InputToSign",
    "Signer",
    "UnsignedTransaction",
    "inputs_to_sign",
    "parse_transaction",
    "signed_psbt",
    "signer_of",
    "transaction_facts",
    "transaction_in_words",
]
