"""Why a Solana transaction is refused, byte by byte, and what is read of one."""

from __future__ import annotations

import pytest

from counterseal.chains.solana import message_to_sign, parse_transaction, signed_transaction
from counterseal.chains.solana.message import KEYS_MAX
from counterseal.chains.solana.transaction import TRANSACTION_BYTES_MAX, V1_BYTES_MAX
from counterseal.chains.solana.version_1 import V1_INSTRUCTIONS_MAX, V1_KEYS_MAX, V1_SIGNATURES_MAX
from counterseal.contract.errors import InvalidRequest

A, B, SYSTEM, TABLE, HASH = b"a" * 32, b"b" * 32, bytes(32), b"t" * 32, b"h" * 32
TRANSFER = b"\x02\x00\x00\x00" + (100).to_bytes(8, "little")


def counted(*parts: bytes) -> bytes:
    assert len(parts) < 128
    return bytes((len(parts),)) + b"".join(parts)


def instruction(program: int, accounts: bytes, data: bytes) -> bytes:
    return bytes((program, len(accounts))) + accounts + bytes((len(data),)) + data


def legacy(
    *instructions: bytes, header: bytes = b"\x01\x00\x01", keys: tuple[bytes, ...] = (A, B, SYSTEM), slots: int = 1
) -> bytes:
    return counted(*[bytes(64)] * slots) + header + counted(*keys) + HASH + counted(*instructions)


def version_0(*lookups: bytes, instructions: tuple[bytes, ...] = (), version: bytes = b"\x80") -> bytes:
    message = b"\x01\x00\x01" + counted(A, SYSTEM) + HASH + counted(*instructions)
    return counted(bytes(64)) + version + message + counted(*lookups)


def lookup(writable: bytes, readonly: bytes = b"") -> bytes:
    return TABLE + counted(*(bytes((each,)) for each in writable)) + counted(*(bytes((each,)) for each in readonly))


def version_1(
    *,
    header: bytes = b"\x01\x00\x01",
    mask: int = 0,
    config: bytes = b"",
    keys: tuple[bytes, ...] = (A, B, SYSTEM),
    heads: bytes = b"\x02\x02\x0c\x00",
    payloads: bytes = b"\x00\x01" + TRANSFER,
    slots: int = 1,
) -> bytes:
    fixed = b"\x81" + header + mask.to_bytes(4, "little") + HASH + bytes((len(heads) // 4, len(keys)))
    return fixed + b"".join(keys) + config + heads + payloads + bytes(64) * slots


SOUND = legacy(instruction(2, b"\x00\x01", TRANSFER))


def refused(raw: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidRequest) as refusal:
        parse_transaction(raw)
    text = refusal.value.message
    assert text.startswith("failed to pre-parse Solana transaction: ")
    assert (refusal.value.grpc, refusal.value.details, refusal.value.details_given) == (3, [], True)
    return text.removeprefix("failed to pre-parse Solana transaction: "), refusal.value.code


def test_sound_ones_are_read() -> None:
    for raw in (SOUND, version_0(), version_0(lookup(b"\x00")), version_1()):
        parse_transaction(raw)


@pytest.mark.parametrize("raw", [SOUND, version_0(lookup(b"\x00\x07", b"\x05")), version_1(mask=4, config=bytes(4))])
def test_no_part_of_one_is_one(raw: bytes) -> None:
    for size in range(len(raw)):
        refused(raw[:size])
    assert refused(raw + b"\0")[0] == f"1 bytes behind the end, at byte {len(raw)}, expected none"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "the number of signatures at byte 0 needs 1 bytes, and 0 are left"),
        (b"\x01\x00", "1 signatures at byte 1 needs 64 bytes, and 1 are left"),
        (b"\x81\x80", "the header at byte 1 needs 3 bytes, and 1 are left"),
        (b"\x82\x00", "the number of signatures at byte 0 has more bytes than it needs"),
        (b"\xff\xff\x04", "the number of signatures at byte 0 is beyond 65535"),
        (b"\xff\xff\xff\x01", "the number of signatures at byte 0 is beyond 65535"),
        (legacy(header=b"\x00\x00\x01", slots=0), "no signers at byte 1, expected at least one, who pays the fee"),
        (legacy(header=b"\x01\x01\x01"), "no signer at byte 65 is writable, expected one, who pays the fee"),
        (legacy(slots=2), "2 slots for signatures at byte 0, expected 1 by byte 129"),
        (legacy(header=b"\x01\x00\x03"), "3 keys at byte 69, expected at least as many as the header says of them"),
        (legacy(keys=(A, A, SYSTEM)), "a key is there twice behind byte 69, expected each once"),
        (
            legacy(instruction(0, b"", b"")),
            "the program of instruction 0 behind byte 197 is key 0, expected one of 1 to 2",
        ),
        (
            legacy(instruction(3, b"", b"")),
            "the program of instruction 0 behind byte 197 is key 3, expected one of 1 to 2",
        ),
        (
            legacy(instruction(2, b"\x00\x03", b"")),
            "an account of instruction 0 behind byte 197 is key 3 of 3 from 0 on",
        ),
        (
            version_0(lookup(b"\x00"), instructions=(instruction(2, b"", b""),)),
            "the program of instruction 0 behind byte 166 is in a look-up table, expected it among the keys",
        ),
        (version_0(lookup(b"")), "look-up table 0 at byte 168 has no indexes, expected at least one"),
        (version_0(version=b"\x81"), "a message of version 1 at byte 65, behind signatures, expected it before them"),
        (version_1(mask=1), "the mask at byte 4 is 0x1, expected bits 0 and 1, which go together, and 2 to 4"),
        (version_1(mask=0x20), "the mask at byte 4 is 0x20, expected bits 0 and 1, which go together, and 2 to 4"),
        (version_1(header=b"\x0d\x00\x01"), "13 signers before byte 42, expected at most 12"),
    ],
)
def test_what_is_not_understood_is_named(raw: bytes, reason: str) -> None:
    assert refused(raw) == (reason, "INVALID_TRANSACTION")


