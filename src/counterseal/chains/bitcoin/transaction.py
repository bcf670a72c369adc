"""Bitcoin's transactions: one that is to be signed, and those whose outputs it spends.

Source: Bitcoin Core, ``primitives/transaction.h``; BIP-141 (witnesses, which are no part of the id).
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from counterseal.chains.bitcoin.wire import WireReader, length_bytes
from counterseal.chains.refusal import NotUnderstood

MONEY_MAX = 21_000_000 * 100_000_000  # satoshis

_ID_SIZE = 32


class Input(msgspec.Struct, frozen=True):
    """``outpoint`` is the spent transaction's id, as it is hashed, and the output's number: 36 bytes."""

    outpoint: bytes
    script: bytes
    sequence: bytes

    @property
    def transaction_id(self) -> bytes:
        return self.outpoint[:_ID_SIZE]

    @property
    def output_number(self) -> int:
        return int.from_bytes(self.outpoint[_ID_SIZE:], "little")


class Output(msgspec.Struct, frozen=True):
    """``value`` in satoshis; ``raw`` is the whole as it is hashed."""

    value: int
    script: bytes

    @property
    def raw(self) -> bytes:
        return self.value.to_bytes(8, "little") + length_bytes(len(self.script)) + self.script


class Transaction(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` and ``locktime`` are four bytes each. ``id`` is as it is hashed; shown, it is the other way round."""

    version: bytes
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    locktime: bytes
    id: bytes
    has_witness: bool


def read_transaction(reader: WireReader, what: str) -> Transaction:
    """All that ``reader`` has. Raises ``NotUnderstood``."""
    raw, begin = reader.raw, reader.at
    version = reader.part(4, f"the version of {what}")
    start, has_witness = reader.at, raw[reader.at : reader.at + 2] == b"\x00\x01"
    if has_witness:
        reader.part(2, f"the mark of witnesses in {what}")
        start = reader.at
    inputs = tuple(_input(reader, what) for _ in range(reader.count(f"inputs of {what}")))
    outputs = tuple(read_output(reader, what) for _ in range(reader.count(f"outputs of {what}")))
    end = reader.at
    if has_witness:
        for _ in inputs:
            for _ in range(reader.count(f"a witness's items of {what}")):
                reader.content(f"a witness's item of {what}")
    locktime = reader.part(4, f"the lock time of {what}")
    reader.finish(what)
    if not inputs or not outputs:
        found = f"{len(inputs)} inputs and {len(outputs)} outputs"
        raise NotUnderstood(f"{what} at byte {begin} has {found}, expected at least one of each")
    hashed = sha256(sha256(version + raw[start:end] + locktime).digest()).digest()
    return Transaction(
        version=version, inputs=inputs, outputs=outputs, locktime=locktime, id=hashed, has_witness=has_witness
    )


def _input(reader: WireReader, what: str) -> Input:
    outpoint = reader.part(_ID_SIZE + 4, f"an input of {what}")
    script = reader.content(f"an input's script of {what}")
    return Input(outpoint, script, reader.part(4, f"an input's sequence of {what}"))


def read_output(reader: WireReader, what: str) -> Output:
    """A value and a script. Raises ``NotUnderstood``."""
    start, value = reader.at, reader.number(8, f"an output's value of {what}")
    if value > MONEY_MAX:
        raise NotUnderstood(f"an output's value of {what} at byte {start} is {value}, expected at most {MONEY_MAX}")
    return Output(value, reader.content(f"an output's script of {what}"))
