"""What a start is measured by: 32 registers of 48 bytes, as an enclave has them, with meanings of our own.

0 the files of this package, 1 all packages and the interpreter, 2 settings, 3 the server's public keys and its id, 17
the manifest with the key of app proofs; all others are zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha384

from counterseal.ledger.canonical import Json, canonical

REGISTERS = 32
REGISTER_SIZE = 48
COMMITMENT_REGISTER = 17
_COMMITMENT_DOMAIN = "qos-live-manifest-pcr-commitment-v1"


def measurements(
    *,
    record: bytes,
    packages: Iterable[str],
    python_version: str,
    settings: Mapping[str, Json],
    public_keys: Mapping[str, str],
    deployment_id: str,
) -> tuple[bytes, bytes, bytes, bytes]:
    """Registers 0 to 3.

    ``record`` is the wheel's RECORD file, ``packages`` are ``name==version``, ``settings`` have the SHA-256 of each
    secret in its place, and ``public_keys`` are as the server publishes them.
    """
    installed = "".join(f"{each}\n" for each in (*sorted(packages), f"python=={python_version}"))
    identity: dict[str, Json] = {"deploymentId": deployment_id, "publicKeys": dict(public_keys)}
    parts = (record, installed.encode(), canonical(settings), canonical(identity))
    first, second, third, fourth = (sha384(part).digest() for part in parts)
    return first, second, third, fourth


def commitment(manifest_hash: bytes, proof_key: bytes) -> bytes:
    """Register 17: a register of zeros, extended by the hash of what binds manifest and key together.

    As ``@turnkey/crypto`` ``computeQosLiveManifestCommitmentPcr`` has it.
    """
    bound = {
        "domain": _COMMITMENT_DOMAIN,
        "ephemeralPublicKey": proof_key.hex(),
        "manifestHash": manifest_hash.hex(),
    }
    return sha384(bytes(REGISTER_SIZE) + sha384(canonical(bound)).digest()).digest()


def registers(first: tuple[bytes, bytes, bytes, bytes], *, manifest_hash: bytes, proof_key: bytes) -> dict[int, bytes]:
    """All 32 by their numbers."""
    found = dict.fromkeys(range(REGISTERS), bytes(REGISTER_SIZE)) | dict(enumerate(first))
    return found | {COMMITMENT_REGISTER: commitment(manifest_hash, proof_key)}
