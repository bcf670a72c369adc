"""``clientDataJSON``: what the browser says it was asked, and by whom (WebAuthn Level 2 §5.8.1)."""

from __future__ import annotations

import msgspec

from counterseal.contract import NotStrictJson, read_json

CLIENT_DATA_BYTES_MAX = 2048
"""Browsers send some two hundred; applications on Android add their names."""

_EXPECTED = "client data is not a JSON object with the strings type, challenge and origin"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ClientData(msgspec.Struct, frozen=True, gc=False):
    """The members that are checked; the authenticator's signature covers them all."""

    type: str
    """``webauthn.create`` or ``webauthn.get``."""
    challenge: str
    """Base64url, though some platforms pass a caller's text on as it is."""
    origin: str
    """Such as ``https://example.com``, or ``android:apk-key-hash:…`` of an app."""


def parse_client_data(client_data_json: bytes) -> ClientData:
    """The members of ``clientDataJSON``, which has one reading, as strict as that of bodies. Raises ``ValueError``.

    It may begin with a byte order mark, which "UTF-8 decode" strips (WebAuthn Level 2 §7.1 step 5, §7.2 step 8). What
    is signed are the bytes as they were sent.
    """
    if len(client_data_json) > CLIENT_DATA_BYTES_MAX:
        raise ValueError(
            f"client data are {len(client_data_json)} bytes long, expected at most {CLIENT_DATA_BYTES_MAX}"
        )
    try:
        members = read_json(client_data_json.removeprefix(_BYTE_ORDER_MARK))
        return msgspec.convert(members, ClientData)
    except NotStrictJson as fault:
        raise ValueError(f"{_EXPECTED}: {fault}") from None
    except msgspec.ValidationError:
        raise ValueError(_EXPECTED) from None
