"""What a PSBT's inputs spend: each one's amount and script, proven by what stands beside it.

All inputs are checked, whoever they belong to: the fee is the sum of all, and a Taproot signature covers all. An amount
that nobody can prove might be wrong, and what is wrong goes to the miner.
Source: Turnkey docs, "Bitcoin" networks page (which records each kind of input needs, what is not supported); BIP-174.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from counterseal.chains.bitcoin import psbt as records
from counterseal.chains.bitcoin.address import ScriptKind, kind_of_script
from counterseal.chains.bitcoin.psbt import CHAIN, InputMap, Psbt
from counterseal.chains.bitcoin.transaction import Output, read_output
from counterseal.chains.bitcoin.wire import WireReader
from counterseal.chains.refusal import NotUnderstood, unsupported_transaction
from counterseal.crypto.hashes import hash160

DEFAULT, ALL = 0, 1
"""The two ways in which outputs and inputs are all signed: without a byte behind a Taproot signature, and with one."""

_WITNESS_1, _WITNESS_16 = 0x51, 0x60  # OP_1, OP_16
_SEGWIT = (ScriptKind.P2WPKH, ScriptKind.P2WSH)


def read_coins(psbt: Psbt, *, witness_only: bool) -> tuple[Output, ...]:
    """The output that each input spends.

    ``witness_only``: whether inputs of SegWit version 0 may come without the transaction that they spend from, as the
    docs once said. Raises ``NotUnderstood``, and ``InvalidRequest`` (UNSUPPORTED_TRANSACTION_TYPE) for a wrapped one.
    """
    coins = tuple(_coin(psbt, number) for number in range(len(psbt.inputs)))
    for number, coin in enumerate(coins):
        _check_records(psbt, number, coin, witness_only)
        sighash_type(psbt.inputs[number], number, kind_of_script(coin.script))
    return coins


def sighash_type(record: InputMap, number: int, kind: ScriptKind) -> int:
    """``ALL`` or, for Taproot, ``DEFAULT``, which is meant when the PSBT does not say. Raises ``NotUnderstood``."""
    is_taproot = kind is ScriptKind.P2TR
    asked = record.value(records.SIGHASH_TYPE)
    if asked is None:
        return DEFAULT if is_taproot else ALL
    found = int.from_bytes(asked, "little")
    if len(asked) != 4 or found not in ((DEFAULT, ALL) if is_taproot else (ALL,)):
        expected = "0 (DEFAULT) or 1 (ALL)" if is_taproot else "1 (ALL)"
        raise NotUnderstood(f"input {number} asks for the signature hash type {asked.hex()}, expected {expected}")
    return found


def _coin(psbt: Psbt, number: int) -> Output:
    """From the whole transaction, from the output alone, or from both if they agree."""
    spent, previous, told = psbt.transaction.inputs[number], psbt.previous[number], _told(psbt.inputs[number], number)
    if previous is None:
        if told is None:
            raise NotUnderstood(f"input {number} has nothing that says what it spends")
        return told
    if previous.id != spent.transaction_id:
        found, expected = previous.id[::-1].hex(), spent.transaction_id[::-1].hex()
        raise NotUnderstood(f"input {number} has the transaction {found} beside it, expected {expected}")
    if spent.output_number >= len(previous.outputs):
        count = len(previous.outputs)
        raise NotUnderstood(f"input {number} spends output {spent.output_number} of a transaction that has {count}")
    coin = previous.outputs[spent.output_number]
    if told is not None and told != coin:
        raise NotUnderstood(f"input {number} has a witness UTXO that is not the output it spends")
    return coin


def _told(record: InputMap, number: int) -> Output | None:
    value = record.value(records.WITNESS_UTXO)
    if value is None:
        return None
    what = f"the witness UTXO of input {number}"
    reader = WireReader(value)
    told = read_output(reader, what)
    reader.finish(what)
    return told


def _check_records(psbt: Psbt, number: int, coin: Output, witness_only: bool) -> None:
    """What the kind of input needs, and what it must not have."""
    record, kind = psbt.inputs[number], kind_of_script(coin.script)
    told = record.value(records.WITNESS_UTXO) is not None
    if _is_later_witness(coin.script):
        raise unsupported_transaction(CHAIN, f"input {number} has a witness of a later version, expected 0 or 1")
    if kind is ScriptKind.P2TR or kind in _SEGWIT:
        if not told:
            raise NotUnderstood(f"input {number} is {kind} and has no witness UTXO, expected one")
        if kind in _SEGWIT and psbt.previous[number] is None and not witness_only:
            raise NotUnderstood(f"input {number} is {kind} and has no non-witness UTXO, expected one beside the other")
    elif kind is ScriptKind.P2SH and _is_wrapped(record):
        raise unsupported_transaction(CHAIN, f"input {number} is SegWit wrapped in P2SH, expected it bare")
    elif psbt.previous[number] is None or told:
        name = kind or "not SegWit"
        raise NotUnderstood(f"input {number} is {name}, expected a non-witness UTXO and no witness UTXO")
    is_final = records.FINAL_SCRIPT_SIG in record.records or records.FINAL_SCRIPT_WITNESS in record.records
    if is_final:
        return
    if kind is ScriptKind.P2SH and not _is_script_of(record.value(records.REDEEM_SCRIPT), hash160, coin.script[2:22]):
        raise NotUnderstood(f"input {number} is P2SH, expected the redeem script of its address")
    if kind is ScriptKind.P2WSH and not _is_script_of(record.value(records.WITNESS_SCRIPT), _sha256, coin.script[2:]):
        raise NotUnderstood(f"input {number} is P2WSH, expected the witness script of its address")


def _is_wrapped(record: InputMap) -> bool:
    """A P2SH input that is spent by a witness."""
    script = record.value(records.REDEEM_SCRIPT)
    is_program = script is not None and kind_of_script(script) in _SEGWIT
    return is_program or records.FINAL_SCRIPT_WITNESS in record.records


def _is_script_of(script: bytes | None, hashed: Callable[[bytes], bytes], expected: bytes) -> bool:
    return script is not None and hashed(script) == expected


def _sha256(script: bytes) -> bytes:
    return sha256(script).digest()


def _is_later_witness(script: bytes) -> bool:
    """A witness program (BIP-141) of a version that has no rules yet, or of a length that its version has not."""
    is_program = (
        4 <= len(script) <= 42 and (script[0] == 0 or 0x51 <= script[0] <= 0x60) and script[1] == len(script) - 2
    )
    return is_program and kind_of_script(script) is ScriptKind.OTHER
