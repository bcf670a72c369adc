"""A start of a server that attests itself, for tests: its keys, its boot proof, and an app proof by its key."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.p384 import P384PrivateKey
from counterseal.keystore.proof_key import ProofKey
from counterseal.proofs import AppProof, address_derivation, app_proof
from counterseal.proofs.boot import (
    Approval,
    BootProof,
    Manifest,
    boot_certificate,
    envelope,
    measurements,
    root_certificate,
)
from counterseal.proofs.boot.boot_proof import MODULE_PREFIX
from counterseal.proofs.boot.document import Attested, attestation_document
from counterseal.proofs.boot.measurements import registers

NOW_MS = 1_790_000_000_000
DEPLOYMENT = "7f2c1a10-0000-4000-8000-0000000000aa"


def pair(key: P256PrivateKey) -> bytes:
    """A key to encrypt to, and this one."""
    return P256PrivateKey.generate().public_point + key.public_point


@dataclass(kw_only=True)
class Start:
    """All of it is made anew for each."""

    root_key: P384PrivateKey = field(default_factory=P384PrivateKey.generate)
    boot_key: P384PrivateKey = field(default_factory=P384PrivateKey.generate)
    operator: P256PrivateKey = field(default_factory=P256PrivateKey.generate)
    proof_key: ProofKey = field(default_factory=ProofKey.generate)

    def __post_init__(self) -> None:
        self.root = root_certificate(
            self.root_key.public_point, sign=self.root_key.sign, deployment_id=DEPLOYMENT, serial=1, now_ms=NOW_MS
        )
        self.certificate = boot_certificate(
            self.boot_key.public_point,
            root=self.root,
            sign=self.root_key.sign,
            module_id=MODULE_PREFIX + DEPLOYMENT,
            serial=2**158 + 1,
            now_ms=NOW_MS,
        )
        measured = measurements(
            record=b"counterseal/__init__.py,sha256=AA,1\n",
            packages=["b==2", "a==1"],
            python_version="3.11.9",
            settings={"proofs.mode": "self", "password": sha256(b"secret").hexdigest()},
            public_keys={"signer": "04"},
            deployment_id=DEPLOYMENT,
        )
        self.manifest = Manifest(
            deployment_id=DEPLOYMENT,
            start=7,
            signer_key=pair(P256PrivateKey.generate()),
            operator_key=pair(self.operator),
            package_hash=sha256(b"RECORD").digest(),
            version="0.1.0",
            settings_hash=sha256(b"settings").digest(),
            ledger_origin="ledger.example/7f2c1a10",
            registers=measured,
            root=self.root,
        )
        self.attested = Attested(
            module_id=MODULE_PREFIX + DEPLOYMENT,
            timestamp_ms=NOW_MS,
            registers=registers(measured, manifest_hash=self.manifest.hash, proof_key=self.proof_key.public_key),
            certificate=self.certificate,
            bundle=(self.root,),
            proof_key=self.proof_key.public_key,
            manifest_hash=self.manifest.hash,
        )

    def boot_proof(self, attested: Attested | None = None, manifest: Manifest | None = None) -> BootProof:
        """Of what this start attests, or of something else that its keys sign."""
        stated = manifest or self.manifest
        return BootProof(
            document=attestation_document(attested or self.attested, self.boot_key.sign),
            manifest=stated.text,
            envelope=envelope(stated.text, [Approval.of(stated, self.operator.sign)]),
            created_ms=NOW_MS,
        )

    def app_proof(self) -> AppProof:
        """Of an address."""
        payload = address_derivation(organization_id="o", address="0x", timestamp_ms=NOW_MS)
        return app_proof(payload, public_key=self.proof_key.public_key, sign=self.proof_key.sign)
