"""Headers and keys of webhooks, to the byte."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from unittest.mock import patch

import pytest

from counterseal.crypto import ed25519
from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.webhooks import key_id_of, key_set, signed_headers, signing

KEY = Ed25519PrivateKey.from_secret(bytes(range(32)))
BODY = b'{"type":"activity.created","data":{"id":"act_123"}}'


def headers(**changes: object) -> dict[str, str]:
    given = {
        "event_id": "evt_123",
        "event_type": "ACTIVITY_UPDATES",
        "organization_id": "o",
        "timestamp_ms": 1_700_000_000_000,
        "public_key": KEY.public_key,
        "sign": KEY.sign,
    }
    return signed_headers(BODY, **(given | changes))


def test_the_sdk_s_example() -> None:
    """Its key is called webhook-key-1; ours are called by their hash."""
    with patch.object(signing, "key_id_of", lambda key: "webhook-key-1"):
        made = headers()
    expected = (
        "99c87f03e9254ed35896a394daa264f30d87574c6f4187e861fe136e4a15b50b"
        "5f43052a1a4f506d6faec7f699e42bfe40d523f5040946984e6c95497dc67a0f"
    )
    assert made["X-Turnkey-Signature"] == expected
    assert made["X-Turnkey-Timestamp"] == "1700000000000"


def test_the_signature_is_over_prefix_and_body() -> None:
    made = headers()
    key_id = key_id_of(KEY.public_key)
    assert made["X-Turnkey-Signature-Key-Id"] == key_id
    assert len(key_id) == 16
    signed = f"v1.ed25519.{key_id}.1700000000000.evt_123.".encode() + BODY
    assert ed25519.verify(KEY.public_key, bytes.fromhex(made["X-Turnkey-Signature"]), signed)


def test_another_try_is_signed_anew() -> None:
    one, two = headers(), headers(timestamp_ms=1_700_000_005_000)
    differ = {name for name in one if one[name] != two[name]}
    assert differ == {"X-Turnkey-Timestamp", "X-Turnkey-Signature"}


@pytest.mark.parametrize("event_id", ["", "a.b", "a b", "a\r\nX: b", "é", "a" * 129])
def test_an_event_id_is_one_word(event_id: str) -> None:
    with pytest.raises(ValueError, match="event id"):
        headers(event_id=event_id)


def test_keys_as_a_jwks() -> None:
    older = Ed25519PrivateKey.generate()
    first, second = json.loads(json.dumps(key_set([KEY.public_key, older.public_key])))["keys"]
    assert urlsafe_b64decode(first["x"] + "=") == KEY.public_key
    assert urlsafe_b64decode(second["x"] + "=") == older.public_key
    del first["x"], first["kid"]
    assert first == {
        "kty": "OKP",
        "crv": "Ed25519",
        "alg": "EdDSA",
        "use": "sig",
        "turnkey_signature_algorithm": "ed25519",
        "turnkey_signature_version": "v1",
    }
