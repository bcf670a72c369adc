from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.keystore import FileSeal, Keystore, ReadOnlySession, session_of, token_of

SESSION = ReadOnlySession(
    organization_id="00000000-0000-4000-8000-0000000000aa",
    user_id="00000000-0000-4000-8000-000000000001",
    expires_s=1_800_003_600,
    id="00000000-0000-4000-8000-000000000002",
)
uuids = st.uuids().map(str)


@pytest.fixture(scope="module")
def keystore(tmp_path_factory: pytest.TempPathFactory) -> Keystore:
    return Keystore.create(FileSeal(tmp_path_factory.mktemp("data")))[0]


@pytest.fixture(scope="module")
def token(keystore: Keystore) -> str:
    return token_of(SESSION.stored_text(), keystore)


@given(organization_id=uuids, user_id=uuids, expires_s=st.integers(0, 2**64 - 1), id_=uuids)
def test_a_token_is_its_session(
    keystore: Keystore, organization_id: str, user_id: str, expires_s: int, id_: str
) -> None:
    session = ReadOnlySession(organization_id=organization_id, user_id=user_id, expires_s=expires_s, id=id_)
    token = token_of(session.stored_text(), keystore)
    assert session_of(token, keystore) == session
    assert token == token_of(session.stored_text(), keystore), "the same whenever it is read"


def test_what_is_stored_is_no_token(keystore: Keystore, token: str) -> None:
    assert session_of(SESSION.stored_text(), keystore) is None
    assert token.startswith(SESSION.stored_text()[:-1])
    assert len(token) == 118


def test_any_bit_changed_makes_it_nobody_s(keystore: Keystore, token: str) -> None:
    raw = base64.urlsafe_b64decode(token + "==")
    for place in range(len(raw)):
        for bit in range(8):
            changed = bytearray(raw)
            changed[place] ^= 1 << bit
            assert session_of(base64.urlsafe_b64encode(changed).decode().rstrip("="), keystore) is None


def test_any_character_changed_makes_it_nobody_s(keystore: Keystore, token: str) -> None:
    for place in range(len(token)):
        for character in "Aa0-_+/= .\né\x00":
            if token[place] != character:
                assert session_of(token[:place] + character + token[place + 1 :], keystore) is None


def test_one_session_has_one_text(keystore: Keystore, token: str) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [last for last in alphabet if session_of(token[:-1] + last, keystore)] == [token[-1]]
    for other in f"{token}=", f"{token}==", f" {token}", f"{token}\n", f"{token}A", token[:-1], token + token:
        assert session_of(other, keystore) is None


@given(text=st.text(max_size=300) | st.binary(min_size=80, max_size=96).map(base64.urlsafe_b64encode).map(bytes.decode))
def test_nothing_else_is_a_token(keystore: Keystore, text: str) -> None:
    assert session_of(text, keystore) is None


def test_another_server_s_token_is_nobody_s(keystore: Keystore, token: str, tmp_path: Path) -> None:
    other = Keystore.create(FileSeal(tmp_path))[0]
    assert session_of(token, other) is None
    assert session_of(token_of(SESSION.stored_text(), other), keystore) is None


def test_the_key_outlives_the_process(tmp_path: Path) -> None:
    seal = FileSeal(tmp_path)
    keystore, rows = Keystore.create(seal)
    token = token_of(SESSION.stored_text(), keystore)
    assert session_of(token, Keystore.open(seal, rows)) == SESSION
