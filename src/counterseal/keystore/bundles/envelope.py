"""The signed envelope, version 1.0.0, that export and import bundles travel in.

Text: ``{"version", "data", "dataSignature", "enclaveQuorumPublic"}``, in this order. ``data`` is the hexadecimal of a
JSON object; the signature is over those bytes; the key is compared by clients as text with the one they have pinned,
hence lower case.
Source: ``@turnkey/crypto``, ``turnkey.ts``; Rust crate ``turnkey_enclave_encrypt``, ``ServerSendMsgV1``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from counterseal.crypto.p256 import P256PrivateKey

_VERSION: Final = "v1.0.0"


def signed_envelope(message: Mapping[str, str], *, signer: P256PrivateKey) -> str:
    """The envelope of ``message``, whose members keep their order. ``signer`` is the identity of that name."""
    data = msgspec.json.encode(message)
    return msgspec.json.encode(
        {
            "version": _VERSION,
            "data": data.hex(),
            "dataSignature": signer.sign(data).hex(),
            "enclaveQuorumPublic": signer.public_point.hex(),
        }
    ).decode()
