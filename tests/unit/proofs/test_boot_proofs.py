"""Boot proofs under an own root: what holds, and each thing in which one may be wrong."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import cbor2
import pytest
from cryptography import x509

from attested import DEPLOYMENT, NOW_MS, Start
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.ledger import LedgerError, Malformed, NotProven, canonical
from counterseal.proofs.boot import Approval, BootProof, check_boot_proof, envelope
from counterseal.proofs.boot.document import read_document
from counterseal.proofs.boot.measurements import commitment, registers

START, OTHER = Start(), Start()
PROOF = START.boot_proof()


def test_it_holds_under_its_root() -> None:
    found = check_boot_proof(PROOF, root=START.root, app_proof=START.app_proof())
    assert found == START.attested
    assert found.module_id == f"counterseal-self-attested-{DEPLOYMENT}"


def test_the_wire_s_object_says_that_it_is_self_attested() -> None:
    shown = PROOF.object("signer")
    assert BootProof.of(json.loads(json.dumps(shown))) == PROOF
    assert (shown["owner"], shown["deploymentLabel"], shown["enclaveApp"]) == ("self", "self-attested", "signer")
    assert shown["ephemeralPublicKeyHex"] == START.proof_key.public_key.hex()
    assert shown["createdAt"] == {"seconds": "1790000000", "nanos": "0"}


def test_it_names_nobody_s_hardware_or_cloud() -> None:
    """The format's own words apart: the name of a member for a root, and the hash's domain."""
    said = b"".join((PROOF.document, PROOF.manifest, PROOF.envelope)).replace(b"awsRootCertificate", b"").lower()
    for word in (b"aws", b"amazon", b"nitro", b"enclaves", b"turnkey", b"tkhq"):
        assert word not in said


def test_documents_are_the_cbor_that_others_read() -> None:
    protected, unprotected, payload, signature = cbor2.loads(PROOF.document)
    assert (protected.hex(), unprotected, len(signature)) == ("a1013822", {}, 96)
    read = cbor2.loads(payload)
    assert cbor2.dumps(read) == payload
    assert (sorted(read["pcrs"]), read["nonce"]) == (list(range(32)), None)
    assert {len(each) for each in read["pcrs"].values()} == {48}
    nothing = {at for at, each in read["pcrs"].items() if not any(each)}
    assert nothing == set(range(4, 32)) - {17}


def test_certificates_are_small_and_plain() -> None:
    root, leaf = map(x509.load_der_x509_certificate, (START.root, START.certificate))
    leaf.verify_directly_issued_by(root)
    assert max(len(START.root), len(START.certificate)) <= 1024
    assert {each.oid._name for each in leaf.extensions} == {"basicConstraints", "keyUsage"}
    assert leaf.not_valid_after_utc.timestamp() - leaf.not_valid_before_utc.timestamp() == 3 * 3600 + 300
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_the_manifest_is_canonical() -> None:
    stated = json.loads(PROOF.manifest)
    assert canonical(stated) == PROOF.manifest
    assert stated["pivot"]["env"]["COUNTERSEAL_ATTESTATION"] == {"plain": {"value": "self"}}
    assert stated["namespace"]["nonce"] == "7"
    assert json.loads(PROOF.envelope)["manifest"] == stated


def attesting(**changes: Any) -> BootProof:
    return START.boot_proof(replace(START.attested, **changes))


def stating(**changes: Any) -> BootProof:
    return START.boot_proof(manifest=replace(START.manifest, **changes))


def registered(at: int, value: bytes) -> BootProof:
    return attesting(registers=START.attested.registers | {at: value})


def approved(*approvals: Approval) -> BootProof:
    return replace(PROOF, envelope=envelope(PROOF.manifest, approvals))


APPROVAL = Approval.of(START.manifest, START.operator.sign)
STRANGER = P256PrivateKey.generate()
WRONG = {
    "another root": OTHER.boot_proof,
    "another boot key": lambda: replace(PROOF, document=OTHER.boot_proof(START.attested).document),
    "a certificate of another": lambda: attesting(certificate=OTHER.certificate),
    "the root as a certificate": lambda: attesting(certificate=START.root),
    "certificates between": lambda: attesting(bundle=(START.root, START.root)),
    "no root in the bundle": lambda: attesting(bundle=()),
    "too early": lambda: replace(PROOF, created_ms=NOW_MS - 301_000),
    "too late": lambda: replace(PROOF, created_ms=NOW_MS + 3 * 3_600_000 + 1_000),
    "another manifest": lambda: stating(version="0.2.0"),
    "another manifest's hash": lambda: attesting(manifest_hash=bytes(32)),
    "another manifest in the envelope": lambda: replace(PROOF, envelope=stating(version="0.2.0").envelope),
    "another file": lambda: registered(0, bytes(48)),
    "other packages": lambda: registered(1, bytes(48)),
    "other settings": lambda: registered(2, bytes(48)),
    "another server": lambda: registered(3, bytes(48)),
    "something in a register that is empty": lambda: registered(16, b"\1" * 48),
    "another key": lambda: attesting(proof_key=OTHER.proof_key.public_key),
    "no approval": approved,
    "an approval of something else": lambda: approved(
        APPROVAL._replace(signature=Approval.of(OTHER.manifest, START.operator.sign).signature)
    ),
    "a stranger's approval": lambda: approved(Approval.of(START.manifest, STRANGER.sign)),
    "an approval by no member": lambda: approved(APPROVAL._replace(public_key=OTHER.manifest.operator_key)),
    "a short approval": lambda: approved(APPROVAL._replace(signature=APPROVAL.signature[:-1])),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_hold(wrong: str) -> None:
    with pytest.raises(NotProven):
        check_boot_proof(WRONG[wrong](), root=START.root)


def test_an_approval_counts_once() -> None:
    twice = json.loads(PROOF.manifest)
    twice["manifestSet"]["threshold"] = "2"
    manifest = canonical(twice)
    with pytest.raises(NotProven):
        check_boot_proof(
            replace(PROOF, manifest=manifest, envelope=envelope(manifest, [APPROVAL, APPROVAL])), root=START.root
        )


def test_an_app_proof_of_another_start() -> None:
    with pytest.raises(NotProven):
        check_boot_proof(PROOF, root=START.root, app_proof=OTHER.app_proof())
    with pytest.raises(NotProven):
        check_boot_proof(PROOF, root=START.root, app_proof=replace(START.app_proof(), payload="{}"))


@pytest.mark.parametrize("part", ["document", "manifest", "envelope"])
def test_no_byte_may_change(part: str) -> None:
    content = getattr(PROOF, part)
    for at in range(0, len(content), 7):
        changed = content[:at] + bytes((content[at] ^ 1,)) + content[at + 1 :]
        with pytest.raises(LedgerError):
            check_boot_proof(replace(PROOF, **{part: changed}), root=START.root)


MALFORMED = {
    "nothing": b"",
    "no CBOR": b"\xff",
    "an array of three": cbor2.dumps([bytes.fromhex("a1013822"), {}, b""]),
    "another algorithm": cbor2.dumps([bytes.fromhex("a1013826"), {}, START.attested.payload, bytes(96)]),
    "a tag": cbor2.dumps(cbor2.CBORTag(18, [bytes.fromhex("a1013822"), {}, START.attested.payload, bytes(96)])),
    "no map": cbor2.dumps([bytes.fromhex("a1013822"), {}, b"\x01", bytes(96)]),
    "a map of nothing": cbor2.dumps([bytes.fromhex("a1013822"), {}, b"\xa0", bytes(96)]),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_no_document(what: str) -> None:
    with pytest.raises(Malformed):
        read_document(MALFORMED[what])


@pytest.mark.parametrize(
    "change",
    [
        {"digest": "SHA256"},
        {"timestamp": 0},
        {"module_id": ""},
        {"nonce": b""},
        {"pcrs": {0: bytes(48)}},
        {"pcrs": {at: bytes(32) for at in range(32)}},
        {"public_key": bytes(65)},
        {"user_data": bytes(31)},
        {"certificate": None},
    ],
    ids=repr,
)
def test_a_member_of_another_kind(change: dict[str, Any]) -> None:
    payload = cbor2.dumps(cbor2.loads(START.attested.payload) | change)
    with pytest.raises(Malformed):
        read_document(cbor2.dumps([bytes.fromhex("a1013822"), {}, payload, bytes(96)]))


@pytest.mark.parametrize(
    "object_",
    [
        {},
        PROOF.object("signer") | {"createdAt": None},
        PROOF.object("signer") | {"createdAt": {"seconds": "x", "nanos": "0"}},
        PROOF.object("signer") | {"awsAttestationDocB64": "!"},
        PROOF.object("signer") | {"qosManifestB64": "A" * 300_000},
        PROOF.object("signer") | {"qosManifestB64": None},
    ],
)
def test_what_is_no_boot_proof(object_: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        BootProof.of(object_)


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b" {}", b"null", b"[" * 9999])
def test_what_is_no_manifest(manifest: bytes) -> None:
    with pytest.raises(LedgerError):
        check_boot_proof(replace(PROOF, manifest=manifest), root=START.root)


def test_base64_is_the_standard_one() -> None:
    shown = PROOF.object("signer")
    assert base64.standard_b64decode(shown["qosManifestB64"]) == PROOF.manifest


def test_registers_bind_key_and_manifest() -> None:
    zeros = (bytes(48),) * 4
    found = registers(zeros, manifest_hash=bytes(32), proof_key=bytes(130))
    assert found[17] == commitment(bytes(32), bytes(130))
    assert len({commitment(bytes((at,)) * 32, bytes((at,)) * 130) for at in range(3)}) == 3
