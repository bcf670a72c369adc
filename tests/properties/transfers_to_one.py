"""Transfers to one address on Solana, the policies that allow them and Bitcoin's, and changes of their bytes."""

from __future__ import annotations

from random import Random

from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.message import Message, MessageAddressTableLookup, MessageHeader, MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

import bitcoin_samples as samples
from counterseal.chains.bitcoin.address import MAINNET, address_of_script

SIGNER, MINE, FOREIGN, SYSTEM = (Pubkey(bytes([each]) * 32) for each in (1, 2, 3, 0))
AMOUNT = b"\x02\x00\x00\x00" + (5).to_bytes(8, "little")
ONLY_MINE_ON_SOLANA = (
    f"solana.tx.transfers.all(t, t.to == '{MINE}') && solana.tx.instructions.count() == solana.tx.transfers.count() "
    f"&& solana.tx.program_keys.all(p, p == '{SYSTEM}')"
)
ONLY_MINE_ON_BITCOIN = f"bitcoin.tx.outputs.all(o, o.address == '{address_of_script(samples.OTHER, MAINNET)}')"


def changed(random: Random, raw: bytes, pieces: list[bytes]) -> bytes:
    """One to three changes: bytes replaced, put in, taken out, or exchanged for pieces that mean something."""
    found = bytearray(raw)
    for _ in range(random.randint(1, 3)):
        at, piece = (
            random.randrange(len(found)),
            random.choice([*pieces, random.randbytes(1), b"\x00", b"\x01", b"\x02"]),
        )
        found[at : at + random.choice((0, len(piece)))] = piece
    return bytes(found)


def a_transfer(random: Random) -> bytes:
    """To MINE, with FOREIGN among the keys or in a table, where an index could be moved to it."""
    keys, header = [SIGNER, MINE, FOREIGN, SYSTEM], MessageHeader(1, 0, 1)
    instructions = [CompiledInstruction(3, AMOUNT, bytes([0, 1]))] * random.randint(1, 2)
    if random.random() < 0.5:
        message = MessageV0(
            header, keys, Hash(bytes(32)), instructions, [MessageAddressTableLookup(MINE, b"\x00", b"")]
        )
    else:
        message = Message.new_with_compiled_instructions(1, 0, 1, keys, Hash(bytes(32)), instructions)
    return bytes(VersionedTransaction.populate(message, [Signature.default()]))


def is_only_to_mine(raw: bytes) -> bool:
    """By ``solders``: every instruction is the System program's transfer, to MINE."""
    message = VersionedTransaction.from_bytes(raw).message
    keys = list(message.account_keys)
    return all(
        keys[each.program_id_index] == SYSTEM
        and bytes(each.data)[:4] == AMOUNT[:4]
        and each.accounts[1] < len(keys)
        and keys[each.accounts[1]] == MINE
        for each in message.instructions
    )
