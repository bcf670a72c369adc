"""Names on the wire that the server chooses and the model spells out nowhere; the others are enums in ``shapes``."""

from __future__ import annotations

from enum import StrEnum


class SignatureScheme(StrEnum):
    """How a vote was signed. Source: ``SignatureScheme`` in the protocol files of Turnkey's Rust SDK."""

    API_P256 = "SIGNATURE_SCHEME_TK_API_P256"
    API_SECP256K1 = "SIGNATURE_SCHEME_TK_API_SECP256K1"
    API_ED25519 = "SIGNATURE_SCHEME_TK_API_ED25519"
    API_SECP256K1_EIP191 = "SIGNATURE_SCHEME_TK_API_SECP256K1_EIP191"
    WEBAUTHN = "SIGNATURE_SCHEME_TK_WEBAUTHN"
    ATTESTED_P256 = "SIGNATURE_SCHEME_TK_ATTESTED_P256"
