"""Seeds and private keys of wallets: made, derived, opened for one call and overwritten, used nowhere else (law 6).

What leaves is sealed, public or a signature. A sealed key opens only for the organization and the public key that it
was sealed for, so a row that was moved to another organization, or got the secret of another, signs nothing.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Final

import msgspec

from counterseal.crypto import mnemonics, signing
from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import InvalidPrivateKey
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.mnemonics import Language
from counterseal.crypto.paths import Levels
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.signing import Scheme, Signature
from counterseal.crypto.wiping import wipe
from counterseal.keystore.keystore import Keystore

KEY_SIZE: Final = 32
_LANGUAGES: Final = tuple(Language)


class SealedSeed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A wallet's entropy, the list its words are of, and the 64 bytes that keys are derived from.

    ``mark`` is 64 hex digits, the SHA-256 of the seed's first public key: equal for equal words, and telling nothing.
    """

    mark: str
    language: Language = Language.ENGLISH
    sealed: bytes


class SealedKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """32 private bytes. ``public_key``: lower-case hex, compressed; 66 digits, or 64 of Ed25519."""

    curve: Curve
    public_key: str
    sealed: bytes


class KeyAt(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A key that is wanted of a seed."""

    curve: Curve
    levels: Levels


def new_seed(keystore: Keystore, organization_id: str, *, word_count: int) -> SealedSeed:
    """A seed of fresh entropy, with English words and no passphrase. Takes a millisecond or two.

    Raises ``InvalidMnemonic`` for a number of words that is none.
    """
    entropy = bytearray(os.urandom(mnemonics.entropy_size(word_count)))
    return seal_entropy(keystore, organization_id, entropy, Language.ENGLISH)


def seal_entropy(keystore: Keystore, organization_id: str, entropy: bytearray, language: Language) -> SealedSeed:
    """The seed of entropy, which is overwritten. Takes a millisecond or two."""
    phrase = mnemonics.phrase_of(entropy, language)
    seed = mnemonics.seed_of(phrase)
    mark = _mark_of(seed)
    contents = bytearray(2 + len(entropy) + len(seed))
    contents[:2] = _LANGUAGES.index(language), len(entropy)
    contents[2 : 2 + len(entropy)] = entropy
    contents[2 + len(entropy) :] = seed
    sealed = keystore.encrypt(contents, _seed_purpose(organization_id, mark))
    wipe(entropy, phrase, seed, contents)
    return SealedSeed(mark=mark, language=language, sealed=sealed)


def derive_keys(
    keystore: Keystore, organization_id: str, seed: SealedSeed, wanted: Sequence[KeyAt]
) -> tuple[SealedKey, ...]:
    """The keys of a seed, sealed, in the order of ``wanted``: some 0.1 ms each. Raises ``KeystoreError``."""
    with _tree_of(keystore, organization_id, seed) as tree:
        return tuple(
            seal_key(keystore, organization_id, each.curve, tree.private_key(each.curve, each.levels))
            for each in wanted
        )


def public_keys_of(
    keystore: Keystore, organization_id: str, seed: SealedSeed, wanted: Sequence[KeyAt]
) -> tuple[str, ...]:
    """The public keys that a seed derives, as ``SealedKey`` has them. Raises ``KeystoreError``."""
    public_keys = []
    with _tree_of(keystore, organization_id, seed) as tree:
        for each in wanted:
            secret = tree.private_key(each.curve, each.levels)
            public_keys.append(public_key_of(each.curve, secret).hex())
            wipe(secret)
    return tuple(public_keys)


def is_seed_whole(keystore: Keystore, organization_id: str, seed: SealedSeed) -> bool:
    """Whether its words, its language, its mark and the bytes it derives from belong together.

    Takes a millisecond or two. Raises ``KeystoreError``.
    """
    with _opened(keystore, seed.sealed, _seed_purpose(organization_id, seed.mark)) as contents:
        entropy = contents[2 : 2 + contents[1]]
        phrase = mnemonics.phrase_of(entropy, seed.language)
        derived = mnemonics.seed_of(phrase)
        is_whole = (
            _LANGUAGES[contents[0]] is seed.language
            and hmac.compare_digest(derived, contents[-mnemonics.SEED_SIZE :])
            and _mark_of(derived) == seed.mark
        )
        wipe(entropy, phrase, derived)
    return is_whole


def is_key_whole(keystore: Keystore, organization_id: str, key: SealedKey) -> bool:
    """Whether its private half is that of its public key. Raises ``KeystoreError``."""
    with opened_key(keystore, organization_id, key) as secret:
        return public_key_of(key.curve, secret).hex() == key.public_key


def phrase_of_seed(keystore: Keystore, organization_id: str, seed: SealedSeed) -> bytearray:
    """The words of a wallet, for an export bundle: the caller's to overwrite. Raises ``KeystoreError``."""
    with _opened(keystore, seed.sealed, _seed_purpose(organization_id, seed.mark)) as contents:
        entropy = contents[2 : 2 + contents[1]]
        phrase = mnemonics.phrase_of(entropy, _LANGUAGES[contents[0]])
        wipe(entropy)
    return phrase


def new_key(keystore: Keystore, organization_id: str, curve: Curve) -> SealedKey:
    """A fresh private key."""
    while True:
        try:
            return seal_key(keystore, organization_id, curve, bytearray(os.urandom(KEY_SIZE)))
        except InvalidPrivateKey:  # not below the group's order: once in 2^32 on P-256
            continue


def seal_key(keystore: Keystore, organization_id: str, curve: Curve, secret: bytearray) -> SealedKey:
    """A private key of 32 bytes, which are overwritten. Raises ``InvalidPrivateKey``."""
    public_key = public_key_of(curve, secret).hex()
    sealed = keystore.encrypt(secret, _key_purpose(organization_id, curve, public_key))
    wipe(secret)
    return SealedKey(curve=curve, public_key=public_key, sealed=sealed)


@contextmanager
def opened_key(keystore: Keystore, organization_id: str, key: SealedKey) -> Iterator[bytearray]:
    """The 32 private bytes, for an export bundle, for as long as a ``with`` statement lasts.

    Raises ``KeystoreError``.
    """
    with _opened(keystore, key.sealed, _key_purpose(organization_id, key.curve, key.public_key)) as secret:
        yield secret


def sign(keystore: Keystore, organization_id: str, key: SealedKey, scheme: Scheme, message: bytes) -> Signature:
    """Sign a digest, or with Ed25519 a message; see ``crypto.signing``. Raises ``KeystoreError``, ``CryptoError``."""
    [signature] = sign_each(keystore, organization_id, key, [(scheme, message)])
    return signature


def sign_each(
    keystore: Keystore, organization_id: str, key: SealedKey, messages: Sequence[tuple[Scheme, bytes]]
) -> tuple[Signature, ...]:
    """Sign several, each by its scheme; the key is opened once. Raises as `sign`."""
    with opened_key(keystore, organization_id, key) as secret:
        return tuple(
            signing.sign(scheme, secret, message, aux_randomness=os.urandom(32)) for scheme, message in messages
        )


@contextmanager
def _opened(keystore: Keystore, sealed: bytes, purpose: str) -> Iterator[bytearray]:
    opened = keystore.decrypt(sealed, purpose)
    contents = bytearray(opened)
    wipe(opened)
    try:
        yield contents
    finally:
        wipe(contents)


@contextmanager
def _tree_of(keystore: Keystore, organization_id: str, seed: SealedSeed) -> Iterator[KeyTree]:
    with _opened(keystore, seed.sealed, _seed_purpose(organization_id, seed.mark)) as contents:
        derived = contents[-mnemonics.SEED_SIZE :]
        try:
            with KeyTree(derived) as tree:
                yield tree
        finally:
            wipe(derived)


def _mark_of(seed: bytearray) -> str:
    with KeyTree(seed) as tree:
        root = tree.private_key(Curve.SECP256K1, ())
        mark = sha256(public_key_of(Curve.SECP256K1, root)).hexdigest()
        wipe(root)
    return mark


def _seed_purpose(organization_id: str, mark: str) -> str:
    return f"wallet seed {organization_id} {mark}"


def _key_purpose(organization_id: str, curve: Curve, public_key: str) -> str:
    return f"private key {organization_id} {curve} {public_key}"
