"""The hash functions that chains name and ``hashlib`` has not, or has not everywhere."""

from __future__ import annotations

from hashlib import sha256

from Crypto.Hash import RIPEMD160, keccak


def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum has it: the padding of the competition, not that of SHA-3 (FIPS 202)."""
    digest: bytes = keccak.new(digest_bits=256, data=data).digest()
    return digest


def hash160(data: bytes) -> bytes:
    """RIPEMD-160 of SHA-256: 20 bytes (Bitcoin's ``OP_HASH160``).

    Not by ``hashlib``: OpenSSL 3 may be built, and Linux distributions may set it up, without RIPEMD-160.
    """
    digest: bytes = RIPEMD160.new(sha256(data).digest()).digest()
    return digest


def tagged_hash(tag: str, data: bytes) -> bytes:
    """SHA-256 with the tag's own SHA-256 twice in front (BIP-340)."""
    prefix = sha256(tag.encode()).digest()
    return sha256(prefix + prefix + data).digest()
