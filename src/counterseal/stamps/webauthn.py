"""``X-Stamp-WebAuthn``: a passkey's assertion over the body (Turnkey docs: stamps; WebAuthn Level 2 §7.2).

The header is a JSON object with the base64url members ``authenticatorData``, ``clientDataJson``, ``credentialId`` and
``signature``; the official stampers send it bare, the comments of the service's protocol files have it in base64, and
both are accepted.

The passkey is asked to sign a challenge that is the *text* of the body's SHA-256: 64 lower-case hexadecimal digits, not
32 bytes. User verification is not required, and counters are not looked at: synchronised passkeys have none.
"""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

import msgspec

from counterseal.contract import NotStrictJson, shapes
from counterseal.contract.errors import Unauthenticated, quoted
from counterseal.crypto import base64url, cose
from counterseal.crypto.errors import InvalidEncoding
from counterseal.stamps.client_data import ClientData, parse_client_data
from counterseal.stamps.one_reading import check_one_reading

WEBAUTHN_SCHEME = "SIGNATURE_SCHEME_TK_WEBAUTHN"
"""``scheme`` of the votes that such stamps become."""

MAX_HEADER_LENGTH = 4096
"""Characters. A real stamp has about 700, or 1,000 of RS256; votes keep and show all of it."""

_RP_ID_HASH_LENGTH = 32
_SHORTEST_AUTHENTICATOR_DATA = _RP_ID_HASH_LENGTH + 1 + 4  # and flags, and the counter
_USER_PRESENT = 0x01


class WebAuthnStamp(msgspec.Struct, frozen=True, gc=False):
    """What an ``X-Stamp-WebAuthn`` header says; nothing of it is verified yet."""

    credential_id: str
    """Base64url without padding: the form in which authenticators are registered and looked up."""
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes
    text: str
    """The header's JSON, as votes show it."""


_decode_json = msgspec.json.Decoder(shapes.WebAuthnStamp).decode


def parse_webauthn_stamp(header_value: str) -> WebAuthnStamp:
    """Read an ``X-Stamp-WebAuthn`` header. Raises ``Unauthenticated``, and nothing else, for whatever else it holds."""
    if len(header_value) > MAX_HEADER_LENGTH:
        raise _not_extracted(f"it is {len(header_value)} characters long, expected at most {MAX_HEADER_LENGTH}")
    try:
        text = header_value if header_value.lstrip().startswith("{") else base64url.decode(header_value).decode("ascii")
        raw = text.encode("ascii")
        members = _decode_json(raw)
        check_one_reading(raw, texts=len(members.__struct_fields__))
        return WebAuthnStamp(
            credential_id=base64url.encode(base64url.decode(members.credential_id)),
            authenticator_data=base64url.decode(members.authenticator_data),
            client_data_json=base64url.decode(members.client_data_json),
            signature=base64url.decode(members.signature),
            text=text,
        )
    except NotStrictJson as fault:
        raise _not_extracted(str(fault)) from None
    except (msgspec.DecodeError, UnicodeError, InvalidEncoding, RecursionError):
        raise _not_extracted(
            "expected a JSON object with the base64url members authenticatorData, clientDataJson, credentialId and"
            " signature"
        ) from None


def verify_webauthn_stamp(
    stamp: WebAuthnStamp,
    *,
    public_key: bytes,
    rp_id_hash: bytes,
    allowed_origins: Collection[str] | None,
    body: bytes,
) -> None:
    """Check that the passkey was used for exactly ``body``, by a user who was present, where it may be used.

    ``public_key`` is the registered COSE key and ``rp_id_hash`` the hash seen at registration. ``allowed_origins`` is
    None where every origin is allowed. The signature comes first: nothing else is told before it holds.

    Raises ``Unauthenticated`` with the code SIGNATURE_INVALID, and nothing else.
    """
    _check_signature(stamp, public_key)
    try:
        client_data = parse_client_data(stamp.client_data_json)
    except ValueError as fault:
        raise _unverified(str(fault)) from None
    if client_data.type != "webauthn.get":
        raise _unverified(f"type is {quoted(client_data.type)}, expected `webauthn.get`")
    if not _is_challenge_of(client_data, body):
        raise _unverified("challenge is not the hexadecimal SHA-256 of this body")
    if allowed_origins is not None and client_data.origin not in allowed_origins:
        raise _unverified(f"origin {quoted(client_data.origin)} is not allowed in this organization")
    _check_authenticator_data(stamp.authenticator_data, rp_id_hash)


def _check_signature(stamp: WebAuthnStamp, public_key: bytes) -> None:
    signed = stamp.authenticator_data + sha256(stamp.client_data_json).digest()
    try:
        verified = cose.verify(public_key, stamp.signature, signed)
    except ValueError as fault:
        raise _unverified(str(fault)) from None
    if not verified:
        raise _unverified("it is not one by this authenticator over these data")


def _is_challenge_of(client_data: ClientData, body: bytes) -> bool:
    """React Native passes standard base64 with padding, which some platforms hand on as it is."""
    try:
        return base64url.decode(client_data.challenge) == sha256(body).hexdigest().encode()
    except InvalidEncoding:
        return False


def _check_authenticator_data(authenticator_data: bytes, rp_id_hash: bytes) -> None:
    if len(authenticator_data) < _SHORTEST_AUTHENTICATOR_DATA:
        raise _unverified(
            f"authenticator data are {len(authenticator_data)} bytes long, expected at least"
            f" {_SHORTEST_AUTHENTICATOR_DATA}"
        )
    if authenticator_data[:_RP_ID_HASH_LENGTH] != rp_id_hash:
        raise _unverified("the relying party is not the one that the authenticator was registered for")
    if not authenticator_data[_RP_ID_HASH_LENGTH] & _USER_PRESENT:
        raise _unverified("the user was not present")


def _not_extracted(reason: str) -> Unauthenticated:
    return Unauthenticated(f"could not extract webauthn stamp: {reason}")


def _unverified(reason: str) -> Unauthenticated:
    return Unauthenticated(f"could not verify WebAuthN signature: {reason}", code="SIGNATURE_INVALID")
