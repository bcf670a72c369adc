"""Keccak-256 as Ethereum has it: the padding is that of the submission, not that of SHA-3 (FIPS 202)."""

from __future__ import annotations

from Crypto.Hash import keccak


def keccak256(data: bytes) -> bytes:
    """The 32 bytes of Keccak-256 of ``data``."""
    digest: bytes = keccak.new(digest_bits=256, data=data).digest()
    return digest
