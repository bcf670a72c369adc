"""Who attests a start: this deployment's own root, or hardware of which it says more than that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Attester(Protocol):
    """Signs attestation documents under ``certificate``, a root in DER, whose deployment has the id."""

    certificate: bytes
    deployment_id: str

    def attest(self, *, registers: Mapping[int, bytes], manifest_hash: bytes, proof_key: bytes, now_ms: int) -> bytes:
        """The document of a start: see ``attestation_document``. ``registers`` are all of them."""
        ...
