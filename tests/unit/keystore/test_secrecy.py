"""Planted secrets are looked for in all that leaves the keystore by accident: text, logs, errors, the database."""

from __future__ import annotations

import copy
import inspect
import io
import json
import logging
import pickle
import sqlite3
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from counterseal.contract.errors import Refused
from counterseal.crypto import p256
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.keystore import FileSeal, Keystore, KeystoreError, PassphraseSeal, SealError
from counterseal.keystore.cipher import Cipher
from counterseal.keystore.confidential import Confidential
from counterseal.keystore.keys import DataKey, RootKey
from counterseal.keystore.passphrase_seal import Argon2Cost
from secret_forms import assert_none_is_in

PASSPHRASE = "correct horse battery staple"
CHEAP = Argon2Cost(memory_kib=32, iterations=1, lanes=1)


def assert_absent(planted: Any, *places: bytes | str) -> None:
    assert_none_is_in(planted.secrets | {"passphrase": PASSPHRASE.encode()}, *places)


def confidential_values(planted: Any, directory: Path) -> list[Confidential]:
    keystore = planted.open()
    return [
        keystore,
        keystore.boot_root,
        RootKey(planted.secrets["root key"]),
        DataKey(planted.secrets["data key"]),
        Cipher(planted.secrets["root key"]),
        PassphraseSeal(directory, PASSPHRASE),
    ]


def test_the_search_finds_what_is_there(planted: Any) -> None:
    for secret in planted.secrets.values():
        for leak in (secret, secret.hex(), f"key={secret!r}", f"{list(secret)}", f"{int.from_bytes(secret)}"):
            with pytest.raises(AssertionError, match="is there"):
                assert_absent(planted, leak)


def test_no_text_of_anything_shows_a_secret(planted: Any, tmp_path: Path) -> None:
    keystore = planted.open()
    values = [*confidential_values(planted, tmp_path), planted.seal, *planted.rows, *keystore._identities.values()]
    for value in values:
        assert_absent(planted, repr(value), str(value), f"{value}", f"{value!r:>80}", f"{[value]}")


def test_a_row_shows_its_public_half(planted: Any) -> None:
    row = planted.rows[1]
    assert repr(row) == f"SealedSecret(name='signer', public_key='{row.public_key}')"


def test_a_session_credential_shows_its_public_half(planted: Any) -> None:
    credential = planted.open().new_session_credential(P256PrivateKey.generate().public_key)
    assert repr(credential) == f"SessionCredential(public_key='{credential.public_key}')"


@pytest.mark.parametrize(
    "take",
    [pickle.dumps, copy.copy, copy.deepcopy, lambda value: value.__getstate__(), lambda value: value.__reduce__()],
    ids=["pickle", "copy", "deepcopy", "state", "reduce"],
)
def test_nothing_confidential_is_pickled_or_copied(
    planted: Any, tmp_path: Path, take: Callable[[object], object]
) -> None:
    for value in confidential_values(planted, tmp_path):
        with pytest.raises(TypeError) as caught:
            take(value)
        assert_absent(planted, str(caught.value))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_no_pickle_protocol_works(planted: Any, tmp_path: Path, protocol: int) -> None:
    for value in confidential_values(planted, tmp_path):
        with pytest.raises(TypeError):
            pickle.dumps(value, protocol)


def test_nothing_confidential_has_a_dictionary(planted: Any, tmp_path: Path) -> None:
    for value in confidential_values(planted, tmp_path):
        with pytest.raises(TypeError):
            vars(value)
        with pytest.raises(TypeError):
            json.dumps(value)


