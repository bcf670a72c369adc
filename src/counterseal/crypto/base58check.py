"""Base58Check as credential bundles use it: Bitcoin's alphabet, no version byte, a four-byte checksum at the end.

The checksum is the start of SHA-256 applied twice (Turnkey ``@turnkey/crypto``; Bitcoin wiki: Base58Check encoding).
"""

from __future__ import annotations

from hashlib import sha256

from counterseal.crypto import base58
from counterseal.crypto.errors import InvalidEncoding

_CHECKSUM_SIZE = 4
# Reading a number of n digits takes time in n squared; a sealed secret is a few hundred characters.
TEXT_MAX = 8192


def encode(payload: bytes) -> str:
    """The text of ``payload`` and its checksum."""
    return base58.encode(payload + _checksum(payload))


def decode(text: str) -> bytes:
    """The payload, its checksum verified. Raises ``InvalidEncoding``."""
    if len(text) > TEXT_MAX:
        raise InvalidEncoding(f"base58check text is {len(text)} characters long, expected at most {TEXT_MAX}")
    data = base58.decode(text)
    if len(data) < _CHECKSUM_SIZE:
        raise InvalidEncoding(f"base58check data is {len(data)} bytes long, expected at least its 4-byte checksum")
    payload, checksum = data[:-_CHECKSUM_SIZE], data[-_CHECKSUM_SIZE:]
    if checksum != _checksum(payload):
        raise InvalidEncoding("base58check checksum does not match")
    return payload


def _checksum(payload: bytes) -> bytes:
    return sha256(sha256(payload).digest()).digest()[:_CHECKSUM_SIZE]
