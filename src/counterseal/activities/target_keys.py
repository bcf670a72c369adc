"""Keys of clients to which secrets of this server are sealed: a session's private key, or what is exported."""

from __future__ import annotations

from counterseal.contract.errors import InvalidRequest
from counterseal.crypto import CryptoError, hexadecimal
from counterseal.crypto.p256 import parse_target
from counterseal.crypto.points import UNCOMPRESSED_SIZE


def target_key(text: str, field: str = "targetPublicKey") -> bytes:
    """A point of P-256 in hex: 33 or 65 bytes. Raises InvalidRequest for anything else."""
    try:
        key = hexadecimal.decode(text, bytes_max=UNCOMPRESSED_SIZE)
        parse_target(key)
    except CryptoError as error:
        raise InvalidRequest(
            f"invalid `{field}`: expected a P-256 public key in hex, 130 digits uncompressed or 66 compressed: {error}"
        ) from None
    return key