def test_unknown_versions_are_unsupported() -> None:
    for version in range(0x82, 0x100):
        expected = f"version {version - 0x80} at byte 65, expected 0 or 1"
        assert refused(version_0(version=bytes((version,)))) == (expected, "UNSUPPORTED_TRANSACTION_TYPE")


def test_sizes_have_bounds() -> None:
    assert "expected at most 1232" in refused(SOUND + bytes(TRANSACTION_BYTES_MAX))[0]
    assert "expected at most 4096" in refused(version_1() + bytes(V1_BYTES_MAX))[0]
    many = bytes(range(100))
    over = version_0(*(lookup(many) for _ in range(3)))
    assert refused(over)[0] == f"302 keys with those of tables, expected at most {KEYS_MAX}"


def test_version_1_has_bounds_of_its_own() -> None:
    def several(count: int) -> tuple[bytes, ...]:
        return tuple(bytes((number,)) * 32 for number in range(count))

    most = {"keys": several(V1_KEYS_MAX), "header": bytes((V1_SIGNATURES_MAX, 0, 0)), "slots": V1_SIGNATURES_MAX}
    heads = b"\x01\x00\x00\x00" * V1_INSTRUCTIONS_MAX
    assert len(parse_transaction(version_1(**most, heads=heads, payloads=b"")).message.keys) == V1_KEYS_MAX
    assert "65 keys" in refused(version_1(keys=several(65)))[0]
    assert "65 instructions" in refused(version_1(heads=heads + b"\x01\x00\x00\x00"))[0]


def test_signatures_of_others_are_kept() -> None:
    raw = legacy(instruction(2, b"\x00\x01", TRANSFER), header=b"\x02\x00\x01", slots=2)
    theirs = b"\x07" * 64
    raw = raw[:1] + theirs + raw[65:]
    transaction = parse_transaction(raw)
    assert message_to_sign(transaction, public_key=B) == raw[129:]
    signed = signed_transaction(transaction, public_key=B, signature=b"\x08" * 64)
    assert signed == raw[:1] + theirs + b"\x08" * 64 + raw[129:]
    assert signed_transaction(parse_transaction(signed), public_key=B, signature=b"\x08" * 64) == signed


def test_who_is_no_signer_signs_nothing() -> None:
    transaction = parse_transaction(SOUND)
    for stranger in (B, SYSTEM, HASH):
        with pytest.raises(InvalidRequest, match="is not required by this transaction as a signer, expected 7Z8f"):
            message_to_sign(transaction, public_key=stranger)
        with pytest.raises(InvalidRequest):
            signed_transaction(transaction, public_key=stranger, signature=bytes(64))
