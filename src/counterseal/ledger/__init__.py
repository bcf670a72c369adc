"""A log that nobody can change unseen: its hashes, checkpoints, tiles and proofs, and how each is checked.

What an auditor needs: nothing here asks for a server, a database or a clock, and of packages only ``cryptography``.
RFC 9162 has the tree; C2SP has the formats (signed-note, tlog-checkpoint, tlog-tiles, tlog-proof, tlog-cosignature and
tlog-witness), so that tools for other logs work on this one.
"""

from counterseal.ledger.canonical import Json, canonical, digest
from counterseal.ledger.checkpoints import Checkpoint, Trust, trust
from counterseal.ledger.errors import LedgerError, Malformed, NotProven
from counterseal.ledger.hashing import check_consistency, check_inclusion, leaf_hash
from counterseal.ledger.keys import SignatureType, VerifierKey
from counterseal.ledger.leaves import Leaf, commitment
from counterseal.ledger.notes import Note, Signer
from counterseal.ledger.proof_files import Disclosed, ProofFile, disclosed_by
from counterseal.ledger.tiles import Tile, bundle, entries_of
from counterseal.ledger.tree import TiledTree
from counterseal.ledger.witnessing import AddCheckpoint, cosigned, judged

__all__ = [
    "AddCheckpoint",
    "Checkpoint",
    "Disclosed",
    "Json",
    "Leaf",
    "LedgerError",
    "Malformed",
    "NotProven",
    "Note",
    "ProofFile",
    "SignatureType",
    "Signer",
    "Tile",
    "TiledTree",
    "Trust",
    "VerifierKey",
    "bundle",
    "canonical",
    "check_consistency",
    "check_inclusion",
    "commitment",
    "cosigned",
    "digest",
    "disclosed_by",
    "entries_of",
    "judged",
    "leaf_hash",
    "trust",
]
