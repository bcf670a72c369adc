"""HPKE base mode (RFC 9180) with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; one message a context.

The Turnkey profile (docs: enclave secure channels; ``@turnkey/crypto``) fixes ``info`` and binds both public keys as
additional data. That data contains the encapsulated key, which a single-shot seal only learns inside, so the schedule
is spelt out here on the primitives of ``cryptography`` instead of using its ``hpke`` module.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from counterseal.crypto import p256
from counterseal.crypto.errors import DecryptionFailed
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.points import UNCOMPRESSED_SIZE

TURNKEY_INFO = b"turnkey_hpke"

_VERSION = b"HPKE-v1"
_KEM_SUITE = b"KEM\x00\x10"
_SUITE = b"HPKE\x00\x10\x00\x01\x00\x02"
_MODE_BASE = b"\x00"
_KEY_SIZE, _NONCE_SIZE, _SECRET_SIZE = 32, 12, 32


class Sealed(NamedTuple):
    """A sealed message."""

    encapsulated_key: bytes
    """65 bytes: the sender's ephemeral public key, uncompressed."""
    ciphertext: bytes
    """As long as the plaintext and the 16-byte tag."""


class _Context(NamedTuple):
    """What sender and receiver agree on."""

    encapsulated_key: bytes
    receiver_point: bytes
    key: bytes
    nonce: bytes

    @property
    def turnkey_aad(self) -> bytes:
        return self.encapsulated_key + self.receiver_point


def seal(receiver: bytes, plaintext: bytes, *, info: bytes, aad: bytes) -> Sealed:
    """Seal to a P-256 public key of 33 or 65 bytes (RFC 9180 §6.1). Raises ``InvalidPublicKey``."""
    context = _setup_sender(receiver, info)
    return _encrypt(context, plaintext, aad)


def open(sealed: Sealed, receiver: P256PrivateKey, *, info: bytes, aad: bytes) -> bytes:
    """Undo ``seal``; the encapsulated key may be compressed. Raises ``InvalidPublicKey`` or ``DecryptionFailed``."""
    context = _setup_receiver(sealed.encapsulated_key, receiver, info)
    return _decrypt(context, sealed.ciphertext, aad)


def seal_to_target(target: bytes, plaintext: bytes | bytearray) -> Sealed:
    """Seal in the Turnkey profile to a client's target key of 33 or 65 bytes. Raises ``InvalidPublicKey``."""
    context = _setup_sender(target, TURNKEY_INFO)
    return _encrypt(context, plaintext, context.turnkey_aad)


def open_from_sender(sealed: Sealed, receiver: P256PrivateKey) -> bytes:
    """Undo ``seal_to_target``, or open what a client sealed. Raises ``InvalidPublicKey`` or ``DecryptionFailed``."""
    context = _setup_receiver(sealed.encapsulated_key, receiver, TURNKEY_INFO)
    return _decrypt(context, sealed.ciphertext, context.turnkey_aad)


def _encrypt(context: _Context, plaintext: bytes | bytearray, aad: bytes) -> Sealed:
    return Sealed(context.encapsulated_key, AESGCM(context.key).encrypt(context.nonce, plaintext, aad))


def _decrypt(context: _Context, ciphertext: bytes, aad: bytes) -> bytes:
    try:
        return AESGCM(context.key).decrypt(context.nonce, ciphertext, aad)
    except InvalidTag:
        raise DecryptionFailed("ciphertext was not sealed to this key, or was altered") from None


def _setup_sender(receiver: bytes, info: bytes) -> _Context:
    """Encap (RFC 9180 §4.1) and the key schedule."""
    receiver_key = p256.parse_target(receiver)
    ephemeral = _ephemeral_key()
    dh = ephemeral.exchange(ec.ECDH(), receiver_key)
    point = receiver if len(receiver) == UNCOMPRESSED_SIZE else p256.encode_point(receiver_key)
    return _key_schedule(dh, p256.encode_point(ephemeral.public_key()), point, info)


def _setup_receiver(encapsulated_key: bytes, receiver: P256PrivateKey, info: bytes) -> _Context:
    """Decap (RFC 9180 §4.1) and the key schedule."""
    sender_key = p256.decode_point(encapsulated_key)
    dh = receiver.exchange(sender_key)
    return _key_schedule(dh, p256.encode_point(sender_key), receiver.public_point, info)


def _ephemeral_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(p256.CURVE)


def _key_schedule(dh: bytes, encapsulated_key: bytes, receiver_point: bytes, info: bytes) -> _Context:
    """ExtractAndExpand (RFC 9180 §4.1) and KeySchedule (§5.1). The first message's nonce is the base nonce."""
    kem_key = _labeled_extract(b"", _KEM_SUITE + b"eae_prk", dh)
    shared_secret = _labeled_expand(
        kem_key, _KEM_SUITE + b"shared_secret" + encapsulated_key + receiver_point, _SECRET_SIZE
    )
    schedule_context = _key_schedule_context(info)
    secret = _labeled_extract(shared_secret, _SUITE + b"secret", b"")
    return _Context(
        encapsulated_key,
        receiver_point,
        key=_labeled_expand(secret, _SUITE + b"key" + schedule_context, _KEY_SIZE),
        nonce=_labeled_expand(secret, _SUITE + b"base_nonce" + schedule_context, _NONCE_SIZE),
    )


@lru_cache(maxsize=4)
def _key_schedule_context(info: bytes) -> bytes:
    psk_id_hash = _labeled_extract(b"", _SUITE + b"psk_id_hash", b"")
    info_hash = _labeled_extract(b"", _SUITE + b"info_hash", info)
    return _MODE_BASE + psk_id_hash + info_hash


def _labeled_extract(salt: bytes, suite_and_label: bytes, input_key: bytes) -> bytes:
    """RFC 9180 §4, with HKDF-Extract of RFC 5869 §2.2."""
    return hmac.digest(salt, _VERSION + suite_and_label + input_key, "sha256")


def _labeled_expand(key: bytes, suite_label_and_info: bytes, length: int) -> bytes:
    """RFC 9180 §4, with HKDF-Expand of RFC 5869 §2.3; one block, as every length here is at most 32."""
    block = length.to_bytes(2) + _VERSION + suite_label_and_info + b"\x01"
    return hmac.digest(key, block, "sha256")[:length]
