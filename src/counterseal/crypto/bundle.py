"""Credential bundles: a fresh API key, sealed to the client's target key and written as text.

``base58check(encapsulated key, compressed (33) || ciphertext (48))`` of the raw 32-byte private key. There is neither
signature nor organization inside (``@turnkey/crypto``: ``decryptCredentialBundle``).
"""

from __future__ import annotations

from counterseal.crypto import base58check, hpke
from counterseal.crypto.errors import InvalidEncoding, InvalidPrivateKey
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.points import COMPRESSED_SIZE

_PRIVATE_KEY_SIZE, _TAG_SIZE = 32, 16
_PAYLOAD_SIZE = COMPRESSED_SIZE + _PRIVATE_KEY_SIZE + _TAG_SIZE


def seal_credential_bundle(private_key: bytes, target_public_key: bytes) -> str:
    """Seal 32 private bytes to a P-256 target of 33 or 65 bytes.

    Raises ``InvalidPublicKey``, or ``InvalidPrivateKey`` for another length.
    """
    if len(private_key) != _PRIVATE_KEY_SIZE:
        raise InvalidPrivateKey(f"private key is {len(private_key)} bytes long, expected {_PRIVATE_KEY_SIZE}")
    sealed = hpke.seal_to_target(target_public_key, private_key)
    point = sealed.encapsulated_key
    compressed = bytes((2 + (point[-1] & 1),)) + point[1:COMPRESSED_SIZE]
    return base58check.encode(compressed + sealed.ciphertext)


def open_credential_bundle(bundle: str, target_private_key: bytes) -> bytes:
    """The 32 private bytes of a bundle, as the client gets them.

    Raises ``InvalidEncoding``, ``InvalidPrivateKey``, ``InvalidPublicKey`` or ``DecryptionFailed``.
    """
    payload = base58check.decode(bundle)
    if len(payload) != _PAYLOAD_SIZE:
        raise InvalidEncoding(f"credential bundle holds {len(payload)} bytes, expected {_PAYLOAD_SIZE}")
    receiver = P256PrivateKey.from_secret(target_private_key)
    sealed = hpke.Sealed(payload[:COMPRESSED_SIZE], payload[COMPRESSED_SIZE:])
    return hpke.open_from_sender(sealed, receiver)
