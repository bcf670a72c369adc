"""A boot proof: the document of a start with its manifest, as the wire has it, and how it is checked.

``check_boot_proof`` asks what the crate ``turnkey_proofs`` asks in ``verify``, under a root that is handed in.
"""

from __future__ import annotations

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from counterseal.ledger.errors import Malformed, NotProven
from counterseal.proofs.app_proofs import AppProof, check_app_proof
from counterseal.proofs.boot.certificates import check_chain
from counterseal.proofs.boot.document import Attested, check_signature, read_document
from counterseal.proofs.boot.manifest import VERSION, check_envelope
from counterseal.proofs.boot.measurements import registers

BOOT_PROOF_CHARACTERS_MAX = 256 * 1024

OWNER = "self"
DEPLOYMENT_LABEL = "self-attested"
MODULE_PREFIX = "counterseal-self-attested-"


@dataclass(frozen=True, slots=True, kw_only=True)
class BootProof:
    """The document, the manifest's text and its envelope, and when the server started."""

    document: bytes
    manifest: bytes
    envelope: bytes
    created_ms: int

    def object(self, app: str) -> dict[str, Any]:
        """As the wire has it, of the app of this name."""
        attested, _, _ = read_document(self.document)
        seconds, rest_ms = divmod(self.created_ms, 1000)
        return {
            "ephemeralPublicKeyHex": attested.proof_key.hex(),
            "awsAttestationDocB64": b64encode(self.document).decode(),
            "qosManifestB64": b64encode(self.manifest).decode(),
            "qosManifestEnvelopeB64": b64encode(self.envelope).decode(),
            "deploymentLabel": DEPLOYMENT_LABEL,
            "enclaveApp": app,
            "owner": OWNER,
            "createdAt": {"seconds": str(seconds), "nanos": str(rest_ms * 1_000_000)},
            "qosManifestVersion": VERSION,
        }

    @classmethod
    def of(cls, object_: Mapping[str, Any]) -> Self:
        """The same from the wire's object. Raises ``Malformed``."""
        try:
            names = ("awsAttestationDocB64", "qosManifestB64", "qosManifestEnvelopeB64")
            if sum(len(object_[name]) for name in names) > BOOT_PROOF_CHARACTERS_MAX:
                raise Malformed(f"a boot proof has more than {BOOT_PROOF_CHARACTERS_MAX} characters")
            document, manifest, envelope = (a2b_base64(object_[name], strict_mode=True) for name in names)
            created = object_["createdAt"]
            created_ms = int(created["seconds"]) * 1000 + int(created["nanos"]) // 1_000_000
        except (KeyError, TypeError):
            raise Malformed("a boot proof lacks a member, or has one of another kind") from None
        except ValueError as fault:
            raise fault if isinstance(fault, Malformed) else Malformed("a boot proof is not base64") from None
        return cls(document=document, manifest=manifest, envelope=envelope, created_ms=created_ms)


def check_boot_proof(boot_proof: BootProof, *, root: bytes, app_proof: AppProof | None = None) -> Attested:
    """What was attested at a start: signed under ``root`` (DER), and with manifest, registers and key that fit.

    ``app_proof`` must be by the key that was attested. Raises ``Malformed`` or ``NotProven`` for the first thing wrong.
    """
    if app_proof is not None:
        check_app_proof(app_proof)
    attested, payload, signature = read_document(boot_proof.document)
    if len(attested.bundle) != 1:  # the root, which nobody believes because it is in there
        raise NotProven(f"the document has {len(attested.bundle)} certificates beside its own, expected the root alone")
    key = check_chain(attested.certificate, root=root, at_ms=boot_proof.created_ms)
    check_signature(payload, signature, key)
    stated = check_envelope(boot_proof.envelope, boot_proof.manifest)
    if sha256(boot_proof.manifest).digest() != attested.manifest_hash:
        raise NotProven("the document is of another manifest")
    first, second, third, fourth = (bytes.fromhex(stated["enclave"][f"pcr{at}"]) for at in range(4))
    expected = registers(
        (first, second, third, fourth), manifest_hash=attested.manifest_hash, proof_key=attested.proof_key
    )
    for at, register in expected.items():
        if attested.registers[at] != register:
            raise NotProven(f"register {at} of the document is not what the manifest says")
    if app_proof is not None and app_proof.public_key != attested.proof_key.hex():
        raise NotProven("the app proof is by another key than the one that was attested")
    return attested