def failures(planted: Any, directory: Path) -> dict[str, Callable[[], object]]:
    """Ways to fail with secrets at hand."""
    keystore = planted.open()
    wrong_seal = FileSeal(directory / "wrong")
    (directory / "wrong").mkdir()
    wrong_seal.create(RootKey.generate())
    (directory / "sealed").mkdir()
    sealed = PassphraseSeal(directory / "sealed", PASSPHRASE, cost=CHEAP)
    sealed.create(RootKey(planted.secrets["root key"]))
    altered = [replace(row, public_key=row.public_key + "00") for row in planted.rows]
    return {
        "seal exists": lambda: planted.seal.create(RootKey(planted.secrets["root key"])),
        "passphrase seal exists": lambda: sealed.create(RootKey(planted.secrets["root key"])),
        "wrong root key": lambda: Keystore.open(wrong_seal, planted.rows),
        "altered data key": lambda: Keystore.open(planted.seal, altered),
        "altered identity": lambda: Keystore.open(planted.seal, [planted.rows[0], *altered[1:]]),
        "missing identity": lambda: Keystore.open(planted.seal, [*planted.rows[:-2], planted.rows[-1]]),
        "completing altered rows": lambda: Keystore.create(planted.seal, altered),
        "wrong passphrase": lambda: PassphraseSeal(directory / "sealed", "another passphrase").unseal(),
        "not for signing": lambda: keystore.sign_as("on_ramp", b"message"),
        "altered secret": lambda: keystore.decrypt(keystore.encrypt(b"secret", "a"), "b"),
        "bad target": lambda: keystore.new_session_credential(b"\x02" + b"\xff" * 32),
        "open to others": lambda: _unseal_with_mode(planted.seal, directory / "root.key", 0o644),
        "root key file with a tail": lambda: _unseal_with_tail(planted.seal, directory / "root.key"),
    }


def _unseal_with_mode(seal: FileSeal, file: Path, mode: int) -> None:
    file.chmod(mode)
    seal.unseal()


def _unseal_with_tail(seal: FileSeal, file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"tail")
    file.chmod(0o600)
    seal.unseal()


def test_no_failure_tells_a_secret_not_even_with_its_local_variables(planted: Any, tmp_path: Path) -> None:
    for fail in failures(planted, tmp_path).values():
        with pytest.raises((KeystoreError, ValueError)) as caught:
            fail()
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        inside = [frame for frame in shown.stack if "/counterseal/" in frame.filename]
        locals_inside = [text for frame in inside for text in (frame.locals or {}).values()]
        assert inside
        assert_absent(planted, "".join(traceback.format_exception(caught.value)), repr(caught.value), *locals_inside)


def test_logs_of_failures_tell_no_secret(planted: Any, tmp_path: Path) -> None:
    """With the standard library's logging, and with structlog, whose structured tracebacks hold local variables."""
    written = io.StringIO()
    standard = logging.Logger("secrecy")
    standard.addHandler(logging.StreamHandler(written))
    structured = structlog.wrap_logger(
        structlog.PrintLogger(written),
        processors=[structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(default=repr)],
    )
    values = [*confidential_values(planted, tmp_path), *planted.rows]
    for name, fail in failures(planted, tmp_path).items():
        try:
            fail()
        except (KeystoreError, ValueError):
            standard.exception("failed: %s with %s and %r", name, values, values)
            structured.exception("failed", name=name, values=values)
    assert '"locals"' in written.getvalue()
    assert_absent(planted, written.getvalue())


def test_the_database_file_holds_no_secret(planted: Any, tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    keystore = planted.open()
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE sealed_secrets (name TEXT PRIMARY KEY, public_key TEXT, sealed BLOB)")
    rows = [(row.name, row.public_key, row.sealed) for row in planted.rows]
    rows += [(f"copy of {name}", "", keystore.encrypt(secret, name)) for name, secret in planted.secrets.items()]
    connection.executemany("INSERT INTO sealed_secrets VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    content = file.read_bytes()
    assert planted.rows[1].sealed in content
    assert_absent(planted, content)


def test_a_session_s_private_key_is_only_in_its_bundle(planted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = bytes(range(60, 92))
    known = P256PrivateKey.from_secret(secret)
    monkeypatch.setattr(P256PrivateKey, "generate", lambda: known)
    planted.secrets["session key"] = secret
    keystore = planted.open()
    credential = keystore.new_session_credential(p256.uncompress(P256PrivateKey.from_secret(b"\x01" * 32).public_key))
    assert credential.public_key == known.public_key.hex()
    assert_absent(planted, repr(credential), repr(keystore), credential.credential_bundle)


def test_everything_confidential_has_slots() -> None:
    def descendants(base: type) -> Iterator[type]:
        for child in base.__subclasses__():
            yield child
            yield from descendants(child)

    found = list(descendants(Confidential))
    assert {Keystore, RootKey, DataKey, Cipher, PassphraseSeal} <= set(found)
    assert all("__slots__" in vars(each) and not inspect.isabstract(each) for each in found)


def test_keystore_errors_are_no_refusals() -> None:
    """They name files and rows, which are the operator's business: no renderer shows them to an API caller."""
    assert not issubclass(KeystoreError, Refused)
    assert issubclass(SealError, KeystoreError)
