"""Official verifiers on what this server's keys sign: app proofs, boot proofs and webhooks, without a server.

``@turnkey/crypto`` in one node process. What pins its vendor's root refuses, as it should.
"""

from __future__ import annotations

import json
import subprocess
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import cbor2
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from attested import NOW_MS, Start
from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.proofs import CountedApproval, app_proof, policy_outcome
from counterseal.webhooks import ACTIVITY_UPDATES, activity_update, key_set, signed_headers

HERE = Path(__file__).parent
PATIENCE_SECONDS = 120

START = Start()
BOOT_PROOF = START.boot_proof()
APP_PROOF = START.app_proof().object
WEBHOOK_KEY = Ed25519PrivateKey.generate()
UPDATE = activity_update(
    {
        "id": "a",
        "organizationId": "o",
        "status": "ACTIVITY_STATUS_COMPLETED",
        "type": "ACTIVITY_TYPE_CREATE_WALLET",
        "fingerprint": "sha256:00",
        "votes": [{"message": "é"}],
    }
)


def ask(*questions: dict[str, Any]) -> list[dict[str, Any]]:
    """One node process for all."""
    done = subprocess.run(
        ["node", "javascript/proofs.mjs"],
        cwd=HERE,
        input="\n".join(map(json.dumps, questions)),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers


def test_app_proofs_are_accepted() -> None:
    approvals = [CountedApproval("SIGNATURE_SCHEME_API_P256", "02", '{"é":1}', "30")]
    payload = policy_outcome(
        organization_id="o",
        outcome="OUTCOME_ALLOW",
        decision_context_digest="0" * 64,
        organization_data_digest="0" * 64,
        parent_organization_data_digest="",
        approvals=approvals,
        timestamp_ms=NOW_MS,
    )
    key = START.proof_key
    outcome = app_proof(payload, public_key=key.public_key, sign=key.sign).object
    changed = outcome | {"proofPayload": payload.replace("ALLOW", "ERROR")}
    *accepted, refused = ask(*({"call": "appProof", "appProof": each} for each in (APP_PROOF, outcome, changed)))
    assert accepted == [{"answer": "accepted"}] * 2
    assert "Signature verification failed" in refused["error"]


def test_documents_and_commitments_are_accepted() -> None:
    protected, _, payload, signature = cbor2.loads(BOOT_PROOF.document)
    parts = [protected.hex(), payload.hex(), signature.hex()]
    other = [protected.hex(), payload.replace(b"SHA384", b"SHA385").hex(), signature.hex()]
    certificate = START.certificate.hex()
    commitment = {"manifestHash": START.manifest.hash.hex(), "publicKey": START.proof_key.public_key.hex()}
    accepted, refused, computed = ask(
        {"call": "signature", "parts": parts, "certificate": certificate},
        {"call": "signature", "parts": other, "certificate": certificate},
        {"call": "commitment", **commitment},
    )
    assert accepted == {"answer": "accepted"}
    assert "verification failed" in refused["error"]
    assert computed == {"answer": START.attested.registers[17].hex()}


def test_what_pins_its_vendor_s_root_refuses() -> None:
    """Also the function that takes a root: it compares its fingerprint with the pinned one."""
    root_pem = x509.load_der_x509_certificate(START.root).public_bytes(Encoding.PEM).decode()
    both = {"appProof": APP_PROOF, "bootProof": BOOT_PROOF.object("signer")}
    policy = {
        "allowedManifestSha256": [START.manifest.hash.hex()],
        "expectedPcrs": [each.hex() for each in START.manifest.registers],
    }
    certificate = START.certificate.hex()
    answers = ask(
        {
            "call": "chain",
            "bundle": [START.root.hex()],
            "rootPem": root_pem,
            "certificate": certificate,
            "timeMs": NOW_MS,
        },
        {"call": "both", **both},
        {"call": "policy", **both, "policy": policy},
    )
    for answer, expected in zip(answers, ("fingerprint mismatch", "number of certs", "number of certs"), strict=True):
        assert expected in answer["error"]


def test_webhooks_are_accepted() -> None:
    headers = signed_headers(
        UPDATE,
        event_id="0199c1aa-0000-7000-8000-0000000000b1",
        event_type=ACTIVITY_UPDATES,
        organization_id="o",
        timestamp_ms=NOW_MS,
        public_key=WEBHOOK_KEY.public_key,
        sign=WEBHOOK_KEY.sign,
    )
    (published,) = key_set([WEBHOOK_KEY.public_key])["keys"]
    key = {
        "keyId": published["kid"],
        "publicKey": urlsafe_b64decode(published["x"] + "=").hex(),
        "algorithm": "ed25519",
    }
    question = {"call": "webhook", "headers": headers, "body": UPDATE.hex(), "verificationKeys": [key], "nowMs": NOW_MS}
    changes: list[dict[str, Any]] = [
        {},
        {"body": UPDATE.replace(b"COMPLETED", b"FAILED").hex()},
        {"nowMs": NOW_MS + 300_001},
        {"headers": headers | {"X-Turnkey-Event-Id": "another"}},
    ]
    accepted, *refused = (answer["answer"] for answer in ask(*(question | change for change in changes)))
    assert accepted == {
        "ok": True,
        "eventId": "0199c1aa-0000-7000-8000-0000000000b1",
        "keyId": published["kid"],
        "timestampMs": NOW_MS,
    }
    assert [answer["reason"] for answer in refused] == ["invalid_signature", "stale_timestamp", "invalid_signature"]
