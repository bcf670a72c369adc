"""The deployment's own root: the key that vouches, at each start, for the key of app proofs, and its certificate.

It is made once, and sealed as every key of the server is; the certificate is its public half, so the store keeps it in
that place. ``BootRoot`` is an ``Attester``: what it attests it attests itself, there is no hardware in it.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping

from cryptography import x509

from counterseal.crypto.p384 import P384PrivateKey
from counterseal.keystore.cipher import Cipher
from counterseal.keystore.confidential import Confidential
from counterseal.keystore.records import SealedSecret, open_secret, seal_secret
from counterseal.proofs.boot import Attested, attestation_document, boot_certificate, root_certificate
from counterseal.proofs.boot.boot_proof import MODULE_PREFIX
from counterseal.proofs.boot.certificates import ROOT_NAME

BOOT_ROOT = "boot_root"

_SERIAL_BYTES = 19  # RFC 5280, section 4.1.2.2: at most 20, and positive


class BootRoot(Confidential):
    """The root of a running server. ``certificate`` is DER."""

    __slots__ = ("_key", "certificate", "deployment_id")

    def __init__(self, key: P384PrivateKey, certificate: bytes) -> None:
        self._key = key
        self.certificate = certificate
        self.deployment_id = _deployment_id_in(certificate)

    def attest(self, *, registers: Mapping[int, bytes], manifest_hash: bytes, proof_key: bytes, now_ms: int) -> bytes:
        """See ``Attester``. The key that signs the document exists in this call only."""
        boot_key, module_id = P384PrivateKey.generate(), MODULE_PREFIX + self.deployment_id
        certificate = boot_certificate(
            boot_key.public_point,
            root=self.certificate,
            sign=self._key.sign,
            module_id=module_id,
            serial=_new_serial(),
            now_ms=now_ms,
        )
        attested = Attested(
            module_id=module_id,
            timestamp_ms=now_ms,
            registers=dict(registers),
            certificate=certificate,
            bundle=(self.certificate,),
            proof_key=proof_key,
            manifest_hash=manifest_hash,
        )
        return attestation_document(attested, boot_key.sign)


def new_boot_root(cipher: Cipher, *, now_ms: int) -> SealedSecret:
    """A fresh root for a deployment of a new id, sealed; its certificate is valid for ten years from ``now_ms``."""
    key = P384PrivateKey.generate()
    certificate = root_certificate(
        key.public_point,
        sign=key.sign,
        deployment_id=str(uuid.UUID(bytes=os.urandom(16), version=4)),
        serial=_new_serial(),
        now_ms=now_ms,
    )
    return seal_secret(cipher, name=BOOT_ROOT, public_key=certificate.hex(), secret=key.secret)


def open_boot_root(cipher: Cipher, record: SealedSecret) -> BootRoot:
    """The root of a row. Raises `KeystoreError` if any part of the row is not as it was sealed."""
    return BootRoot(P384PrivateKey.from_secret(open_secret(cipher, record)), bytes.fromhex(record.public_key))


def _new_serial() -> int:
    return int.from_bytes(os.urandom(_SERIAL_BYTES)) | 1


def _deployment_id_in(certificate: bytes) -> str:
    (name,) = x509.load_der_x509_certificate(certificate).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(name.value).removeprefix(ROOT_NAME)
