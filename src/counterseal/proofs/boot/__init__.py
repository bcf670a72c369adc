"""What vouches for the key of app proofs: a self-attested document, made when the server starts.

It proves that all app proofs of one process life came from one key, which the operator's own root vouches for together
with a stated version and settings. It does not prove that the operator runs that code: there is no hardware in it, and
nothing in it says so. The forms are those of a document of Nitro enclaves and a QuorumOS manifest, so that the crate
``turnkey_proofs``, handed this deployment's root, checks them as it checks others.
"""

from counterseal.proofs.boot.attester import Attester
from counterseal.proofs.boot.boot_proof import BootProof, check_boot_proof
from counterseal.proofs.boot.certificates import boot_certificate, root_certificate
from counterseal.proofs.boot.document import Attested, attestation_document
from counterseal.proofs.boot.manifest import Approval, Manifest, envelope
from counterseal.proofs.boot.measurements import measurements

__all__ = [
    "Approval",
    "Attested",
    "Attester",
    "BootProof",
    "Manifest",
    "attestation_document",
    "boot_certificate",
    "check_boot_proof",
    "envelope",
    "measurements",
    "root_certificate",
]
