"""Messages of version 1 (SIMD-0385): fee and limits stand in them, there are no look-up tables, and signatures follow.

Source: SIMD-0385, solana-sdk.
"""

from __future__ import annotations

from counterseal.chains.refusal import NotUnderstood
from counterseal.chains.solana.message import (
    Config,
    Instruction,
    Message,
    check_places,
    read_header,
    read_keys,
)
from counterseal.chains.solana.wire import KEY_SIZE, SIGNATURE_SIZE, WireReader

V1_SIGNATURES_MAX, V1_KEYS_MAX, V1_INSTRUCTIONS_MAX = 12, 64, 64
HEAP_MIN, HEAP_MAX, HEAP_STEP = 32 * 1024, 256 * 1024, 1024  # bytes

_PRIORITY_FEE, _UNIT_LIMIT, _DATA_LIMIT, _HEAP = 0b00011, 0b00100, 0b01000, 0b10000


def read_message_v1(raw: bytes) -> Message:
    """A message of version 1, before its slots. Raises ``NotUnderstood``."""
    reader = WireReader(raw, at=1)
    header = read_header(reader)
    mask = reader.number(4, "the mask of the configuration")
    recent_blockhash = reader.part(KEY_SIZE, "the recent block's hash")
    instructions, keys_count = reader.part(2, "the numbers of instructions and keys")
    for what, count, most in (
        ("signers", header.signers, V1_SIGNATURES_MAX),
        ("instructions", instructions, V1_INSTRUCTIONS_MAX),
        ("keys", keys_count, V1_KEYS_MAX),
    ):
        if count > most:
            raise NotUnderstood(f"{count} {what} before byte {reader.at}, expected at most {most}")
    keys = read_keys(reader, keys_count, header)
    config = _config(reader, mask)
    place, found = reader.at, _instructions(reader, instructions)
    check_places(found, place, keys=len(keys), of_tables=0)
    end = reader.at
    reader.part(header.signers * SIGNATURE_SIZE, f"{header.signers} signatures")
    reader.finish()
    return Message(
        raw=raw,
        start=0,
        end=end,
        slots=end,
        version=1,
        header=header,
        keys=keys,
        recent_blockhash=recent_blockhash,
        instructions=found,
        config=config,
    )


def _config(reader: WireReader, mask: int) -> Config:
    if mask & ~(_PRIORITY_FEE | _UNIT_LIMIT | _DATA_LIMIT | _HEAP) or mask & _PRIORITY_FEE not in (0, _PRIORITY_FEE):
        raise NotUnderstood(f"the mask at byte 4 is {mask:#x}, expected bits 0 and 1, which go together, and 2 to 4")
    return Config(
        priority_fee=reader.number(8, "the priority fee") if mask & _PRIORITY_FEE else 0,
        unit_limit=reader.number(4, "the limit of compute units") if mask & _UNIT_LIMIT else None,
        data_limit=reader.number(4, "the limit of accounts' data") if mask & _DATA_LIMIT else None,
        heap_size=_heap_size(reader) if mask & _HEAP else None,
    )


def _heap_size(reader: WireReader) -> int:
    start, size = reader.at, reader.number(4, "the size of the heap")
    if size % HEAP_STEP or not HEAP_MIN <= size <= HEAP_MAX:
        expected = f"expected {HEAP_MIN} to {HEAP_MAX} by steps of {HEAP_STEP}"
        raise NotUnderstood(f"the size of the heap at byte {start} is {size}, {expected}")
    return size


def _instructions(reader: WireReader, count: int) -> tuple[Instruction, ...]:
    heads = [
        (*reader.part(2, f"the head of instruction {number}"), reader.number(2, f"the head of instruction {number}"))
        for number in range(count)
    ]
    return tuple(
        Instruction(
            program,
            reader.part(accounts, f"the accounts of instruction {number}"),
            reader.part(size, f"the data of instruction {number}"),
        )
        for number, (program, accounts, size) in enumerate(heads)
    )
