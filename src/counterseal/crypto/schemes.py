"""How an API key may sign a request: the four ``scheme`` texts of an ``X-Stamp``."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from counterseal.crypto.curves import Curve


class ApiKeyScheme(enum.StrEnum):
    """``scheme`` of an API-key stamp, and later of the vote it becomes (Turnkey docs: stamps)."""

    P256 = "SIGNATURE_SCHEME_TK_API_P256"
    """ECDSA over SHA-256 of the body, DER in hex."""
    SECP256K1 = "SIGNATURE_SCHEME_TK_API_SECP256K1"
    """ECDSA over SHA-256 of the body, DER in hex."""
    SECP256K1_EIP191 = "SIGNATURE_SCHEME_TK_API_SECP256K1_EIP191"
    """ECDSA over the EIP-191 personal-message digest of the body, DER in hex, as Ethereum wallets sign."""
    ED25519 = "SIGNATURE_SCHEME_TK_API_ED25519"
    """Ed25519 over the body itself, 64 bytes in hex."""


SCHEMES_OF_CURVE: Mapping[Curve, tuple[ApiKeyScheme, ...]] = MappingProxyType(
    {
        Curve.P256: (ApiKeyScheme.P256,),
        Curve.SECP256K1: (ApiKeyScheme.SECP256K1, ApiKeyScheme.SECP256K1_EIP191),
        Curve.ED25519: (ApiKeyScheme.ED25519,),
    }
)
"""Which schemes a key of each curve may use; the first is the one a stamper takes unless told otherwise."""
