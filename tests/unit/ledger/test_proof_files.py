"""Blind leaves and proof files: what they prove, and every way in which one is forged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from counterseal.ledger import (
    Disclosed,
    Leaf,
    LedgerError,
    Malformed,
    NotProven,
    ProofFile,
    canonical,
    commitment,
    disclosed_by,
    trust,
)
from logs import LOG, WITNESS, Log

RECORDS = [{"kind": "ACTIVITY", "activityId": f"a-{number}", "note": "é"} for number in range(5)]
SALTS = [bytes((number,)) * 32 for number in range(5)]
LEAVES = [
    Leaf(1_790_000_000_000 + at, at, "ACTIVITY", commitment(salt, record))
    for at, (salt, record) in enumerate(zip(SALTS, RECORDS, strict=True))
]
ENTRIES = Log([leaf.entry for leaf in LEAVES])
TRUST = trust([LOG.key.text], [WITNESS.key.text], quorum=1)
CHECKPOINT = ENTRIES.checkpoint().signed(WITNESS, time_s=1_790_000_000)
SHOWN = Disclosed(LEAVES[3], SALTS[3], canonical(RECORDS[3]))
PROOF = ProofFile(3, tuple(ENTRIES.tree().inclusion_proof(3)), CHECKPOINT, SHOWN.extra)


def test_a_file_proves_its_record() -> None:
    assert disclosed_by(ProofFile.of(PROOF.content), TRUST) == SHOWN


def test_the_leaf_is_the_canonical_text() -> None:
    expected = f'{{"at":"1790000000003","c":"{LEAVES[3].commitment}","kind":"ACTIVITY","seq":"3","v":1}}'
    assert LEAVES[3].entry == expected.encode()
    assert Leaf.of(LEAVES[3].entry) == LEAVES[3]


def test_no_byte_of_a_file_may_change() -> None:
    """But in the signatures of strangers, of which there are none here."""
    content = PROOF.content
    for at in range(len(content)):
        changed = content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :]
        with pytest.raises(LedgerError):
            disclosed_by(ProofFile.of(changed), TRUST)


@pytest.mark.parametrize(
    "forged",
    [
        SHOWN._replace(record_text=canonical(RECORDS[2])),
        SHOWN._replace(salt=SALTS[2]),
        Disclosed(LEAVES[2], SALTS[2], canonical(RECORDS[2])),
        SHOWN._replace(leaf=replace(LEAVES[3], kind="DENIAL")),
        SHOWN._replace(leaf=replace(LEAVES[3], commitment=commitment(SALTS[3], "made up")), record_text=b'"made up"'),
    ],
    ids=["record", "salt", "another entry", "kind", "leaf"],
)
def test_what_the_log_does_not_say_is_not_proven(forged: Disclosed) -> None:
    with pytest.raises(NotProven):
        disclosed_by(replace(PROOF, extra=forged.extra), TRUST)


def test_the_place_is_part_of_what_is_proven() -> None:
    """An entry that was put into the log twice is not where its leaf says that it is."""
    twice = Log([LEAVES[0].entry, LEAVES[0].entry])
    proof = ProofFile(1, tuple(twice.tree().inclusion_proof(1)), twice.checkpoint())
    shown = Disclosed(LEAVES[0], SALTS[0], canonical(RECORDS[0]))
    with pytest.raises(Malformed):
        disclosed_by(replace(proof, extra=shown.extra), trust([LOG.key.text]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"c2sp.org/tlog-proof@v2\n",
        PROOF.content.replace(b"index 3", b"index 03"),
        PROOF.content.replace(b"index 3\n", b""),
        PROOF.content.replace(b"extra ", b"Extra "),
        PROOF.content.replace(b"index 3\n", b"index 3\nindex 3\n"),
        PROOF.content.replace(b"index 3\n", b"index 3\n" + b"A" * 43 + b"=\n" * 64),
        PROOF.content.replace(b"\n\n", b"\n", 1),
        PROOF.content[:-1],
    ],
)
def test_what_is_no_proof_file(content: bytes) -> None:
    with pytest.raises(Malformed):
        ProofFile.of(content)


@pytest.mark.parametrize("extra", [None, b"", b"[]", b"{}", b'"a"', b'{"leaf":1,"record":"","salt":""}', b"[" * 9999])
def test_what_discloses_nothing(extra: bytes | None) -> None:
    with pytest.raises(Malformed):
        Disclosed.of(extra)


ENTRY = LEAVES[0].entry


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        b"[]",
        ENTRY + b" ",
        ENTRY.replace(b'"v":1', b'"v":2'),
        ENTRY.replace(b'"v":1', b'"v":1,"w":1'),
        ENTRY.replace(b'"seq":"0"', b'"seq":0'),
        ENTRY.replace(b'"seq":"0"', b'"seq":"00"'),
        ENTRY.replace(b'"seq":"0"', b'"seq":"-1"'),
        ENTRY.replace(b'"at":"', b'"at":"+'),
        ENTRY.replace(b"ACTIVITY", b"activity"),
        ENTRY.replace(b"ACTIVITY", b"A" * 33),
        ENTRY.replace(b'"kind":"ACTIVITY"', b'"kind":7'),
        b'{"at":1e400}',
        b"[" * 500,
        b" " * 513,
    ],
)
def test_what_is_no_leaf(entry: bytes) -> None:
    with pytest.raises(Malformed):
        Leaf.of(entry)


def test_a_salt_has_32_bytes() -> None:
    with pytest.raises(Malformed):
        commitment(bytes(31), {})
