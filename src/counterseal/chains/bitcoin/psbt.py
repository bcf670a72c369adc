"""Partially signed transactions, version 0 (BIP-174): the unsigned transaction, and a map of records for it and each of
its inputs and outputs.

Nothing of it is written anew: what is not known here is kept byte for byte, in its place.
Source: BIP-174, BIP-371 (Taproot's records).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from counterseal.chains.bitcoin.transaction import Transaction, read_transaction
from counterseal.chains.bitcoin.wire import WireReader, length_bytes
from counterseal.chains.refusal import NotUnderstood, unsupported_transaction

CHAIN: Final = "Bitcoin"
INPUTS_MAX = 200
"""Of the transaction that is signed: a legacy input is hashed with all others."""
OUTPUTS_MAX = 500
"""Of the same: policies see the address of each, and to write one takes a thirtieth of a millisecond."""
UNSIGNED_BYTES_MAX = 100_000
"""Of that transaction. Nodes hand on no larger one (400,000 units of weight)."""

NON_WITNESS_UTXO, WITNESS_UTXO, PARTIAL_SIG, SIGHASH_TYPE = b"\x00", b"\x01", b"\x02", b"\x03"
REDEEM_SCRIPT, WITNESS_SCRIPT, FINAL_SCRIPT_SIG, FINAL_SCRIPT_WITNESS = b"\x04", b"\x05", b"\x07", b"\x08"
TAP_KEY_SIG, TAP_SCRIPT_SIG, TAP_LEAF_SCRIPT, TAP_MERKLE_ROOT = b"\x13", b"\x14", b"\x15", b"\x18"

_MAGIC: Final = b"psbt\xff"
_UNSIGNED_TX, _VERSION = b"\x00", b"\xfb"
_GLOBAL_OF_VERSION_2 = frozenset(b"\x02\x03\x04\x05\x06")
_INPUT_OF_VERSION_2 = frozenset(b"\x0e\x0f\x10\x11\x12")
_WITHOUT_KEY_DATA = frozenset(b"\x00\x01\x03\x04\x05\x07\x08\x13\x17\x18")


class Record(msgspec.Struct, frozen=True):
    """A value, and where its record begins and ends."""

    value: bytes
    start: int
    end: int


class InputMap(msgspec.Struct, frozen=True):
    """The records of an input by their keys; new ones go in at ``end``."""

    records: Mapping[bytes, Record]
    end: int

    def value(self, key: bytes) -> bytes | None:
        record = self.records.get(key)
        return None if record is None else record.value


class Psbt(msgspec.Struct, frozen=True, kw_only=True):
    """The transaction, what is known of each of its inputs, and the bytes it was read from."""

    raw: bytes
    transaction: Transaction
    inputs: tuple[InputMap, ...]
    previous: tuple[Transaction | None, ...]
    """Of each input the transaction that it spends from, where the PSBT has it."""


def read_psbt(raw: bytes) -> Psbt:
    """The PSBT that ``raw`` is.

    Raises ``NotUnderstood``, and ``InvalidRequest`` (UNSUPPORTED_TRANSACTION_TYPE) for another version.
    """
    reader = WireReader(raw)
    if reader.part(len(_MAGIC), "the mark of a PSBT") != _MAGIC:
        raise NotUnderstood("it does not begin with the mark of a PSBT, expected 70736274ff")
    transaction = _unsigned(reader)
    inputs: list[InputMap] = []
    previous: list[Transaction | None] = []
    for number in range(len(transaction.inputs)):
        found = _records(reader, f"input {number}")
        _check_input(found, number)
        inputs.append(InputMap(found, reader.at - 1))
        record = found.get(NON_WITNESS_UTXO)
        previous.append(None if record is None else _previous(reader, record, number))
    for number in range(len(transaction.outputs)):
        _records(reader, f"output {number}")
    reader.finish("the PSBT")
    return Psbt(raw=raw, transaction=transaction, inputs=tuple(inputs), previous=tuple(previous))


def with_records(psbt: Psbt, added: Mapping[int, tuple[bytes, bytes]]) -> bytes:
    """The PSBT with one more record, a key and a value, for each input named; one of the same key is replaced."""
    pieces, at = [], 0
    for number in sorted(added):
        key, value = added[number]
        record, end = psbt.inputs[number].records.get(key), psbt.inputs[number].end
        start, stop = (record.start, record.end) if record else (end, end)
        pieces += [psbt.raw[at:start], length_bytes(len(key)), key, length_bytes(len(value)), value]
        at = stop
    return b"".join((*pieces, psbt.raw[at:]))


def _unsigned(reader: WireReader) -> Transaction:
    found = _records(reader, "the global map")
    version = found.get(_VERSION)
    if (version and any(version.value)) or any(key[0] in _GLOBAL_OF_VERSION_2 for key in found):
        raise unsupported_transaction(CHAIN, "a PSBT of version 2, expected version 0")
    record = found.get(_UNSIGNED_TX)
    if record is None:
        raise NotUnderstood("the global map has no unsigned transaction, expected one")
    start = record.end - len(record.value)
    if len(record.value) > UNSIGNED_BYTES_MAX:
        size = f"{len(record.value)} bytes"
        raise NotUnderstood(f"the transaction at byte {start} has {size}, expected at most {UNSIGNED_BYTES_MAX}")
    inside = WireReader(reader.raw, at=start, end=record.end, parts=reader.parts)
    transaction = read_transaction(inside, "the transaction")
    if transaction.has_witness or any(each.script for each in transaction.inputs):
        raise NotUnderstood(f"the transaction at byte {start} has scripts or witnesses, expected none yet")
    if len(transaction.inputs) > INPUTS_MAX:
        count = len(transaction.inputs)
        raise NotUnderstood(f"the transaction at byte {start} has {count} inputs, expected at most {INPUTS_MAX}")
    if len(transaction.outputs) > OUTPUTS_MAX:
        count = len(transaction.outputs)
        raise NotUnderstood(f"the transaction at byte {start} has {count} outputs, expected at most {OUTPUTS_MAX}")
    if len({each.outpoint for each in transaction.inputs}) < len(transaction.inputs):
        raise NotUnderstood(f"the transaction at byte {start} spends an output twice, expected each once")
    return transaction


def _records(reader: WireReader, what: str) -> dict[bytes, Record]:
    """A map up to its end: keys, each once, and their values."""
    found: dict[bytes, Record] = {}
    while True:
        start = reader.at
        key = reader.content(f"a key of {what}")
        if not key:
            return found
        reader.spend(f"records of {what}")
        value = reader.content(f"a value of {what}")
        if key in found:
            raise NotUnderstood(f"a key of {what} at byte {start} is there twice, expected each once")
        found[key] = Record(value, start, reader.at)


def _check_input(records: Mapping[bytes, Record], number: int) -> None:
    for key, record in records.items():
        if key[0] in _INPUT_OF_VERSION_2:
            raise unsupported_transaction(CHAIN, f"a record of a PSBT of version 2 at byte {record.start}, expected 0")
        if key[0] in _WITHOUT_KEY_DATA and len(key) > 1:
            raise NotUnderstood(f"a key of input {number} at byte {record.start} has {len(key)} bytes, expected 1")


def _previous(reader: WireReader, record: Record, number: int) -> Transaction:
    start = record.end - len(record.value)
    inside = WireReader(reader.raw, at=start, end=record.end, parts=reader.parts)
    return read_transaction(inside, f"the transaction that input {number} spends from")
