"""``clientDataJSON``: what the browser says it was asked, and by whom (WebAuthn Level 2 §5.8.1)."""

from __future__ import annotations

import msgspec


class ClientData(msgspec.Struct, frozen=True, gc=False):
    """The members that are checked; the authenticator's signature covers them all."""

    type: str
    """``webauthn.create`` or ``webauthn.get``."""
    challenge: str
    """Base64url, though some platforms pass a caller's text on as it is."""
    origin: str
    """Such as ``https://example.com``, or ``android:apk-key-hash:…`` of an app."""


_decode = msgspec.json.Decoder(ClientData).decode


def parse_client_data(client_data_json: bytes) -> ClientData:
    """The members of ``clientDataJSON``. Raises ``ValueError``."""
    try:
        return _decode(client_data_json)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("client data is not a JSON object with the strings type, challenge and origin") from None
