from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.crypto import p256
from counterseal.crypto.bundle import open_credential_bundle
from counterseal.crypto.errors import DecryptionFailed, InvalidPublicKey
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import (
    FileSeal,
    Keystore,
    KeystoreError,
    SealedSecret,
    SealError,
)
from counterseal.keystore.identities import ADDED_LATER, IDENTITIES

EVERY_ROW = ["data_key", *IDENTITIES, "session_tokens"]


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    return Keystore.create(FileSeal(tmp_path_factory.mktemp("data")))[0]


def test_a_new_keystore_opens_again_as_itself(tmp_path: Path) -> None:
    seal = FileSeal(tmp_path)
    created, rows = Keystore.create(seal)
    opened = Keystore.open(seal, rows)
    assert [row.name for row in rows] == EVERY_ROW
    assert opened.public_identities() == created.public_identities()
    assert opened.session_token_mac(b"id") == created.session_token_mac(b"id")
    assert opened.decrypt(created.encrypt(b"secret", "purpose"), "purpose") == b"secret"


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    created, rows = Keystore.create(FileSeal(tmp_path))
    opened = Keystore.open(FileSeal(tmp_path), rows[::-1])
    assert opened.public_identities() == created.public_identities()


def test_no_two_keystores_share_a_key(tmp_path: Path) -> None:
    seen: set[str] = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        keystore, _ = Keystore.create(FileSeal(tmp_path / name))
        public = keystore.public_identities()
        seen |= {*(public[each] for each in IDENTITIES), keystore.session_token_mac(b"").hex()}
    assert len(seen) == 2 * (len(IDENTITIES) + 1)


def test_creating_over_a_seal_is_refused(tmp_path: Path) -> None:
    Keystore.create(FileSeal(tmp_path))
    with pytest.raises(SealError, match="exists already"):
        Keystore.create(FileSeal(tmp_path))


def test_an_interrupted_creation_is_taken_up_with_the_seal_that_is_there(tmp_path: Path) -> None:
    seal = FileSeal(tmp_path)
    Keystore.create(seal)  # and the process dies before the rows are stored
    root_key = seal.unseal().reveal()
    keystore, rows = Keystore.create(seal, [])
    assert seal.unseal().reveal() == root_key
    assert Keystore.open(seal, rows).public_identities() == keystore.public_identities()


@pytest.mark.parametrize("name", [*IDENTITIES, "session_tokens"])
def test_only_what_is_missing_is_made(tmp_path: Path, name: str) -> None:
    seal = FileSeal(tmp_path)
    before, rows = Keystore.create(seal)
    kept = [row for row in rows if row.name != name]
    after, added = Keystore.create(seal, kept)
    assert [row.name for row in added] == [name]
    changed = before.public_identities().items() ^ after.public_identities().items()
    quorum = {"signer_quorum"} if name.startswith("signer") else set()
    assert {changed_name for changed_name, _ in changed} == ({name} | quorum) - {"session_tokens"}
    Keystore.open(seal, kept + added)


def test_what_an_earlier_release_did_not_have_is_made_and_nothing_else(tmp_path: Path) -> None:
    seal = FileSeal(tmp_path)
    before, rows = Keystore.create(seal)
    earlier = [row for row in rows if row.name not in ADDED_LATER]
    with pytest.raises(KeystoreError, match="start the server of this release once"):
        Keystore.open(seal, earlier)
    after, added = Keystore.complete(seal, earlier)
    assert {row.name for row in added} == ADDED_LATER
    for name in IDENTITIES:
        is_same = after.public_identities()[name] == before.public_identities()[name]
        assert is_same == (name not in ADDED_LATER)
    again, none = Keystore.complete(seal, [*earlier, *added])
    assert (again.public_identities(), none) == (after.public_identities(), [])
    assert Keystore.open(seal, [*earlier, *added]).public_identities() == after.public_identities()


@pytest.mark.parametrize("name", [each for each in EVERY_ROW if each not in ADDED_LATER])
def test_what_was_always_there_is_not_made_anew_but_missed(planted: Any, name: str) -> None:
    with pytest.raises(KeystoreError, match=f"{name} is missing"):
        Keystore.complete(planted.seal, [row for row in planted.rows if row.name != name])
    with pytest.raises(KeystoreError, match="data_key is missing"):
        Keystore.complete(planted.seal, [])


def test_a_lost_data_key_is_never_made_anew(tmp_path: Path) -> None:
    _, rows = Keystore.create(FileSeal(tmp_path))
    with pytest.raises(KeystoreError, match="data_key is missing"):
        Keystore.create(FileSeal(tmp_path), rows[1:])


