"""What vouches for the keys of app proofs, a row a start of a process. Whoever is a member anywhere may read it."""

from __future__ import annotations

from counterseal.store.records import StoredBootProof
from counterseal.store.sql import tables
from counterseal.store.sql.query import Insert, Query, Read, Rows

_COLUMNS = ", ".join(name for name, _ in tables.BOOT_PROOFS.columns)


def read_boot_proof(proof_key: bytes) -> Read[StoredBootProof | None]:
    """That of this key."""
    rows = yield Query(f"SELECT {_COLUMNS} FROM boot_proofs WHERE proof_key = ?", (proof_key,))
    return _one_of(rows)


def read_latest_boot_proof() -> Read[StoredBootProof | None]:
    """The newest; of two of one millisecond, either."""
    newest = "SELECT max(created_ms) FROM boot_proofs"
    rows = yield Query(f"SELECT {_COLUMNS} FROM boot_proofs WHERE created_ms = ({newest}) LIMIT 1")
    return _one_of(rows)


def add(proof: StoredBootProof) -> list[Insert]:
    """What adds one."""
    row = (proof.proof_key, proof.created_ms, proof.document, proof.manifest, proof.envelope)
    return tables.BOOT_PROOFS.insert([row])


def _one_of(rows: Rows) -> StoredBootProof | None:
    if not rows:
        return None
    proof_key, created_ms, document, manifest, envelope = rows[0]
    return StoredBootProof(
        proof_key=proof_key, created_ms=created_ms, document=document, manifest=manifest, envelope=envelope
    )
