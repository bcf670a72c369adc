"""Why a PSBT is refused, and what is kept of one that is signed."""

from __future__ import annotations

from hashlib import sha256

import pytest

from bitcoin_samples import (
    KEY,
    OTHER,
    OTHER_KEY,
    P2PKH,
    P2SH,
    P2TR,
    P2WPKH,
    SECRET,
    VALUE,
    of_script,
    outpoint,
    output,
    previous,
    proven,
    psbt,
    record,
    several,
    spending,
    transaction,
)
from counterseal.chains.bitcoin import PSBT_BYTES_MAX, inputs_to_sign, parse_transaction, signed_psbt
from counterseal.chains.bitcoin.address import ScriptKind
from counterseal.chains.bitcoin.psbt import INPUTS_MAX, OUTPUTS_MAX, UNSIGNED_BYTES_MAX
from counterseal.chains.bitcoin.wire import PARTS_MAX
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.hashes import hash160
from counterseal.crypto.signing import sign

WITNESS_SCRIPT = b"\x51"
P2WSH = b"\x00\x20" + sha256(WITNESS_SCRIPT).digest()
BARE_P2SH = b"\xa9\x14" + hash160(WITNESS_SCRIPT) + b"\x87"
SPENT = previous(P2WPKH)
UNSIGNED = transaction([spending(outpoint(SPENT))], [output(OTHER, VALUE - 1000)])


def refused(raw: bytes, code: str = "INVALID_TRANSACTION") -> str:
    with pytest.raises(InvalidRequest) as refusal:
        parse_transaction(raw)
    assert (refusal.value.code, refusal.value.details, refusal.value.details_given) == (code, [], True)
    start = "failed to pre-parse Bitcoin transaction: "
    assert refusal.value.message.startswith(start)
    return refusal.value.message.removeprefix(start)


def signed(raw: bytes) -> bytes:
    understood = parse_transaction(raw)
    to_sign = inputs_to_sign(understood, public_key=KEY)
    made = {each.number: (each, sign(each.scheme, SECRET, each.digest, aux_randomness=bytes(32))) for each in to_sign}
    return signed_psbt(understood, public_key=KEY, signatures=made)


