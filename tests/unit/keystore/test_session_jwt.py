from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from counterseal.crypto import p256
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import FileSeal, Keystore
from counterseal.keystore.identities import IDENTITIES
from counterseal.keystore.session_jwt import session_jwt

KEY = P256PrivateKey.generate()
CLAIMS = {
    "exp": 1_800_000_900,
    "public_key": KEY.public_key.hex(),
    "session_type": "SESSION_TYPE_READ_WRITE",
    "user_id": "00000000-0000-4000-8000-000000000001",
    "organization_id": "00000000-0000-4000-8000-0000000000aa",
}
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


def atob(text: str) -> bytes:
    """As browsers have it: standard base64, padding optional, and an error for anything else."""
    assert re.fullmatch(r"[A-Za-z0-9+/]*", text), text
    return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)


def parts_of(jwt: str) -> tuple[str, str, bytes]:
    header, payload, signature = jwt.split(".")
    return header, payload, base64.urlsafe_b64decode(signature + "==")


def is_signed_by(public_key: bytes, jwt: str) -> bool:
    """As ``verifySessionJwtSignature``: r‖s over SHA-256 of SHA-256 of ``header.payload``."""
    header, payload, signature = parts_of(jwt)
    assert len(signature) == 64
    r, s = (int.from_bytes(half).to_bytes(33) for half in (signature[:32], signature[32:]))
    der = b"\x30\x46" + b"".join(b"\x02\x21" + each for each in (r, s))
    return p256.verify(public_key, der, hashlib.sha256(f"{header}.{payload}".encode()).digest())


def test_the_parts() -> None:
    header, payload, _ = parts_of(session_jwt(CLAIMS, KEY.sign))
    assert json.loads(atob(header)) == {"alg": "ES256", "typ": "JWT"}
    assert json.loads(atob(payload)) == CLAIMS
    assert list(json.loads(atob(payload))) == list(CLAIMS), "in the order given"


@given(claims=st.dictionaries(texts, texts | st.integers(), max_size=6))
@example(claims={"scope": "x > 3 ? ~y : \x7f", "s": "??>", "t": ">>>~", "ü": "ü~"})
def test_a_browser_reads_whatever_is_claimed(claims: dict[str, Any]) -> None:
    _, payload, _ = parts_of(session_jwt(claims, lambda _: bytes.fromhex("3006020101020101")))
    assert json.loads(atob(payload)) == claims
    assert payload.isascii()
    assert payload.isalnum(), "neither - nor _, which base64url has, nor + nor /, which base64 has"


@pytest.mark.parametrize("shift", range(3))
def test_every_ascii_character_at_every_place_of_a_group(shift: int) -> None:
    text = "a" * shift + "".join(chr(code) + "aa" for code in range(128))
    _, payload, _ = parts_of(session_jwt({"scope": text}, KEY.sign))
    assert json.loads(atob(payload)) == {"scope": text}


@given(name=texts)
def test_the_signature_is_64_bytes_over_the_hash_of_the_hash(name: str) -> None:
    jwt = session_jwt(CLAIMS | {"name": name}, KEY.sign)
    assert is_signed_by(KEY.public_key, jwt)
    header, payload, signature = jwt.split(".")
    other = session_jwt(CLAIMS | {"name": f"{name}x"}, KEY.sign).split(".")[1]
    assert not is_signed_by(KEY.public_key, f"{header}.{other}.{signature}")
    assert not is_signed_by(P256PrivateKey.generate().public_key, f"{header}.{payload}.{signature}")


def test_short_integers_are_padded() -> None:
    _, _, signature = parts_of(session_jwt(CLAIMS, lambda _: bytes.fromhex("3006020101020102")))
    assert signature == (1).to_bytes(32) + (2).to_bytes(32)


def test_the_notarizer_signs(tmp_path: Path) -> None:
    keystore = Keystore.create(FileSeal(tmp_path))[0]
    texts = keystore.public_identities()
    public = {name: bytes.fromhex(texts[name]) for name in IDENTITIES if len(texts[name]) > 64}
    jwt = keystore.session_jwt(CLAIMS)
    assert [name for name, key in public.items() if is_signed_by(key, jwt)] == ["notarizer"]
