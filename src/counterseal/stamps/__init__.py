"""Who signed exactly these bytes? Stamps, read from their headers and verified over the raw body."""

from counterseal.stamps.api_key import ApiKeyStamp, parse_stamp, verify_stamp
from counterseal.stamps.client_data import ClientData, parse_client_data
from counterseal.stamps.header import StampHeader, StampKind
from counterseal.stamps.webauthn import (
    WEBAUTHN_SCHEME,
    WebAuthnStamp,
    parse_webauthn_stamp,
    verify_webauthn_stamp,
)

__all__ = [
    "WEBAUTHN_SCHEME",
    "ApiKeyStamp",
    "ClientData",
    "StampHeader",
    "StampKind",
    "WebAuthnStamp",
    "parse_client_data",
    "parse_stamp",
    "parse_webauthn_stamp",
    "verify_stamp",
    "verify_webauthn_stamp",
]