@pytest.mark.parametrize("script", [P2PKH, P2WPKH, P2TR])
def test_sound_ones_are_read_and_no_part_of_one_is_one(script: bytes) -> None:
    raw = of_script(script)
    assert parse_transaction(raw).fee == 1000
    for size in range(len(raw)):
        refused(raw[:size])
    assert refused(raw + b"\x00") == f"1 bytes behind the end of the PSBT, at byte {len(raw)}, expected none"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the mark of a PSBT at byte 0 needs 5 bytes, and 0 are left"),
        (UNSIGNED, "it does not begin with the mark of a PSBT, expected 70736274ff"),
        (b"psbt\xff\x00", "the global map has no unsigned transaction, expected one"),
        (b"psbt\xff\xfd\x01\x00", "a key of the global map at byte 5 has more bytes than it needs"),
        (
            psbt(UNSIGNED, proven(P2WPKH), more=(record(b"\x00", UNSIGNED),)),
            "a key of the global map at byte 90 is there twice, expected each once",
        ),
        (
            of_script(P2TR, record(b"\x01", output(P2TR))),
            "a key of input 0 at byte 137 is there twice, expected each once",
        ),
        (of_script(P2TR, record(b"\x13\x00", b"")), "a key of input 0 at byte 137 has 2 bytes, expected 1"),
        (
            psbt(transaction([], [output(OTHER)] * 2)),
            "the transaction at byte 8 has 0 inputs and 2 outputs, expected at least one of each",
        ),
        (
            psbt(transaction([spending(outpoint(SPENT))], []), proven(P2WPKH), outputs=0),
            "the transaction at byte 8 has 1 inputs and 0 outputs, expected at least one of each",
        ),
        (
            psbt(transaction([spending(outpoint(SPENT), b"\x51")], [output(OTHER)]), proven(P2WPKH)),
            "the transaction at byte 8 has scripts or witnesses, expected none yet",
        ),
        (
            psbt(transaction([spending(outpoint(SPENT))] * 2, [output(OTHER)]), *[proven(P2WPKH)] * 2),
            "the transaction at byte 8 spends an output twice, expected each once",
        ),
        (
            psbt(transaction([spending(outpoint(SPENT))], [output(OTHER, 2**63)]), proven(P2WPKH)),
            "an output's value of the transaction at byte 55 is 9223372036854775808, expected at most 2100000000000000",
        ),
        (
            psbt(transaction([spending(outpoint(SPENT))], [output(OTHER, VALUE + 1)]), proven(P2WPKH)),
            "outputs of 100001 satoshis from inputs of 100000, expected no more than those",
        ),
        (psbt(UNSIGNED, []), "input 0 has nothing that says what it spends"),
        (
            psbt(transaction([spending(outpoint(SPENT, 2))], [output(OTHER)]), proven(P2WPKH)),
            "input 0 spends output 2 of a transaction that has 2",
        ),
        (psbt(UNSIGNED, [proven(P2WPKH)[0]]), "input 0 is P2WPKH and has no witness UTXO, expected one"),
        (
            psbt(UNSIGNED, [proven(P2WPKH)[0], record(b"\x01", output(P2WPKH) + b"\x00")]),
            "1 bytes behind the end of the witness UTXO of input 0, at byte 31, expected none",
        ),
        (
            of_script(P2PKH, record(b"\x01", output(P2PKH))),
            "input 0 is P2PKH, expected a non-witness UTXO and no witness UTXO",
        ),
        (
            of_script(b"\x51", record(b"\x01", output(b"\x51"))),
            "input 0 is not SegWit, expected a non-witness UTXO and no witness UTXO",
        ),
        (of_script(BARE_P2SH), "input 0 is P2SH, expected the redeem script of its address"),
        (of_script(BARE_P2SH, record(b"\x04", b"\x52")), "input 0 is P2SH, expected the redeem script of its address"),
        (of_script(P2WSH), "input 0 is P2WSH, expected the witness script of its address"),
        (of_script(P2WSH, record(b"\x05", b"\x52")), "input 0 is P2WSH, expected the witness script of its address"),
        (
            of_script(P2WPKH, record(b"\x03", b"\x02\x00\x00\x00")),
            "input 0 asks for the signature hash type 02000000, expected 1 (ALL)",
        ),
        (
            of_script(P2WPKH, record(b"\x03", bytes(4))),
            "input 0 asks for the signature hash type 00000000, expected 1 (ALL)",
        ),
        (
            of_script(P2TR, record(b"\x03", b"\x81\x00\x00\x00")),
            "input 0 asks for the signature hash type 81000000, expected 0 (DEFAULT) or 1 (ALL)",
        ),
        (
            of_script(P2PKH, record(b"\x03", b"\x01")),
            "input 0 asks for the signature hash type 01, expected 1 (ALL)",
        ),
    ],
)
def test_what_is_not_understood_is_named(raw: bytes, reason: str) -> None:
    assert refused(raw) == reason


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (
            psbt(UNSIGNED, proven(P2WPKH), more=(record(b"\xfb", b"\x02\x00\x00\x00"),)),
            "a PSBT of version 2, expected version 0",
        ),
        (b"psbt\xff" + record(b"\x02", b"\x02\x00\x00\x00") + b"\x00", "a PSBT of version 2, expected version 0"),
        (of_script(P2TR, record(b"\x0e", bytes(32))), "a record of a PSBT of version 2 at byte 137, expected 0"),
        (of_script(P2SH, record(b"\x04", P2WPKH)), "input 0 is SegWit wrapped in P2SH, expected it bare"),
        (of_script(P2SH, record(b"\x08", b"\x00")), "input 0 is SegWit wrapped in P2SH, expected it bare"),
        (of_script(b"\x52\x20" + bytes(32)), "input 0 has a witness of a later version, expected 0 or 1"),
    ],
)
def test_what_is_known_and_not_signed_is_unsupported(raw: bytes, reason: str) -> None:
    assert refused(raw, "UNSUPPORTED_TRANSACTION_TYPE") == reason


def test_a_version_of_zero_may_be_written() -> None:
    parse_transaction(psbt(UNSIGNED, proven(P2WPKH), more=(record(b"\xfb", bytes(4)),)))


def test_scripts_of_others_are_taken_when_they_fit_or_are_final() -> None:
    parse_transaction(of_script(BARE_P2SH, record(b"\x04", WITNESS_SCRIPT)))
    parse_transaction(of_script(P2WSH, record(b"\x05", WITNESS_SCRIPT)))
    parse_transaction(of_script(BARE_P2SH, record(b"\x07", b"\x01\x51")))
    parse_transaction(of_script(P2WSH, record(b"\x08", b"\x01\x01\x51")))


