"""What policies see beyond the vectors: who may be written, tables, and the words for those who approve."""

from __future__ import annotations

import pytest
from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.message import MessageAddressTableLookup, MessageHeader, MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from counterseal.chains.solana import parse_transaction, transaction_facts, transaction_in_words

KEYS = [Pubkey(bytes((number,)) * 32) for number in range(1, 6)]
TABLES = [Pubkey(b"t" * 32), Pubkey(b"u" * 32)]


@pytest.fixture
def raw() -> bytes:
    """Two signers of whom one is read only, two others and a program that are read only, five accounts in tables."""
    lookups = [
        MessageAddressTableLookup(TABLES[0], bytes([7, 3]), bytes([9])),
        MessageAddressTableLookup(TABLES[1], bytes([0]), bytes([255])),
    ]
    instructions = [CompiledInstruction(4, b"hi", bytes([0, 1, 2, 3, 6, 9, 5, 6])), CompiledInstruction(4, b"", b"")]
    message = MessageV0(MessageHeader(2, 1, 2), KEYS, Hash(bytes(32)), instructions, lookups)
    return bytes(VersionedTransaction.populate(message, [Signature.default()] * 2))


def test_accounts_and_tables(raw: bytes) -> None:
    facts = transaction_facts(parse_transaction(raw))
    assert facts["account_keys"] == [*map(str, KEYS), *["ADDRESS_TABLE_LOOKUP"] * 5]
    first, second = facts["instructions"]
    assert [(each["signer"], each["writable"]) for each in first["accounts"]] == [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
        (False, True),
        (False, False),
        (False, True),
        (False, True),
    ]
    assert first["address_table_lookups"] == [
        {"address_table_key": str(TABLES[0]), "writable_indexes": [3, 7], "readonly_indexes": []},
        {"address_table_key": str(TABLES[1]), "writable_indexes": [], "readonly_indexes": [255]},
    ]
    assert (second["accounts"], second["address_table_lookups"], second["instruction_data_hex"]) == ([], [], "")
    assert facts["program_keys"] == [str(KEYS[4])]
    assert [each["writable_indexes"] for each in facts["address_table_lookups"]] == [[7, 3], [0]]


def test_words(raw: bytes) -> None:
    assert transaction_in_words(parse_transaction(raw)) == (
        f"On Solana, no transfer of its own. 2 instructions, to the programs {KEYS[4]}. "
        f"Accounts that only look-up tables name: 5. Fee paid by {KEYS[0]}; signers: 2."
    )
