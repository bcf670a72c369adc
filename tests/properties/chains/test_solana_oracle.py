"""Solana's transactions against ``solders`` (Solana's own Rust code): what we take it takes, and reads the same.

So a policy's facts are those of the transaction that nodes would carry out, however its bytes were changed.
"""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from solders.hash import Hash
from solders.instruction import CompiledInstruction
from solders.message import Message, MessageAddressTableLookup, MessageHeader, MessageV0, MessageV1, TransactionConfig
from solders.pubkey import Pubkey
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from counterseal.chains.solana import message_to_sign, parse_transaction, signed_transaction, transaction_facts
from counterseal.chains.solana.transaction import TRANSACTION_BYTES_MAX, V1_BYTES_MAX
from counterseal.chains.solana.transfers import SYSTEM_PROGRAM, TOKEN_PROGRAMS
from counterseal.contract.errors import InvalidRequest

SEEDS = st.integers(0, 2**64 - 1)
UNTIMED = settings(deadline=None, max_examples=400)
PROGRAMS = [Pubkey.from_string(each) for each in (SYSTEM_PROGRAM, *sorted(TOKEN_PROGRAMS))]
MOVES = [b"\x02\x00\x00\x00" + bytes(8), b"\x03" + bytes(8), b"\x0c" + bytes(9), b"\x1a\x01" + bytes(17)]


def made(random: Random) -> bytes:
    """A transaction of any version, most often a sound one."""
    signers, others = random.randint(1, 3), random.randint(0, 6)
    keys = [Pubkey(random.randbytes(32)) for _ in range(signers + others)] + random.sample(PROGRAMS, 3)
    header = MessageHeader(signers, random.randint(0, signers - 1), random.randint(0, others))
    version = random.randrange(3)
    lookups = [
        MessageAddressTableLookup(
            Pubkey(random.randbytes(32)), random.randbytes(2), random.randbytes(random.randint(0, 2))
        )
        for _ in range(random.randint(0, 2) if version == 1 else 0)
    ]
    reach = len(keys) + sum(len(each.writable_indexes) + len(each.readonly_indexes) for each in lookups)
    instructions = [
        CompiledInstruction(
            random.randint(len(keys) - 3, len(keys) - 1),
            random.choice(MOVES) + random.randbytes(random.randint(0, 3)),
            bytes(random.randrange(reach) for _ in range(random.randint(0, 5))),
        )
        for _ in range(random.randint(0, 4))
    ]
    blockhash = Hash(random.randbytes(32))
    message: Any
    if version == 0:
        message = Message.new_with_compiled_instructions(
            header.num_required_signatures,
            header.num_readonly_signed_accounts,
            header.num_readonly_unsigned_accounts,
            keys,
            blockhash,
            instructions,
        )
    elif version == 1:
        message = MessageV0(header, keys, blockhash, instructions, lookups)
    else:
        heap = random.choice((None, 1024 * random.randint(0, 300), random.getrandbits(20)))
        limits = [*(random.choice((None, random.getrandbits(32))) for _ in range(2)), heap]
        message = MessageV1(header, TransactionConfig(random.getrandbits(64), *limits), blockhash, keys, instructions)
    return bytes(VersionedTransaction.populate(message, [Signature(random.randbytes(64)) for _ in range(signers)]))


def changed(random: Random, raw: bytes) -> bytes:
    """A few bytes replaced, put in or taken out."""
    found = bytearray(raw)
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(found))
        found[at : at + random.choice((0, 1, 1, 32))] = random.randbytes(random.choice((0, 1, 1, 32)))
    return bytes(found)


def theirs_of(raw: bytes) -> VersionedTransaction | None:
    """What ``solders`` reads, if it is sound and these are its bytes."""
    try:
        transaction = VersionedTransaction.from_bytes(raw)
        transaction.sanitize()
    except Exception:
        return None
    return transaction if bytes(transaction) == raw else None


def the_same(raw: bytes) -> bool:
    """Whether we take it, having compared it with what ``solders`` makes of it."""
    theirs = theirs_of(raw)
    try:
        ours = parse_transaction(raw)
    except InvalidRequest as refusal:
        keys = theirs.message.account_keys if theirs else []
        largest = V1_BYTES_MAX if raw[0] == 0x81 else TRANSACTION_BYTES_MAX
        stricter = ("twice", "a batch", "of a batched", "a batched", "a program", "writable, expected one")
        known = len(set(keys)) < len(keys) or len(raw) > largest or any(each in refusal.message for each in stricter)
        assert theirs is None or known, refusal.message
        return False
    assert theirs is not None
    message, facts = theirs.message, transaction_facts(ours)
    assert facts["account_keys"][: len(message.account_keys)] == [str(key) for key in message.account_keys]
    blockhash = message.lifetime_specifier if isinstance(message, MessageV1) else message.recent_blockhash
    assert facts["recent_blockhash"] == str(blockhash)
    shown = [(each["program_key"], each["instruction_data_hex"]) for each in facts["instructions"]]
    expected = [(str(message.account_keys[e.program_id_index]), bytes(e.data).hex()) for e in message.instructions]
    assert shown == expected
    for each, other in zip(facts["instructions"], message.instructions, strict=True):
        places = list(other.accounts)
        assert [account["account_key"] for account in each["accounts"]] == [facts["account_keys"][at] for at in places]
        for account, at in zip(each["accounts"], places, strict=True):
            if at < len(message.account_keys):
                assert account["signer"] == (at < message.header.num_required_signatures)
    assert sum(e["program_key"] == SYSTEM_PROGRAM for e in facts["instructions"]) >= len(facts["transfers"])
    sign_and_compare(ours, theirs)
    return True


def sign_and_compare(ours: Any, theirs: VersionedTransaction) -> None:
    keys = theirs.message.account_keys
    for at in range(theirs.message.header.num_required_signatures):
        signature = bytes((at + 1,)) * 64
        signed = VersionedTransaction.from_bytes(
            signed_transaction(ours, public_key=bytes(keys[at]), signature=signature)
        )
        expected = list(theirs.signatures)
        expected[at] = Signature(signature)
        assert signed.signatures == expected
        assert bytes(signed.message) == bytes(theirs.message)
    message = message_to_sign(ours, public_key=bytes(keys[0]))
    assert message.removeprefix(b"\x80").removeprefix(b"\x81") == bytes(theirs.message).removeprefix(b"\x81")


@UNTIMED
@given(SEEDS)
def test_sound_transactions_are_read_the_same(seed: int) -> None:
    raw = made(Random(seed))
    assert the_same(raw) or theirs_of(raw) is None or len(raw) > TRANSACTION_BYTES_MAX


@UNTIMED
@given(SEEDS)
def test_changed_transactions_are_read_the_same_or_refused(seed: int) -> None:
    random = Random(seed)
    raw = made(random)
    for _ in range(5):
        the_same(changed(random, raw))


@UNTIMED
@given(st.binary(max_size=400))
def test_any_bytes_are_read_the_same_or_refused(raw: bytes) -> None:
    if raw:
        the_same(raw)
