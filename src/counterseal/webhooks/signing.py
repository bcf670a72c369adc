"""Signatures of webhooks: Ed25519 over a prefix of dot-separated words and the body as it is sent.

Sources: Turnkey docs, verifying webhook signatures; ``@turnkey/crypto`` ``verifyTurnkeyWebhookSignature``, which
compares the texts of headers as it gets them; RFC 8037 for the keys.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

SIGNATURE_VERSION = "v1"
ALGORITHM = "ed25519"
WEBHOOK_VERSION = "1"
_KEY_ID_DIGITS = 16
_WORD = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)


def key_id_of(public_key: bytes) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a public key."""
    return sha256(public_key).hexdigest()[:_KEY_ID_DIGITS]


def signed_headers(
    body: bytes,
    *,
    event_id: str,
    event_type: str,
    organization_id: str,
    timestamp_ms: int,
    public_key: bytes,
    sign: Callable[[bytes], bytes],
) -> dict[str, str]:
    """The headers of one delivery: of another try the time is another, and so is the signature.

    ``sign`` makes the 64 bytes of Ed25519 over its argument by the private half of ``public_key``; ``organization_id``
    is the endpoint's. Raises ``ValueError`` for an event id that could be taken for more than one word.
    """
    if _WORD.fullmatch(event_id) is None:
        raise ValueError("an event id has characters other than letters, digits, hyphens and underscores")
    key_id, time = key_id_of(public_key), str(timestamp_ms)
    prefix = f"{SIGNATURE_VERSION}.{ALGORITHM}.{key_id}.{time}.{event_id}."
    return {
        "Content-Type": "application/json",
        "X-Turnkey-Organization-Id": organization_id,
        "X-Turnkey-Event-Type": event_type,
        "X-Turnkey-Webhook-Version": WEBHOOK_VERSION,
        "X-Turnkey-Event-Id": event_id,
        "X-Turnkey-Timestamp": time,
        "X-Turnkey-Signature-Key-Id": key_id,
        "X-Turnkey-Signature-Algorithm": ALGORITHM,
        "X-Turnkey-Signature-Version": SIGNATURE_VERSION,
        "X-Turnkey-Signature": sign(prefix.encode() + body).hex(),
    }


def key_set(public_keys: Iterable[bytes]) -> dict[str, Any]:
    """The JWKS (RFC 7517) of these Ed25519 keys of 32 bytes, the one that signs first."""
    return {"keys": [_key(each) for each in public_keys]}


def _key(public_key: bytes) -> dict[str, str]:
    return {
        "kid": key_id_of(public_key),
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "x": urlsafe_b64encode(public_key).rstrip(b"=").decode(),
        "turnkey_signature_algorithm": ALGORITHM,
        "turnkey_signature_version": SIGNATURE_VERSION,
    }
