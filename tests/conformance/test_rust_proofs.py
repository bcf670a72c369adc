"""The crate ``turnkey_proofs`` on what this server's keys sign, with the deployment's root handed in.

What pins its vendor's root refuses, as it should. The program is ``rust/src/bin/proofs.rs``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attested import Start
from counterseal.crypto import sign_stamp
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.proofs.boot import BootProof
from served import RunningServer, activity_body

if shutil.which("cargo") is None:
    pytest.skip("cargo is not on the PATH: the official Rust crate is left out", allow_module_level=True)

RUST = Path(__file__).parent / "rust"
PATIENCE_WITH_A_BUILD_SECONDS = 1200
START = Start()


def ask_rust(root: bytes, start: Start) -> dict[str, str | None]:
    """What the crate thinks of a start's proofs under a root."""
    boot_proof = start.boot_proof()
    return ask_of(root, start.app_proof().object, boot_proof.object("signer"))


def ask_of(root: bytes, app_proof: dict[str, str], shown: dict[str, Any]) -> dict[str, str | None]:
    """The same of proofs as the wire shows them."""
    boot_proof = BootProof.of(shown)
    question = {
        "appProof": app_proof,
        "bootProof": shown,
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


def test_it_accepts_what_a_server_has_made(start_server: Callable[..., RunningServer]) -> None:
    server = start_server()
    body = activity_body(
        server.organization_id,
        "CREATE_USER_TAG",
        {"userTagName": "proven", "userIds": []},
        generateAppProofs=True,
    )
    status, reply = server.post("/public/v1/submit/create_user_tag", body, sign_stamp(server.key, body))
    assert status == 200, reply
    (app_proof,) = reply["activity"]["appProofs"]
    query = json.dumps({"organizationId": server.organization_id, "ephemeralKey": app_proof["publicKey"]}).encode()
    status, shown = server.post("/public/v1/query/get_boot_proof", query, sign_stamp(server.key, query))
    assert status == 200, shown
    with urllib.request.urlopen(f"{server.url}/.well-known/counterseal") as published:
        root = bytes.fromhex(json.load(published)["boot_root"])
    answer = ask_of(root, app_proof, shown["bootProof"])
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
