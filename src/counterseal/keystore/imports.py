"""Wallets, private keys and secrets that a client brings: opened and checked in one call, and sealed anew in the same.

A target key opens only for the organization, the user and the kind of import that it was made for. Nothing that was in
a bundle leaves a call but sealed, or as a public key.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from counterseal.crypto.curves import Curve
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.wiping import wipe
from counterseal.keystore.bundles import (
    imported_key,
    imported_phrase,
    imported_secret,
    not_decrypted,
    opened_by,
    read_client_message,
    target_bundle,
)
from counterseal.keystore.bundles.contents import KEY_BYTES_MAX, PHRASE_BYTES_MAX, SECRET_BYTES_MAX
from counterseal.keystore.keystore import Keystore
from counterseal.keystore.wallet_keys import SealedKey, SealedSeed, seal_entropy, seal_key


class Imported(enum.StrEnum):
    """What is imported by a target key."""

    WALLET = "wallet"
    PRIVATE_KEY = "private key"
    TEXT = "secret"


class ImportPlace(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who may import what. ``user_id`` is None for secrets, which any member may bring."""

    organization_id: str
    user_id: str | None = None
    what: Imported


class SealedTarget(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A target key of a place. ``public_key``: lower-case hex, uncompressed, 130 digits."""

    place: ImportPlace
    public_key: str
    sealed: bytes


class NewTarget(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A target key, and the signed bundle that tells the client of it."""

    target: SealedTarget
    bundle: str


def new_target(keystore: Keystore, place: ImportPlace) -> NewTarget:
    """A fresh target key. Takes 0.1 ms."""
    key = P256PrivateKey.generate()
    bundle = target_bundle(key, organization_id=place.organization_id, user_id=place.user_id, signer=keystore.signer)
    return NewTarget(target=seal_target(keystore, place, key), bundle=bundle)


def seal_target(keystore: Keystore, place: ImportPlace, key: P256PrivateKey) -> SealedTarget:
    """A target key as it is kept."""
    public_key = key.public_point.hex()
    sealed = keystore.encrypt(key.secret, _target_purpose(place, public_key))
    return SealedTarget(place=place, public_key=public_key, sealed=sealed)


def check_phrase(keystore: Keystore, targets: Sequence[SealedTarget], message: str) -> SealedTarget:
    """The target to which a wallet's phrase was sealed, once the phrase is seen to be one.

    Raises ``InvalidRequest``: in the same words always if none of ``targets`` opens it.
    """
    with _opened(keystore, targets, message, PHRASE_BYTES_MAX) as (target, plaintext):
        entropy, _ = imported_phrase(plaintext)
        wipe(entropy)
    return target


def import_phrase(keystore: Keystore, target: SealedTarget, message: str) -> SealedSeed:
    """The seed of a phrase that `check_phrase` has found to be one. Takes a millisecond or two."""
    with _opened(keystore, [target], message, PHRASE_BYTES_MAX) as (_, plaintext):
        entropy, language = imported_phrase(plaintext)
    return seal_entropy(keystore, target.place.organization_id, entropy, language)


def import_key(
    keystore: Keystore, targets: Sequence[SealedTarget], message: str, curve: Curve
) -> tuple[SealedTarget, SealedKey]:
    """The target to which a private key was sealed, and the key. Raises ``InvalidRequest`` as `check_phrase` does."""
    with _opened(keystore, targets, message, KEY_BYTES_MAX) as (target, plaintext):
        imported_key(plaintext, curve)
        return target, seal_key(keystore, target.place.organization_id, curve, plaintext)


def import_secret(keystore: Keystore, targets: Sequence[SealedTarget], message: str, secret_id: str) -> bytes:
    """A secret's text, sealed for the secret of that id. Raises ``InvalidRequest`` as `check_phrase` does."""
    with _opened(keystore, targets, message, SECRET_BYTES_MAX) as (target, plaintext):
        imported_secret(plaintext)
        return keystore.encrypt(plaintext, secret_purpose(target.place.organization_id, secret_id))


def secret_purpose(organization_id: str, secret_id: str) -> str:
    """Under what a secret's text is sealed."""
    return f"secret text {organization_id} {secret_id}"


@contextmanager
def _opened(
    keystore: Keystore, targets: Sequence[SealedTarget], message: str, plaintext_max: int
) -> Iterator[tuple[SealedTarget, bytearray]]:
    """The plaintext, for as long as a ``with`` statement lasts, and which of ``targets`` opened it.

    What is wrong with the form of the message is said whatever targets there are.
    """
    sealed = read_client_message(message, plaintext_max=plaintext_max)
    for target in targets:
        secret = keystore.decrypt(target.sealed, _target_purpose(target.place, target.public_key))
        key = P256PrivateKey.from_secret(secret)
        wipe(secret)
        plaintext = opened_by(key, sealed)
        if plaintext is not None:
            break
    else:
        raise not_decrypted()
    try:
        yield target, plaintext
    finally:
        wipe(plaintext)


def _target_purpose(place: ImportPlace, public_key: str) -> str:
    return f"import target {place.organization_id} {place.user_id or '-'} {place.what} {public_key}"
