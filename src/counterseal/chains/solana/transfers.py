"""What a transaction's own instructions move: lamports by the System program, tokens by the two Token programs.

What programs do on behalf of others cannot be seen without running them. Instructions are read as the programs read
them: bytes behind their fields, and accounts behind those that they need, change nothing. A Token program may be given
several in one (``Batch``): each of those counts.
Source: solana-sdk, ``SystemInstruction``; spl-token and Token-2022, ``TokenInstruction::unpack``; SIMD-0266 (batches).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.solana.wire import WireReader

SYSTEM_PROGRAM = "11111111111111111111111111111111"
TOKEN_PROGRAMS = frozenset(
    {"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"}
)

_SYSTEM_TRANSFER = (2).to_bytes(4, "little")
_TRANSFER, _TRANSFER_CHECKED, _TRANSFER_CHECKED_WITH_FEE, _BATCH = b"\x03", b"\x0c", b"\x1a\x01", b"\xff"
_AMOUNT = 8  # bytes


class Call(msgspec.Struct, frozen=True):
    """An instruction, its program and accounts by their addresses, or by what stands for an address of a table."""

    program: str
    accounts: Sequence[str]
    data: bytes


class Transfer(msgspec.Struct, frozen=True):
    """Lamports that go from one account to another."""

    source: str
    target: str
    amount: int


class TokenTransfer(msgspec.Struct, frozen=True):
    """Tokens, in their smallest unit, that go from one token account to another.

    ``mint`` is empty where the instruction does not name it. ``signers`` sign for an ``owner`` of several signatures.
    """

    source: str
    target: str
    owner: str
    mint: str
    amount: int
    signers: Sequence[str]


def transfer_of(call: Call) -> Transfer | None:
    """What the System program's ``Transfer`` moves; ``None`` for any other instruction."""
    fields = _behind(call.data, _SYSTEM_TRANSFER)
    if call.program != SYSTEM_PROGRAM or fields is None or len(call.accounts) < 2:
        return None
    return Transfer(source=call.accounts[0], target=call.accounts[1], amount=_amount(fields))


def token_transfers_of(call: Call) -> Iterator[TokenTransfer]:
    """What an instruction to a Token program moves. Raises ``NotUnderstood`` for a batch that has another form."""
    if call.program not in TOKEN_PROGRAMS:
        return
    for each in _batched(call) if call.data.startswith(_BATCH) else (call,):
        found = _token_transfer(each)
        if found is not None:
            yield found


def _token_transfer(call: Call) -> TokenTransfer | None:
    accounts = call.accounts
    fields = _behind(call.data, _TRANSFER)
    if fields is not None:
        if len(accounts) < 3:
            return None
        source, target, owner, *signers = accounts
        return TokenTransfer(source, target, owner, "", _amount(fields), signers)
    fields = _behind(call.data, _TRANSFER_CHECKED) or _behind(call.data, _TRANSFER_CHECKED_WITH_FEE)
    if fields is None or len(accounts) < 4:
        return None
    source, mint, target, owner, *signers = accounts
    return TokenTransfer(source, target, owner, mint, _amount(fields), signers)


def _batched(call: Call) -> Iterator[Call]:
    """The instructions in a batch: each has its numbers of accounts and of bytes in front."""
    reader, accounts_at = WireReader(call.data, at=1), 0
    while reader.at < len(call.data):
        accounts, size = reader.part(2, "the head of a batched instruction")
        data, accounts_at = reader.part(size, "a batched instruction"), accounts_at + accounts
        if accounts_at > len(call.accounts):
            raise NotUnderstood(f"a batch needs {accounts_at} accounts, and there are {len(call.accounts)}")
        if data.startswith(_BATCH):
            raise NotUnderstood("a batch in a batch, expected none")
        yield Call(call.program, call.accounts[accounts_at - accounts : accounts_at], data)


def _behind(data: bytes, tag: bytes) -> bytes | None:
    """The fields behind ``tag``, which begin with an amount; ``None`` if it is another instruction, or too short."""
    fields = data[len(tag) :]
    return fields if data.startswith(tag) and len(fields) >= _AMOUNT else None


def _amount(fields: bytes) -> int:
    return int.from_bytes(fields[:_AMOUNT], "little")