@pytest.mark.parametrize("name", EVERY_ROW)
def test_a_missing_row_is_named(planted: Any, name: str) -> None:
    rows = [row for row in planted.rows if row.name != name]
    with pytest.raises(KeystoreError, match=f"{name} is missing"):
        Keystore.open(planted.seal, rows)


@pytest.mark.parametrize("name", EVERY_ROW)
def test_a_doubled_row_is_named(planted: Any, name: str) -> None:
    rows = planted.rows + [row for row in planted.rows if row.name == name]
    with pytest.raises(KeystoreError, match=f"{name} is in the store more than once"):
        Keystore.open(planted.seal, rows)


def test_an_unknown_row_is_named(planted: Any) -> None:
    with pytest.raises(KeystoreError, match="does not know the sealed secret 'auditor'"):
        Keystore.open(planted.seal, [*planted.rows, SealedSecret("auditor", "", b"")])


def test_the_caller_gets_a_copy_of_the_public_keys(keystore: Keystore) -> None:
    keystore.public_identities()["signer"] = "04"
    assert keystore.public_identities()["signer"] != "04"


def test_the_session_mac_is_hmac_sha256(planted: Any) -> None:
    key = planted.secrets["session_tokens"]
    for data in (b"", b"id", b"x" * 1000):
        assert planted.open().session_token_mac(data) == hmac.new(key, data, hashlib.sha256).digest()


# Session credentials


@given(compressed=st.booleans())
def test_a_session_credential_opens_for_its_target_to_the_key_that_was_registered(
    keystore: Keystore, compressed: bool
) -> None:
    target = P256PrivateKey.generate()
    target_public_key = target.public_key if compressed else p256.uncompress(target.public_key)
    credential = keystore.new_session_credential(target_public_key)
    private_key = P256PrivateKey.from_secret(open_credential_bundle(credential.credential_bundle, target.secret))
    assert private_key.public_key.hex() == credential.public_key
    assert len(credential.public_key) == 66


def test_nobody_else_opens_a_session_credential(keystore: Keystore) -> None:
    credential = keystore.new_session_credential(P256PrivateKey.generate().public_key)
    with pytest.raises(DecryptionFailed):
        open_credential_bundle(credential.credential_bundle, P256PrivateKey.generate().secret)


def test_session_credentials_are_all_different(keystore: Keystore) -> None:
    target = P256PrivateKey.generate().public_key
    made = [keystore.new_session_credential(target) for _ in range(20)]
    assert len({credential.public_key for credential in made}) == 20
    assert len({credential.credential_bundle for credential in made}) == 20


@pytest.mark.parametrize("target", [b"", b"\x04" + b"\x01" * 64, b"\x02" * 32, b"\x02" + b"\xff" * 32, b"\x00" * 33])
def test_no_private_key_is_made_for_a_target_that_is_none(
    keystore: Keystore, target: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(P256PrivateKey, "generate", lambda: pytest.fail("a private key was made"))
    with pytest.raises(InvalidPublicKey):
        keystore.new_session_credential(target)


# Other secrets


@given(secret=st.binary(max_size=200), purpose=st.text(max_size=50))
def test_what_was_encrypted_is_decrypted(keystore: Keystore, secret: bytes, purpose: str) -> None:
    sealed = keystore.encrypt(secret, purpose)
    assert keystore.decrypt(sealed, purpose) == secret
    assert len(sealed) == len(secret) + 29
    assert keystore.encrypt(secret, purpose) != sealed


@given(secret=st.binary(max_size=100), position=st.integers(min_value=0), bit=st.integers(0, 7))
def test_an_altered_ciphertext_is_refused(keystore: Keystore, secret: bytes, position: int, bit: int) -> None:
    sealed = bytearray(keystore.encrypt(secret, "purpose"))
    sealed[position % len(sealed)] ^= 1 << bit
    with pytest.raises(KeystoreError):
        keystore.decrypt(bytes(sealed), "purpose")


def test_a_ciphertext_does_not_move_to_another_purpose(keystore: Keystore) -> None:
    sealed = keystore.encrypt(b"secret", "oauth2 client secret 1")
    with pytest.raises(KeystoreError, match="oauth2 client secret 2 does not open"):
        keystore.decrypt(sealed, "oauth2 client secret 2")


def test_an_identity_is_not_decrypted_as_a_secret(planted: Any) -> None:
    for row in planted.rows:
        for purpose in ("identities", row.name, "sealed secret", ""):
            with pytest.raises(KeystoreError):
                planted.open().decrypt(row.sealed, purpose)
