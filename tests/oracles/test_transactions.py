"""Bitcoin's and Solana's transactions, signed here, against the JavaScript libraries of the chains.

Signatures are verified there, PSBTs made final, and what was read is compared. Bitcoin Core's own code says whether
what became final may be spent. ``solders`` and ``embit`` are asked in ``tests/properties/chains``.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

from nacl.signing import SigningKey
from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.message import Message, MessageAddressTableLookup, MessageHeader, MessageV0
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

import bitcoin_samples as samples
from bitcoin_consensus import spends
from counterseal.chains import bitcoin, solana
from counterseal.crypto.signing import sign
from node_process import answers_of

TRANSACTIONS = 100


def answers(questions: list[dict[str, str]]) -> list[dict[str, Any]]:
    """One node process for all."""
    return answers_of(Path(__file__).with_name("transactions.mjs"), questions)


def psbt_of(random: Random, scripts: list[bytes]) -> bytes:
    values = [random.randint(10_000, 10**6) for _ in scripts]
    coins = list(enumerate(zip(scripts, values, strict=True)))
    spent = [samples.previous(script, value, salt=at) for at, (script, value) in coins]
    inputs = [samples.spending(samples.outpoint(each), sequence=random.choice((0, 1, 2**32 - 1))) for each in spent]
    outputs = [samples.output(samples.OTHER, sum(values) - 5_000), samples.output(samples.P2SH, 1_000)]
    unsigned = samples.transaction(inputs, outputs, locktime=random.choice((0, 800_000)))
    maps = [samples.proven(script, value, salt=at) for at, (script, value) in coins]
    for records, script in zip(maps, scripts, strict=True):
        if script == samples.P2TR:  # the library wants Taproot's internal key to verify
            records.append(samples.record(b"\x17", samples.KEY[1:]))
    return samples.psbt(unsigned, *maps, outputs=2)


def signed(raw: bytes) -> tuple[bitcoin.UnsignedTransaction, list[int], bytes]:
    transaction = bitcoin.parse_transaction(raw)
    to_sign = bitcoin.inputs_to_sign(transaction, public_key=samples.KEY)
    made = {e.number: (e, sign(e.scheme, samples.SECRET, e.digest, aux_randomness=bytes(32))) for e in to_sign}
    return transaction, list(made), bitcoin.signed_psbt(transaction, public_key=samples.KEY, signatures=made)


def test_bitcoinjs_makes_our_psbts_final_and_consensus_accepts_them() -> None:
    random, own = Random(1), [samples.P2PKH, samples.P2WPKH, samples.P2TR]
    done = [signed(psbt_of(random, random.choices(own, k=random.randint(1, 5)))) for _ in range(TRANSACTIONS)]
    for (transaction, numbers, _), answer in zip(
        done, answers([{"psbt": each[2].hex()} for each in done]), strict=True
    ):
        assert answer["signed"] == numbers == list(range(len(transaction.coins)))
        assert answer["fee"] == transaction.fee == 4_000
        final, coins = bytes.fromhex(answer["final"]), [(each.script, each.value) for each in transaction.coins]
        assert spends(final, coins)
        assert not spends(final, [*coins[:-1], (samples.OTHER, coins[-1][1])])


def test_bitcoinjs_finds_our_signatures_beside_what_others_have_to_sign() -> None:
    random, scripts = Random(2), [samples.P2PKH, samples.P2WPKH, samples.P2TR, samples.OTHER]
    done = [signed(psbt_of(random, [*random.choices(scripts, k=4), samples.P2TR])) for _ in range(TRANSACTIONS)]
    for (_, numbers, _), answer in zip(done, answers([{"psbt": each[2].hex()} for each in done]), strict=True):
        assert answer["signed"] == numbers


def solana_transaction(random: Random, signers: list[SigningKey]) -> bytes:
    keys = [Pubkey(each.verify_key.encode()) for each in signers] + [Pubkey(random.randbytes(32)) for _ in range(4)]
    header = MessageHeader(len(signers), random.randint(0, len(signers) - 1), random.randint(0, 4))
    tables = [MessageAddressTableLookup(Pubkey(random.randbytes(32)), bytes([1, 7]), bytes([3]))]
    instructions = [
        CompiledInstruction(random.randint(len(signers), len(keys) - 1), random.randbytes(9), bytes([0, 1, 2]))
        for _ in range(random.randint(0, 3))
    ]
    blockhash, empty = Hash(random.randbytes(32)), [Signature.default()] * len(signers)
    if random.random() < 0.5:
        counts = len(signers), header.num_readonly_signed_accounts, header.num_readonly_unsigned_accounts
        message: Any = Message.new_with_compiled_instructions(*counts, keys, blockhash, instructions)
    else:
        message = MessageV0(header, keys, blockhash, instructions, tables)
    return bytes(VersionedTransaction.populate(message, empty))


def test_web3_reads_the_same_and_our_signatures_hold() -> None:
    random, seen = Random(3), []
    for _ in range(TRANSACTIONS):
        signers = [SigningKey(random.randbytes(32)) for _ in range(random.randint(1, 3))]
        number = random.randrange(len(signers))
        key = signers[number].verify_key.encode()
        transaction = solana.parse_transaction(solana_transaction(random, signers))
        signature = signers[number].sign(solana.message_to_sign(transaction, public_key=key)).signature
        done = solana.signed_transaction(transaction, public_key=key, signature=signature)
        seen.append((transaction, number, done))
    for (transaction, number, done), answer in zip(
        seen, answers([{"solana": each[2].hex()} for each in seen]), strict=True
    ):
        facts = solana.transaction_facts(transaction)
        assert answer["holding"] == [number]
        assert answer["again"] == done.hex()
        assert facts["account_keys"][: len(answer["keys"])] == answer["keys"]
        assert facts["recent_blockhash"] == answer["blockhash"]
        assert facts["address_table_lookups"] == answer["tables"]
        for ours, theirs in zip(facts["instructions"], answer["instructions"], strict=True):
            assert (ours["program_key"], ours["instruction_data_hex"]) == (theirs["program"], theirs["data"])
            for account, at in zip(ours["accounts"], theirs["accounts"], strict=True):
                assert account["signer"] == (at < answer["signers"])
                assert account["writable"] == answer["writable"][at]
