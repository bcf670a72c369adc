"""``counterseal init`` wrote ``<hex>:p256`` into the private key file: the official Rust client (``from_files``) and
the Go one (``NewAPIKeyStamper``) want bare hex. Files of the older form are still read.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from counterseal.cli import main
from counterseal.crypto import load_private_key

FORMS = {
    "p256": r"[0-9a-f]{64}",
    "secp256k1": r"[0-9a-f]{64}:secp256k1",
    "ed25519": r"[0-9a-f]{128}:ed25519",
}


@pytest.mark.parametrize("curve", FORMS)
def test_a_key_of_p256_is_bare_hex_and_others_name_their_curve(tmp_path: Path, curve: str) -> None:
    options = ["--organization=A", "--user-name=root", f"--curve={curve}", "--json"]
    made = CliRunner().invoke(main, ["init", f"--data={tmp_path / 'data'}", *options])
    assert made.exit_code == 0, made.output
    report = json.loads(made.stdout)
    text = Path(report["apiPrivateKeyFile"]).read_text()
    assert re.fullmatch(FORMS[curve], text)
    older = text if ":" in text else f"{text}:p256"
    for each in text, older:
        assert load_private_key(each).public_key.hex() == report["apiPublicKey"]