def test_sizes_have_bounds() -> None:
    assert f"expected at most {PSBT_BYTES_MAX}" in refused(bytes(PSBT_BYTES_MAX + 1))
    long = transaction([spending(outpoint(SPENT))], [output(bytes(UNSIGNED_BYTES_MAX))])
    assert f"expected at most {UNSIGNED_BYTES_MAX}" in refused(psbt(long, proven(P2WPKH)))
    inputs = [spending(number.to_bytes(36, "little")) for number in range(INPUTS_MAX + 1)]
    outputs = [output(OTHER)] * (OUTPUTS_MAX + 1)
    assert f"501 outputs, expected at most {OUTPUTS_MAX}" in refused(psbt(transaction(inputs[:1], outputs)))
    assert f"201 inputs, expected at most {INPUTS_MAX}" in refused(psbt(transaction(inputs, [output(OTHER)])))
    many = transaction([spending(bytes(36))], [output(b"")] * PARTS_MAX)
    assert f"expected at most {PARTS_MAX} parts in all" in refused(psbt(UNSIGNED, [record(b"\x00", many)]))


def test_parts_are_counted_over_all_of_a_psbt() -> None:
    records = [record(b"\xfc" + number.to_bytes(2, "little"), b"") for number in range(PARTS_MAX)]
    assert "too many records of input 0" in refused(psbt(UNSIGNED, [*proven(P2WPKH), *records]))


@pytest.mark.parametrize("script", [P2PKH, P2WPKH, P2TR])
def test_all_that_was_there_is_kept_in_its_place(script: bytes) -> None:
    unknown = record(b"\xfc\x01ab", b"proprietary") + record(b"\xee", b"")
    raw = of_script(script, unknown, record(b"\x02" + OTHER_KEY, b"theirs"))
    done = signed(raw)
    key = b"\x13" if script == P2TR else b"\x02" + KEY
    at = len(raw) - 2
    assert done[:at] == raw[:at]
    assert done[at + 1 :].startswith(key)
    assert done.endswith(raw[at:])
    assert parse_transaction(done).fee == 1000


def test_a_signature_of_ones_own_is_replaced_where_it_stands() -> None:
    before = of_script(P2WPKH, record(b"\x02" + KEY, b"old"), record(b"\xee", b"behind"))
    done = signed(before)
    assert b"old" not in done
    assert done.count(KEY) == 1
    assert done.endswith(record(b"\xee", b"behind") + b"\x00\x00")
    assert signed(done) == done


def test_taproot_by_all_has_its_type_behind_the_signature() -> None:
    for types, size in (([], 64), ([record(b"\x03", b"\x01\x00\x00\x00")], 65)):
        done = signed(of_script(P2TR, *types))
        assert done[-2 - size - 3 : -2 - size] == b"\x01\x13" + bytes([size])
    assert done[-3] == 1


def test_final_inputs_are_left_alone() -> None:
    with pytest.raises(InvalidRequest, match="no input of it is the signer's to sign"):
        signed(of_script(P2WPKH, record(b"\x08", b"\x00")))


def test_taproot_scripts_are_not_signed_for() -> None:
    for key in (b"\x14" + bytes(64), b"\x15" + bytes(33), b"\x18"):
        with pytest.raises(InvalidRequest, match="input 0 has Taproot scripts") as refusal:
            signed(of_script(P2TR, record(key, bytes(32))))
        assert refusal.value.code == "UNSUPPORTED_TRANSACTION_TYPE"


def test_only_scripts_of_the_kinds_asked_for_are_signed() -> None:
    understood = parse_transaction(of_script(P2WPKH))
    assert len(inputs_to_sign(understood, public_key=KEY, kinds=[ScriptKind.P2WPKH])) == 1
    for kinds in ([ScriptKind.P2TR], [ScriptKind.P2PKH], [ScriptKind.P2SH, ScriptKind.P2WSH, ScriptKind.OTHER], []):
        with pytest.raises(InvalidRequest, match="no input of it is the signer's to sign"):
            inputs_to_sign(understood, public_key=KEY, kinds=kinds)


def test_previous_transactions_may_have_witnesses() -> None:
    body = several(spending(bytes(36))) + several(output(OTHER, 5), output(P2PKH))
    spent = b"\x02\x00\x00\x00" + b"\x00\x01" + body + several(b"\x02ab") + bytes(4)
    plain = b"\x02\x00\x00\x00" + body + bytes(4)
    unsigned = transaction([spending(outpoint(plain))], [output(OTHER)])
    assert parse_transaction(psbt(unsigned, [record(b"\x00", spent)])).fee == 0
