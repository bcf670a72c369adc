"""The manifest: what this start is meant to run, as canonical JSON that an operator signs.

A manifest of QuorumOS, version 2, whose readers refuse members that they do not know: what is ours is in ``pivot.env``,
and what only an enclave has says that there is none. Canonical as ``qos_json`` has it: RFC 8785 with integers as texts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from counterseal.ledger.canonical import Json, canonical
from counterseal.ledger.errors import Malformed, NotProven
from counterseal.proofs.app_proofs import POINT_SIZE, PROOF_KEY_SIZE
from counterseal.proofs.boot.measurements import REGISTER_SIZE

MANIFEST_BYTES_MAX = 64 * 1024
VERSION = "v2"

_SCALAR_SIZE = 32
_OPERATOR = "operator"
_ARGUMENTS = ("counterseal", "serve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is stated of a start. Keys are 130 bytes: a point to encrypt to, and one that signs."""

    deployment_id: str
    start: int
    """How many starts there were before."""
    signer_key: bytes
    """The server's signer."""
    operator_key: bytes
    """Whose approval the manifest has."""
    package_hash: bytes
    """SHA-256 of the wheel's RECORD file."""
    version: str
    settings_hash: bytes
    """SHA-256 of the settings as they are measured."""
    ledger_origin: str
    registers: tuple[bytes, bytes, bytes, bytes]
    root: bytes
    """The root certificate, DER."""

    @property
    def text(self) -> bytes:
        """The canonical JSON, which is hashed, approved and served as it is."""
        members: list[Json] = [{"alias": _OPERATOR, "pubKey": self.operator_key.hex()}]
        several: dict[str, Json] = {"threshold": "1", "members": members}
        enclave = {f"pcr{at}": register.hex() for at, register in enumerate(self.registers)}
        return canonical(
            {
                "version": VERSION,
                "namespace": {
                    "name": f"counterseal/{self.deployment_id}",
                    "nonce": str(self.start),
                    "quorumKey": self.signer_key.hex(),
                },
                "pivot": {
                    "hash": self.package_hash.hex(),
                    "restart": "Never",
                    "bridgeConfig": [],
                    "debugMode": False,
                    "args": list(_ARGUMENTS),
                    "env": {name: {"plain": {"value": value}} for name, value in self._environment.items()},
                },
                "manifestSet": several,
                "shareSet": several,
                "enclave": {
                    **enclave,
                    "awsRootCertificate": self.root.hex(),  # the name is the format's; whose root it is the root says
                    "qosCommit": "none: not QOS",
                },
            }
        )

    @property
    def _environment(self) -> dict[str, str]:
        """What no other member has room for."""
        return {
            "COUNTERSEAL_ATTESTATION": "self",
            "COUNTERSEAL_VERSION": self.version,
            "COUNTERSEAL_SETTINGS_SHA256": self.settings_hash.hex(),
            "COUNTERSEAL_LEDGER_ORIGIN": self.ledger_origin,
        }

    @staticmethod
    def start_of(text: bytes) -> int:
        """Which start a manifest of this server's own is of."""
        return int(json.loads(text)["namespace"]["nonce"])

    @property
    def hash(self) -> bytes:
        """SHA-256 of the text."""
        return sha256(self.text).digest()


class Approval(NamedTuple):
    """Who approved a manifest: an alias, the key of 130 bytes, and r and s over the manifest's hash, 64 bytes."""

    alias: str
    public_key: bytes
    signature: bytes

    @classmethod
    def of(cls, manifest: Manifest, sign: Callable[[bytes], bytes]) -> Self:
        """The operator's. ``sign`` makes ECDSA over SHA-256 of its argument by the second half of the key, DER."""
        r, s = decode_dss_signature(sign(manifest.hash))
        return cls(_OPERATOR, manifest.operator_key, r.to_bytes(_SCALAR_SIZE) + s.to_bytes(_SCALAR_SIZE))


def envelope(manifest: bytes, approvals: Sequence[Approval]) -> bytes:
    """A manifest's text with who approved it, as canonical JSON."""
    listed: list[Json] = [
        {"signature": signature.hex(), "member": {"alias": alias, "pubKey": public_key.hex()}}
        for alias, public_key, signature in approvals
    ]
    whole = {"manifest": json.loads(manifest), "manifestSetApprovals": listed, "shareSetApprovals": []}
    return canonical(whole)


def check_envelope(content: bytes, manifest: bytes) -> Mapping[str, Any]:
    """The manifest as plain values: the one in the envelope is this very text, and enough of its members approved it.

    Raises ``Malformed`` and ``NotProven``.
    """
    if max(len(content), len(manifest)) > MANIFEST_BYTES_MAX:
        raise Malformed(f"a manifest or its envelope is larger than {MANIFEST_BYTES_MAX} bytes")
    try:
        whole, stated = json.loads(content), json.loads(manifest)
        if canonical(whole) != content or canonical(stated) != manifest:
            raise Malformed("a manifest or its envelope is not canonical JSON")
        approvals = whole["manifestSetApprovals"]
        if whole != {"manifest": stated, "manifestSetApprovals": approvals, "shareSetApprovals": []}:
            raise NotProven("the envelope has another manifest in it, or something else beside approvals")
        members = {each["alias"]: bytes.fromhex(each["pubKey"]) for each in stated["manifestSet"]["members"]}
        threshold = int(stated["manifestSet"]["threshold"])
        approved = {_approver(each, members, sha256(manifest).digest()) for each in approvals}
        if any(len(bytes.fromhex(stated["enclave"][f"pcr{at}"])) != REGISTER_SIZE for at in range(4)):
            raise Malformed("a register in the manifest has another size than 48 bytes")
    except (KeyError, TypeError, AttributeError, RecursionError):
        raise Malformed("not a manifest and its envelope") from None
    except ValueError as fault:
        raise fault if isinstance(fault, Malformed | NotProven) else Malformed("not a manifest in JSON") from None
    if not 1 <= threshold <= len(approved):
        raise NotProven(f"the manifest is approved by {len(approved)} of its members, expected {threshold}")
    return dict(stated)


def _approver(approval: Mapping[str, Any], members: Mapping[str, bytes], manifest_hash: bytes) -> bytes:
    """The key that gave an approval, which is a member's."""
    alias, key = approval["member"]["alias"], bytes.fromhex(approval["member"]["pubKey"])
    signature = bytes.fromhex(approval["signature"])
    if members.get(alias) != key or len(key) != PROOF_KEY_SIZE or len(signature) != 2 * _SCALAR_SIZE:
        raise NotProven("an approval is by somebody who is not a member of the manifest's set")
    r, s = int.from_bytes(signature[:_SCALAR_SIZE]), int.from_bytes(signature[_SCALAR_SIZE:])
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key[POINT_SIZE:])
        point.verify(encode_dss_signature(r, s), manifest_hash, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        raise NotProven("an approval of the manifest does not hold") from None
    return key
