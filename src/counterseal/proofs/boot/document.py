"""The attestation document: COSE_Sign1 (RFC 9052, section 4.2) by ES384 over a map, as Nitro enclaves have it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384

from counterseal.crypto import cbor
from counterseal.crypto.errors import CryptoError
from counterseal.ledger.errors import Malformed, NotProven
from counterseal.proofs.app_proofs import PROOF_KEY_SIZE
from counterseal.proofs.boot.measurements import REGISTER_SIZE, REGISTERS

MANIFEST_HASH_SIZE = 32

_DIGEST = "SHA384"
_ES384 = bytes.fromhex("a1013822")  # {1: -35}
_SCALAR_SIZE = 48


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """What a document says: when it was made, and by what key; certificates are DER, the root first in ``bundle``."""

    module_id: str
    timestamp_ms: int
    registers: dict[int, bytes]
    certificate: bytes
    bundle: tuple[bytes, ...]
    proof_key: bytes
    manifest_hash: bytes

    @property
    def payload(self) -> bytes:
        """The map that is signed."""
        registers: dict[int | str, cbor.Item] = dict(self.registers.items())
        return cbor.encode(
            {
                "module_id": self.module_id,
                "digest": _DIGEST,
                "timestamp": self.timestamp_ms,
                "pcrs": registers,
                "certificate": self.certificate,
                "cabundle": list(self.bundle),
                "public_key": self.proof_key,
                "user_data": self.manifest_hash,
                "nonce": None,
            }
        )


def attestation_document(attested: Attested, sign: Callable[[bytes], bytes]) -> bytes:
    """The document. ``sign`` makes ECDSA over SHA-384 by the key in the certificate, DER."""
    payload = attested.payload
    r, s = decode_dss_signature(sign(_signed(payload)))
    return cbor.encode([_ES384, {}, payload, r.to_bytes(_SCALAR_SIZE) + s.to_bytes(_SCALAR_SIZE)])


def read_document(document: bytes) -> tuple[Attested, bytes, bytes]:
    """What a document says, the payload and the signature, of which nothing is believed yet. Raises ``Malformed``."""
    try:
        match cbor.decode(document):
            case [protected, dict(), bytes(payload), bytes(signature)] if protected == _ES384:
                return _read(cbor.decode(payload)), payload, signature
    except CryptoError as fault:
        raise Malformed(f"the attestation document is not read: {fault}") from None
    raise Malformed("not an attestation document: expected a COSE_Sign1 by ES384")


def check_signature(payload: bytes, signature: bytes, key: ec.EllipticCurvePublicKey) -> None:
    """Raise ``NotProven`` unless ``key`` has signed the payload."""
    if len(signature) != 2 * _SCALAR_SIZE:
        raise NotProven(f"the signature of the document has {len(signature)} bytes, expected {2 * _SCALAR_SIZE}")
    r, s = int.from_bytes(signature[:_SCALAR_SIZE]), int.from_bytes(signature[_SCALAR_SIZE:])
    try:
        key.verify(encode_dss_signature(r, s), _signed(payload), ec.ECDSA(SHA384()))
    except InvalidSignature:
        raise NotProven("the signature of the document does not hold") from None


def _signed(payload: bytes) -> bytes:
    """RFC 9052, section 4.4, with no external data."""
    return cbor.encode(["Signature1", _ES384, b"", payload])


def _read(said: cbor.Item) -> Attested:
    match said:
        case {
            "module_id": str(module_id),
            "digest": "SHA384",
            "timestamp": int(timestamp_ms),
            "pcrs": dict(registers),
            "certificate": bytes(certificate),
            "cabundle": list(bundle),
            "public_key": bytes(proof_key),
            "user_data": bytes(manifest_hash),
            "nonce": None,
        } if module_id and timestamp_ms > 0:
            found = Attested(
                module_id=module_id,
                timestamp_ms=timestamp_ms,
                registers={
                    at: each for at, each in registers.items() if isinstance(at, int) and isinstance(each, bytes)
                },
                certificate=certificate,
                bundle=tuple(each for each in bundle if isinstance(each, bytes)),
                proof_key=proof_key,
                manifest_hash=manifest_hash,
            )
        case _:
            raise Malformed("the attestation document lacks a member, or has one of another kind")
    if list(found.registers) != list(range(REGISTERS)) or {*map(len, found.registers.values())} != {REGISTER_SIZE}:
        raise Malformed(f"the attestation document has other registers than {REGISTERS} of {REGISTER_SIZE} bytes")
    if (len(proof_key), len(manifest_hash)) != (PROOF_KEY_SIZE, MANIFEST_HASH_SIZE):
        raise Malformed("the attestation document has a key or hash of another size")
    return found
