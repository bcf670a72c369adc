"""Thin wrappers over audited libraries: curves, signatures, HPKE, and the texts keys and bundles travel in.

The modules ``p256``, ``secp256k1``, ``ed25519``, ``cose``, ``der``, ``cbor``, ``hpke``, ``base58check`` and
``base64url`` are meant to be used by name.
"""

from counterseal.crypto.bundle import open_credential_bundle, seal_credential_bundle
from counterseal.crypto.curves import Curve
from counterseal.crypto.errors import CryptoError
from counterseal.crypto.keys import generate_key_pair, load_private_key, private_key_text, validate_public_key
from counterseal.crypto.private_key import PrivateKey
from counterseal.crypto.schemes import SCHEMES_OF_CURVE, ApiKeyScheme
from counterseal.crypto.stamper import sign_stamp

__all__ = [
    "SCHEMES_OF_CURVE",
    "ApiKeyScheme",
    "CryptoError",
    "Curve",
    "PrivateKey",
    "generate_key_pair",
    "load_private_key",
    "open_credential_bundle",
    "private_key_text",
    "seal_credential_bundle",
    "sign_stamp",
    "validate_public_key",
]
