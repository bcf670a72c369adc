"""The crate ``turnkey_proofs`` on what this server's keys sign, with the deployment's root handed in.

What pins its vendor's root refuses, as it should. The program is ``rust/src/bin/proofs.rs``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from attested import Start
from counterseal.crypto.p256 import P256PrivateKey

if shutil.which("cargo") is None:
    pytest.skip("cargo is not on the PATH: the official Rust crate is left out", allow_module_level=True)

RUST = Path(__file__).parent / "rust"
PATIENCE_WITH_A_BUILD_SECONDS = 1200
START = Start()


def ask_rust(root: bytes, start: Start) -> dict[str, str | None]:
    """What the crate thinks of a start's proofs under a root."""
    boot_proof = start.boot_proof()
    question = {
        "appProof": start.app_proof().object,
        "bootProof": boot_proof.object("signer"),
        "attestation": boot_proof.document.hex(),
        "envelope": boot_proof.envelope.hex(),
        "root": root.hex(),
    }
    done = subprocess.run(
        ["cargo", "run", "--quiet", "--locked", "--bin", "proofs"],
        cwd=RUST,
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_WITH_A_BUILD_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, str | None] = json.loads(done.stdout)
    return answer


def test_it_accepts_under_the_deployment_s_root() -> None:
    answer = ask_rust(START.root, START)
    assert (answer["appProof"], answer["underItsRoot"]) == (None, None)
    assert "UnknownIssuer" in str(answer["underTheVendorsRoot"])


def test_it_refuses_under_another_root() -> None:
    assert "UnknownIssuer" in str(ask_rust(Start().root, START)["underItsRoot"])


def test_it_refuses_what_the_manifest_does_not_say() -> None:
    """The register that binds manifest and key, and an approval by somebody else."""
    start = Start()
    start.attested = replace(start.attested, registers=start.attested.registers | {17: bytes(48)})
    assert ask_rust(start.root, start)["underItsRoot"] is not None
    start = Start()
    start.operator = P256PrivateKey.generate()
    assert "InvalidManifestApproval" in str(ask_rust(start.root, start)["underItsRoot"])
