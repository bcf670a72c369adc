from __future__ import annotations

from typing import Any

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import ed25519, p256
from counterseal.keystore import FileSeal, Keystore, KeystoreError
from counterseal.keystore.identities import IDENTITIES

SIGNERS = ["signer", "notarizer", "tls_fetcher", "webhook", "ledger"]
ED25519 = ("webhook", "ledger")


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    return Keystore.create(FileSeal(tmp_path_factory.mktemp("data")))[0]


def test_public_keys_are_written_as_clients_pin_them(planted: Any) -> None:
    public = planted.open().public_identities()
    assert public.pop("signer_quorum") == public["signer_encryption"] + public["signer"]
    assert x509.load_der_x509_certificate(bytes.fromhex(public.pop("boot_root"))).version is x509.Version.v3
    assert set(public) == set(IDENTITIES)
    for name, text in public.items():
        private_key = IDENTITIES[name].key_type.from_secret(planted.secrets[name])
        prefixes = {"on_ramp": ("02", "03"), "webhook": ("",), "ledger": ("",)}.get(name, ("04",))
        assert len(text) == {"on_ramp": 66, "webhook": 64, "ledger": 64}.get(name, 130)
        assert text.startswith(prefixes)
        assert text == text.lower()
        point = bytes.fromhex(text)
        assert (point if name in ED25519 else p256.compress(point)) == private_key.public_key


@given(message=st.binary(max_size=300))
def test_each_signer_signs_for_itself_alone(keystore: Keystore, message: bytes) -> None:
    texts = keystore.public_identities()
    public = {name: bytes.fromhex(texts[name]) for name in IDENTITIES}
    for name in ED25519:
        signature = keystore.sign_as(name, message)
        assert [each for each in ED25519 if ed25519.verify(public[each], signature, message)] == [name]
    for name in ("signer", "notarizer", "tls_fetcher"):
        signature = keystore.sign_as(name, message)
        accepting = [
            other for other in IDENTITIES if other not in ED25519 and p256.verify(public[other], signature, message)
        ]
        assert accepting == [name]


@pytest.mark.parametrize(
    "name",
    [
        "signer_encryption",
        "signer_quorum",
        "tls_fetcher_encryption",
        "on_ramp",
        "session_tokens",
        "data_key",
        "",
        "Signer",
    ],
)
def test_what_is_not_for_signing_does_not_sign(keystore: Keystore, name: str) -> None:
    with pytest.raises(KeystoreError, match="is not an identity that signs"):
        keystore.sign_as(name, b"message")


def test_every_identity_that_signs_is_listed_here() -> None:
    assert [name for name, identity in IDENTITIES.items() if identity.signs] == SIGNERS
