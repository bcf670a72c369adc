"""The hash functions that chains name and ``hashlib`` has not, or has not everywhere."""

from __future__ import annotations

from Crypto.Hash import keccak


def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum has it: the padding of the competition, not that of SHA-3 (FIPS 202)."""
    digest: bytes = keccak.new(digest_bits=256, data=data).digest()
    return digest
