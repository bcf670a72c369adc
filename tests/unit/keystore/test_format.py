"""What the first version wrote opens for ever. ``format-1.json`` is never regenerated; a new format adds a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from counterseal.crypto import ed25519, p256
from counterseal.keystore import Keystore, SealedSecret, seal_of
from counterseal.keystore.identities import ADDED_LATER, SIGNER_QUORUM

PASSPHRASE = "correct horse battery staple"


@pytest.fixture(scope="module")
def written() -> Any:
    return json.loads(Path(__file__).with_name("format-1.json").read_text())


@pytest.mark.parametrize(("file", "passphrase"), [("root.key", None), ("root.sealed.json", PASSPHRASE)])
def test_the_first_format_opens(tmp_path: Path, written: Any, file: str, passphrase: str | None) -> None:
    (tmp_path / file).write_text(written["files"][file])
    (tmp_path / file).chmod(0o600)
    rows = [SealedSecret(row["name"], row["public_key"], bytes.fromhex(row["sealed"])) for row in written["rows"]]
    keystore, added = Keystore.complete(seal_of(tmp_path, passphrase=passphrase), rows)
    assert {row.name for row in added} == ADDED_LATER
    public = {
        name: text for name, text in keystore.public_identities().items() if name not in {*ADDED_LATER, SIGNER_QUORUM}
    }
    assert public == {row["name"]: row["public_key"] for row in written["rows"] if row["public_key"]}
    assert keystore.session_token_mac(b"id").hex() == written["session_token_mac_of_id"]
    assert keystore.decrypt(bytes.fromhex(written["encrypted"]), "purpose") == b"secret"
    assert p256.verify(bytes.fromhex(public["signer"]), keystore.sign_as("signer", b"message"), b"message")
    assert ed25519.verify(bytes.fromhex(public["webhook"]), keystore.sign_as("webhook", b"message"), b"message")
