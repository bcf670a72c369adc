"""The ledger's formats to the byte: this project's published example, and samples of the specifications."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterseal.ledger import (
    Checkpoint,
    Note,
    NotProven,
    ProofFile,
    Tile,
    VerifierKey,
    check_consistency,
    check_inclusion,
    leaf_hash,
    trust,
)
from counterseal.ledger.notes import Signature
from counterseal.ledger.tiles import tiles_of
from logs import LOG, ORIGIN, WITNESS, Log

VECTORS = json.loads((Path(__file__).parent / "data" / "ledger.json").read_text("utf-8"))
ENTRIES = [entry.encode() for entry in VECTORS["entries"]]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
ROOT = bytes.fromhex(VECTORS["root"])
NOTE = "".join(f"{line}\n" for line in VECTORS["checkpoint"]).encode()
WITNESSED_S = 0x6AB13BBC


def test_hashes_and_proofs() -> None:
    for found, expected in zip(LEAVES, VECTORS["leaf_hashes"], strict=True):
        start, _, end = expected.partition("…")
        assert found.hex().startswith(start)
        assert found.hex().endswith(end)
    log = Log(ENTRIES)
    assert log.tree().root() == ROOT
    assert log.tree().inclusion_proof(1) == [LEAVES[0], LEAVES[2]]
    check_inclusion(LEAVES[1], index=1, size=3, proof=[LEAVES[0], LEAVES[2]], root=ROOT)
    assert log.tree().consistency_proof(2) == [LEAVES[2]]
    check_consistency(
        old_size=2, old_root=log.tree(2).root(), new_size=3, new_root=ROOT, proof=log.tree().consistency_proof(2)
    )


def test_the_checkpoint_is_signed_to_the_byte() -> None:
    assert LOG.key.text == VECTORS["log_key"]
    made = Checkpoint(ORIGIN, 3, ROOT).note.signed(LOG).signed(WITNESS, time_s=WITNESSED_S)
    assert made.content == NOTE


def test_the_checkpoint_is_believed() -> None:
    believed = trust([VECTORS["log_key"]], [WITNESS.key.text], quorum=1)
    assert believed.checkpoint_of(Note.of(NOTE)) == Checkpoint(ORIGIN, 3, ROOT)
    assert Note.of(NOTE).check([WITNESS.key]) == {WITNESS.key: WITNESSED_S}


def test_a_proof_file_is_whole_by_itself() -> None:
    log = Log(ENTRIES)
    proof = ProofFile(1, tuple(log.tree().inclusion_proof(1)), Note.of(NOTE))
    assert ProofFile.of(proof.content) == proof
    assert proof.check(ENTRIES[1], trust([VECTORS["log_key"]])).size == 3
    with pytest.raises(NotProven):
        proof.check(ENTRIES[0], trust([VECTORS["log_key"]]))


@pytest.mark.parametrize("sample", VECTORS["others"], ids=lambda sample: sample["source"])
def test_a_note_of_others_is_read(sample: dict[str, str | list[str]]) -> None:
    text = "".join(f"{line}\n" for line in sample["text"])
    note = Note.of(f"{text}\n{sample['signature']}\n".encode())
    assert note.text == text
    assert note.signatures == (Signature.of_line(str(sample["signature"])),)
    assert len(note.signatures[0].content) == 64


def test_paths_of_tiles() -> None:
    for index, path in VECTORS["paths"].items():
        assert Tile(0, int(index)).path == path
        assert Tile.of_path(path) == Tile(0, int(index))
    assert Tile(None, 7, 3).path == "tile/entries/007.p/3"


def test_tiles_of_seventy_thousand_entries() -> None:
    """The example of tlog-tiles."""
    expected = VECTORS["tiles_of_70000"]
    tiles = tiles_of(70_000)
    assert [[each.level, each.width] for each in tiles if each.width < 256] == expected["partial"]
    assert len([each for each in tiles if each.level == 0]) == expected["full at level 0"] + 1
    assert len([each for each in tiles if each.level == 1]) == expected["full at level 1"] + 1


def test_a_verifier_key_has_one_text() -> None:
    assert VerifierKey.of_text(VECTORS["log_key"]) == LOG.key
