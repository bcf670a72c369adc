"""What an instruction moves, read as the programs read it."""

from __future__ import annotations

import pytest

from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.solana.transfers import (
    SYSTEM_PROGRAM,
    TOKEN_PROGRAMS,
    Call,
    TokenTransfer,
    Transfer,
    token_transfers_of,
    transfer_of,
)

AMOUNT = (2**64 - 1).to_bytes(8, "little")
TOKEN = min(TOKEN_PROGRAMS)
ACCOUNTS = ["from", "mint", "to", "owner"]
TRANSFER, CHECKED, WITH_FEE = b"\x03" + AMOUNT, b"\x0c" + AMOUNT + b"\x06", b"\x1a\x01" + AMOUNT + b"\x06" + bytes(8)


def batch(*calls: tuple[int, bytes]) -> bytes:
    return b"\xff" + b"".join(bytes((accounts, len(data))) + data for accounts, data in calls)


@pytest.mark.parametrize("more", [b"", b"\x00", b"trailing"])
@pytest.mark.parametrize("others", [[], ["other"]])
def test_the_system_program_moves_lamports(more: bytes, others: list[str]) -> None:
    call = Call(SYSTEM_PROGRAM, ["from", "to", *others], b"\x02\x00\x00\x00" + AMOUNT + more)
    assert transfer_of(call) == Transfer("from", "to", 2**64 - 1)


@pytest.mark.parametrize(
    "call",
    [
        Call(TOKEN, ["from", "to"], b"\x02\x00\x00\x00" + AMOUNT),
        Call(SYSTEM_PROGRAM, ["from"], b"\x02\x00\x00\x00" + AMOUNT),
        Call(SYSTEM_PROGRAM, ["from", "to"], b"\x02\x00\x00\x00" + AMOUNT[:7]),
        Call(SYSTEM_PROGRAM, ["from", "to"], b"\x0b\x00\x00\x00" + AMOUNT),
        Call(SYSTEM_PROGRAM, ["from", "to"], b""),
    ],
)
def test_other_instructions_are_no_transfers(call: Call) -> None:
    assert transfer_of(call) is None


@pytest.mark.parametrize("program", sorted(TOKEN_PROGRAMS))
@pytest.mark.parametrize("signers", [[], ["one", "two"]])
@pytest.mark.parametrize("more", [b"", b"\x09"])
def test_token_programs_move_tokens(program: str, signers: list[str], more: bytes) -> None:
    plain = Call(program, ["from", "to", "owner", *signers], TRANSFER + more)
    assert list(token_transfers_of(plain)) == [TokenTransfer("from", "to", "owner", "", 2**64 - 1, signers)]
    for data in (CHECKED, WITH_FEE):
        checked = Call(program, [*ACCOUNTS, *signers], data + more)
        assert list(token_transfers_of(checked)) == [TokenTransfer("from", "to", "owner", "mint", 2**64 - 1, signers)]


@pytest.mark.parametrize(
    "call",
    [
        Call(SYSTEM_PROGRAM, ACCOUNTS, TRANSFER),
        Call(TOKEN, ACCOUNTS[:2], TRANSFER),
        Call(TOKEN, ACCOUNTS[:3], CHECKED),
        Call(TOKEN, ACCOUNTS, TRANSFER[:8]),
        Call(TOKEN, ACCOUNTS, b"\x1a\x00" + AMOUNT),
        Call(TOKEN, ACCOUNTS, b"\x04" + AMOUNT),
        Call(TOKEN, ACCOUNTS, b""),
        Call(TOKEN, ACCOUNTS, b"\xff"),
    ],
)
def test_other_instructions_move_no_tokens(call: Call) -> None:
    assert list(token_transfers_of(call)) == []


def test_what_is_in_a_batch_counts() -> None:
    data = batch((3, TRANSFER), (1, b"\x11"), (4, CHECKED))
    call = Call(TOKEN, ["f1", "t1", "o1", "x", "f2", "m2", "t2", "o2", "unused"], data)
    assert list(token_transfers_of(call)) == [
        TokenTransfer("f1", "t1", "o1", "", 2**64 - 1, []),
        TokenTransfer("f2", "t2", "o2", "m2", 2**64 - 1, []),
    ]


@pytest.mark.parametrize(
    "data",
    [batch((3, TRANSFER))[:-1], b"\xff\x03", batch((3, TRANSFER), (2, TRANSFER)), batch((3, batch((3, TRANSFER))))],
    ids=["cut", "half a head", "too few accounts", "a batch in it"],
)
def test_a_batch_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(NotUnderstood):
        list(token_transfers_of(Call(TOKEN, ACCOUNTS, data)))
