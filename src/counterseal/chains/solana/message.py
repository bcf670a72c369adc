"""The parts of Solana's messages, and what every node checks of them before it looks at accounts.

Source: Solana docs, transactions; solana-sdk, ``sanitize``.
"""

from __future__ import annotations

import msgspec

from counterseal.chains.refusal import NotUnderstood, unsupported_transaction
from counterseal.chains.solana.wire import KEY_SIZE, SIGNATURE_SIZE, WireReader

CHAIN = "Solana"
KEYS_MAX = 256
"""Of a transaction, with those from look-up tables: their indexes are single bytes."""

_VERSIONED, _V0, _V1 = 0x80, 0x80, 0x81


class Header(msgspec.Struct, frozen=True):
    """How many of the keys sign, and how many of both kinds are read only: of the signers the last, of all the last."""

    signers: int
    readonly_signers: int
    readonly_others: int


class Instruction(msgspec.Struct, frozen=True):
    """``program`` and ``accounts`` are places among the keys, those from look-up tables behind the message's own."""

    program: int
    accounts: bytes
    data: bytes


class TableLookup(msgspec.Struct, frozen=True):
    """Which of a table's addresses are used, by their places in it."""

    table: bytes
    writable: bytes
    readonly: bytes


class Config(msgspec.Struct, frozen=True):
    """What version 1 says of fee and limits. ``None``: left out."""

    priority_fee: int = 0
    unit_limit: int | None = None
    data_limit: int | None = None
    heap_size: int | None = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What is signed, and where: ``raw[start:end]``. ``version`` is ``None`` for a legacy one.

    Its signatures have slots of 64 bytes each, from ``slots`` on, in the order of ``keys``.
    """

    raw: bytes
    start: int
    end: int
    slots: int
    version: int | None
    header: Header
    keys: tuple[bytes, ...]
    recent_blockhash: bytes
    instructions: tuple[Instruction, ...]
    lookups: tuple[TableLookup, ...] = ()
    config: Config | None = None


def read_message(raw: bytes) -> Message:
    """A legacy message or one of version 0, behind its slots.

    Raises ``NotUnderstood``, and ``InvalidRequest`` (UNSUPPORTED_TRANSACTION_TYPE) for a version not known here.
    """
    reader = WireReader(raw)
    slots = reader.count("the number of signatures")
    first_slot = reader.at
    reader.part(slots * SIGNATURE_SIZE, f"{slots} signatures")
    start, version = reader.at, _version(reader)
    header = read_header(reader)
    if header.signers != slots:
        raise NotUnderstood(f"{slots} slots for signatures at byte 0, expected {header.signers} by byte {start}")
    keys = read_keys(reader, reader.count("the number of keys"), header)
    recent_blockhash = reader.part(KEY_SIZE, "the recent block's hash")
    place, found = reader.at, _instructions(reader)
    lookups = () if version is None else _lookups(reader)
    looked_up = sum(len(each.writable) + len(each.readonly) for each in lookups)
    check_places(found, place, keys=len(keys), of_tables=looked_up)
    reader.finish()
    return Message(
        raw=raw,
        start=start,
        end=len(raw),
        slots=first_slot,
        version=version,
        header=header,
        keys=keys,
        recent_blockhash=recent_blockhash,
        instructions=found,
        lookups=lookups,
    )


def _version(reader: WireReader) -> int | None:
    start = reader.at
    first = reader.number(1, "the message")
    if first < _VERSIONED:
        reader.at = start
        return None
    if first == _V1:
        raise NotUnderstood(f"a message of version 1 at byte {start}, behind signatures, expected it before them")
    if first != _V0:
        raise unsupported_transaction(CHAIN, f"version {first - _VERSIONED} at byte {start}, expected 0 or 1")
    return 0


def read_header(reader: WireReader) -> Header:
    start = reader.at
    header = Header(*reader.part(3, "the header"))
    if not header.signers:
        raise NotUnderstood(f"no signers at byte {start}, expected at least one, who pays the fee")
    if header.readonly_signers >= header.signers:
        raise NotUnderstood(f"no signer at byte {start} is writable, expected one, who pays the fee")
    return header


def read_keys(reader: WireReader, count: int, header: Header) -> tuple[bytes, ...]:
    start = reader.at
    content = reader.part(count * KEY_SIZE, f"{count} keys")
    keys = tuple(content[at : at + KEY_SIZE] for at in range(0, len(content), KEY_SIZE))
    if len(keys) < header.signers + header.readonly_others:
        raise NotUnderstood(f"{count} keys at byte {start}, expected at least as many as the header says of them")
    if len(set(keys)) != count:
        raise NotUnderstood(f"a key is there twice behind byte {start}, expected each once")
    return keys


def _instructions(reader: WireReader) -> tuple[Instruction, ...]:
    found = []
    for number in range(reader.count("the number of instructions")):
        program = reader.number(1, f"the program of instruction {number}")
        accounts = reader.part(reader.count("the number of its accounts"), f"the accounts of instruction {number}")
        data = reader.part(reader.count("the number of its bytes"), f"the data of instruction {number}")
        found.append(Instruction(program, accounts, data))
    return tuple(found)


def _lookups(reader: WireReader) -> tuple[TableLookup, ...]:
    found = []
    for number in range(reader.count("the number of look-up tables")):
        start, table = reader.at, reader.part(KEY_SIZE, f"the key of look-up table {number}")
        writable = reader.part(reader.count("the number of its indexes"), f"the writable ones of table {number}")
        readonly = reader.part(reader.count("the number of its indexes"), f"the others of table {number}")
        if not writable and not readonly:
            raise NotUnderstood(f"look-up table {number} at byte {start} has no indexes, expected at least one")
        found.append(TableLookup(table, writable, readonly))
    return tuple(found)


def check_places(instructions: tuple[Instruction, ...], start: int, *, keys: int, of_tables: int) -> None:
    """Refuse indexes of keys that are not there, and programs that nobody could see."""
    if keys + of_tables > KEYS_MAX:
        raise NotUnderstood(f"{keys + of_tables} keys with those of tables, expected at most {KEYS_MAX}")
    for number, each in enumerate(instructions):
        where = f"instruction {number} behind byte {start}"
        if keys <= each.program < keys + of_tables:
            raise NotUnderstood(f"the program of {where} is in a look-up table, expected it among the keys")
        if not 0 < each.program < keys:
            raise NotUnderstood(f"the program of {where} is key {each.program}, expected one of 1 to {keys - 1}")
        if each.accounts and max(each.accounts) >= keys + of_tables:
            raise NotUnderstood(f"an account of {where} is key {max(each.accounts)} of {keys + of_tables} from 0 on")
