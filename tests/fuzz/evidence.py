"""Fuzzing of what an auditor or a witness reads: notes, checkpoints, proofs, tiles. What is read has one spelling."""

from __future__ import annotations

import contextlib
from http import HTTPStatus

from attested import NOW_MS, Start
from counterseal.ledger import (
    AddCheckpoint,
    Checkpoint,
    Disclosed,
    Leaf,
    LedgerError,
    Note,
    ProofFile,
    Tile,
    VerifierKey,
    bundle,
    canonical,
    commitment,
    disclosed_by,
    entries_of,
    judged,
    trust,
)
from counterseal.proofs.boot.certificates import check_chain
from counterseal.proofs.boot.document import check_signature, read_document
from logs import LOG, ORIGIN, WITNESS, Log


def signed_note(data: bytes) -> None:
    """A note and a checkpoint, written as they were read."""
    note = Note.of(data)
    assert note.content == data
    assert Checkpoint.of(note.text).text == note.text


def verifier_key(data: bytes) -> None:
    """A key has one text."""
    text = data.decode("utf-8", "replace")
    assert VerifierKey.of_text(text).text == text


def proof_file(data: bytes) -> None:
    """A file is written as it was read, and only the entry of the log is proven by one."""
    proof = ProofFile.of(data)
    assert proof.content == data
    assert disclosed_by(proof, _TRUST) == _SHOWN


def log_leaf(data: bytes) -> None:
    """A leaf has one text."""
    assert Leaf.of(data).entry == data


def tile_path(data: bytes) -> None:
    """A tile has one path."""
    path = data.decode("utf-8", "replace")
    assert Tile.of_path(path).path == path


def entry_bundle(data: bytes) -> None:
    """Entries are bundled as they were."""
    assert bundle(entries_of(data)) == data


def add_checkpoint(data: bytes) -> None:
    """A witness answers whatever it is sent, and keeps no checkpoint but the log's."""
    answer = judged(
        data, log_keys={ORIGIN: frozenset({LOG.key})}, kept=lambda origin: None, signer=WITNESS, now_s=1_790_000_000
    )
    assert (answer.status == HTTPStatus.OK) == (answer.keep is not None)
    assert answer.keep in (None, Checkpoint.of(_LOG.checkpoint().text))
    assert AddCheckpoint.of(data).content == data


def boot_document(data: bytes) -> None:
    """A document is as it was made, or it is not signed."""
    attested, payload, signature = read_document(data)
    assert attested.proof_key
    with contextlib.suppress(LedgerError):
        key = check_chain(attested.certificate, root=_START.root, at_ms=NOW_MS)
        check_signature(payload, signature, key)
        assert attested == _START.attested


_START = Start()
_RECORD, _SALT = {"kind": "ACTIVITY"}, bytes(32)
_LEAF = Leaf(1_790_000_000_000, 0, "ACTIVITY", commitment(_SALT, _RECORD))
_LOG = Log([_LEAF.entry, b"another"])
_SHOWN = Disclosed(_LEAF, _SALT, canonical(_RECORD))
_PROOF = ProofFile(0, tuple(_LOG.tree().inclusion_proof(0)), _LOG.checkpoint(), _SHOWN.extra)
_TRUST = trust([LOG.key.text])

SEEDS = {
    "signed_note": _LOG.checkpoint().content,
    "verifier_key": LOG.key.text.encode(),
    "proof_file": _PROOF.content,
    "log_leaf": _LEAF.entry,
    "tile_path": b"tile/entries/x001/x234/067.p/8",
    "entry_bundle": bundle([b"one", b""]),
    "boot_document": _START.boot_proof().document,
    "add_checkpoint": AddCheckpoint(0, (), _LOG.checkpoint()).content,
}
"""One sound input a target, by its name."""

TARGETS = (signed_note, verifier_key, proof_file, log_leaf, tile_path, entry_bundle, add_checkpoint, boot_document)
