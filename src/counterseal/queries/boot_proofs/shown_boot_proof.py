"""A boot proof as the wire shows it."""

from __future__ import annotations

from typing import Any

from counterseal.proofs.boot import BootProof
from counterseal.store import StoredBootProof

APP_NAMES = ("policy-engine", "signer")
"""The apps of this server that sign proofs, which are one process with one key."""


def shown_boot_proof(stored: StoredBootProof, app: str) -> dict[str, Any]:
    """The wire's answer, of the app of this name."""
    proof = BootProof(
        document=stored.document, manifest=stored.manifest, envelope=stored.envelope, created_ms=stored.created_ms
    )
    return {"bootProof": proof.object(app)}
