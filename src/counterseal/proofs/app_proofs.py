"""App proofs: a statement in JSON, signed by the key that the server made when it started.

The key is two points of P-256, to encrypt to and that signs (130 bytes); the signature is ECDSA over SHA-256 of the
statement, r and s side by side. The text is kept as it was signed and never made anew. Sources: rust-sdk
``proto/external/data/v1/proofs.proto``; ``@turnkey/crypto`` ``verifyAppProofSignature``; a proof of production.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from counterseal.ledger.errors import Malformed, NotProven

SCHEME = "SIGNATURE_SCHEME_EPHEMERAL_KEY_P256"
POINT_SIZE = 65
PROOF_KEY_SIZE = 2 * POINT_SIZE
_SCALAR_SIZE = 32


@dataclass(frozen=True, slots=True)
class AppProof:
    """A statement and who signed it: the text, and key (260) and signature (128) in lower-case hexadecimal digits."""

    public_key: str
    payload: str
    signature: str

    @property
    def object(self) -> dict[str, str]:
        """As the wire has it."""
        return {
            "scheme": SCHEME,
            "publicKey": self.public_key,
            "proofPayload": self.payload,
            "signature": self.signature,
        }


class CountedApproval(NamedTuple):
    """A vote as a proof shows it: the wire's ``scheme``, ``publicKey``, the whole body, and the stamp's signature."""

    scheme: str
    public_key: str
    message: str
    signature: str


def address_derivation(
    *,
    organization_id: str,
    address: str,
    timestamp_ms: int,
    wallet_id: str | None = None,
    derivation_path: str | None = None,
) -> str:
    """The statement that an address is of a key of this organization; of a private key without wallet and path."""
    proof = {
        "organizationId": organization_id,
        "walletId": wallet_id,
        "derivationPath": derivation_path,
        "address": address,
    }
    return _statement("ADDRESS_DERIVATION", timestamp_ms, "addressDerivationProof", proof)


def policy_outcome(
    *,
    organization_id: str,
    outcome: str,
    decision_context_digest: str,
    organization_data_digest: str,
    parent_organization_data_digest: str,
    approvals: Sequence[CountedApproval],
    timestamp_ms: int,
) -> str:
    """The statement what policies came to (``outcome``, OUTCOME_…), on what, and who approved."""
    proof = {
        "organizationId": organization_id,
        "outcome": outcome,
        "decisionContextDigest": decision_context_digest,
        "organizationDataDigest": organization_data_digest,
        "parentOrganizationDataDigest": parent_organization_data_digest,
        "userRequestApprovals": [
            {"scheme": scheme, "publicKey": public_key, "message": message, "signature": signature}
            for scheme, public_key, message, signature in approvals
        ],
    }
    return _statement("POLICY_OUTCOME", timestamp_ms, "policyOutcomeProof", proof)


def app_proof(payload: str, *, public_key: bytes, sign: Callable[[bytes], bytes]) -> AppProof:
    """The proof of a statement. ``sign`` makes ECDSA over SHA-256 by the second half of ``public_key``, in DER."""
    r, s = decode_dss_signature(sign(payload.encode()))
    return AppProof(public_key.hex(), payload, (r.to_bytes(_SCALAR_SIZE) + s.to_bytes(_SCALAR_SIZE)).hex())


def check_app_proof(proof: AppProof) -> dict[str, Any]:
    """What a proof says, as plain values, once its signature holds. Raises ``Malformed`` and ``NotProven``.

    Whose key it is a boot proof says.
    """
    key, signature = _bytes_of(proof.public_key, PROOF_KEY_SIZE), _bytes_of(proof.signature, 2 * _SCALAR_SIZE)
    r, s = int.from_bytes(signature[:_SCALAR_SIZE]), int.from_bytes(signature[_SCALAR_SIZE:])
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key[POINT_SIZE:])
    except ValueError:
        raise Malformed("the second half of the key of a proof is not a point of P-256") from None
    try:
        point.verify(encode_dss_signature(r, s), proof.payload.encode(), ec.ECDSA(SHA256()))
        said = json.loads(proof.payload)
    except InvalidSignature:
        raise NotProven("the signature of the proof does not hold") from None
    except (ValueError, RecursionError):
        raise Malformed("the statement of a proof is not JSON") from None
    if not isinstance(said, dict):
        raise Malformed("the statement of a proof is not an object")
    return said


def _statement(type_: str, timestamp_ms: int, variant: str, proof: Mapping[str, Any]) -> str:
    """Compact JSON, in the order of members in which production writes it, and without those that are not there."""
    present = {name: value for name, value in proof.items() if value is not None}
    statement = {"type": f"APP_PROOF_TYPE_{type_}", "timestampMs": str(timestamp_ms), variant: present}
    return json.dumps(statement, ensure_ascii=False, separators=(",", ":"))


def _bytes_of(digits: str, size: int) -> bytes:
    if len(digits) != 2 * size:
        raise Malformed(f"a key or signature of a proof has {len(digits)} digits, expected {2 * size}")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise Malformed("a key or signature of a proof is not hexadecimal") from None
