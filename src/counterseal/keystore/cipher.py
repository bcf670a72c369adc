"""One way to encrypt at rest: AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce.

Layout: ``version (1) ‖ nonce (12) ‖ ciphertext ‖ tag (16)``. The version and the caller's context are authenticated
with it, so a ciphertext opens only in the place it was made for.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterseal.keystore.confidential import Confidential
from counterseal.keystore.errors import KeystoreError

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = len(VERSION) + NONCE_BYTES + TAG_BYTES


class Cipher(Confidential):
    """An AES-256-GCM key. One key may seal 2^32 messages before random nonces become a risk (SP 800-38D §8.3)."""

    __slots__ = ("_aead",)

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def encrypt(self, plaintext: bytes | bytearray, *, context: tuple[str, ...]) -> bytes:
        """Ciphertext that opens only with this key and this ``context`` (where it belongs; not secret)."""
        nonce = os.urandom(NONCE_BYTES)
        return VERSION + nonce + self._aead.encrypt(nonce, plaintext, _authenticated(context))

    def decrypt(self, sealed: bytes, *, context: tuple[str, ...]) -> bytes:
        """The plaintext. Raises `KeystoreError` unless version, key, context and every byte are those of `encrypt`."""
        if len(sealed) < OVERHEAD_BYTES:
            raise KeystoreError(f"{_place(context)} is cut short")
        if sealed[:1] != VERSION:
            raise KeystoreError(f"{_place(context)} has format {sealed[0]}, which this version does not know")
        nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return self._aead.decrypt(nonce, ciphertext, _authenticated(context))
        except InvalidTag:
            raise KeystoreError(f"{_place(context)} does not open: wrong key, or altered since it was sealed") from None


def _authenticated(context: tuple[str, ...]) -> bytes:
    """Each part with its length in front, so that two contexts never give the same bytes."""
    parts = [part.encode() for part in context]
    return b"counterseal" + VERSION + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _place(context: tuple[str, ...]) -> str:
    return " ".join(context[:2])
