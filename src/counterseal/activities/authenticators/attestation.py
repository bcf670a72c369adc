"""Attestation objects: what an authenticator says of the key it has made (WebAuthn Level 2 §6.5).

All formats have one envelope, the CBOR map ``{fmt, attStmt, authData}``. The statement must have the members of its
format (§8), and the format is recorded; whether the statement is true is not asked, and no certificate is trusted.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import sha256

import msgspec

from counterseal.contract.errors import InvalidRequest, quoted
from counterseal.crypto import base64url, cbor, cose
from counterseal.crypto.errors import CryptoError

CERTIFICATES_MAX = 8
"""Certificates of a statement. The longest chains, of Android, have five."""

REMEMBERED = 1024
"""Attestation objects of which it is known what they say, by their SHA-256."""

REMEMBERED_ID_BYTES_MAX = 1023
"""Of a credential's id (WebAuthn Level 2 §4): what has a longer one is not remembered, so an entry has some 2 KB."""

TEXT_MAX = (cbor.BYTES_MAX + 2) // 3 * 4
"""Characters of an attestation object in base64, with padding."""

_STATEMENT_MEMBERS: dict[str, dict[str, type]] = {
    "none": {},
    "packed": {"alg": int, "sig": bytes},
    "tpm": {"ver": str, "alg": int, "x5c": list, "sig": bytes, "certInfo": bytes, "pubArea": bytes},
    "android-key": {"alg": int, "sig": bytes, "x5c": list},
    "android-safetynet": {"ver": str, "response": bytes},
    "fido-u2f": {"x5c": list, "sig": bytes},
    "apple": {"x5c": list},
}

# The layout of authenticator data (§6.1): hash, flags, counter, then of the credential aaguid, length, id and key.
_FLAGS_AT = 32
_AAGUID_AT = _FLAGS_AT + 1 + 4
_LENGTH_AT = _AAGUID_AT + 16
_CREDENTIAL_ID_AT = _LENGTH_AT + 2
_HAS_CREDENTIAL = 0x40
_HAS_EXTENSIONS = 0x80


class AttestedCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A new credential as its authenticator describes it."""

    attestation_type: str
    """The format of the statement, such as ``none`` or ``packed``."""
    rp_id_hash: bytes
    """32 bytes: SHA-256 of the relying party's id."""
    aaguid: bytes
    """16 bytes: the model of the authenticator, all zero where it does not say."""
    credential_id: bytes
    public_key: bytes
    """COSE key, exactly as it was found: ES256 or RS256."""


_remembered: OrderedDict[bytes, AttestedCredential] = OrderedDict()


def parse_attestation(attestation_object: str, field: str) -> AttestedCredential:
    """The credential of an attestation object in base64url, remembered. ``field`` is its place in the request.

    Raises InvalidRequest in the words of the service's error table.
    """
    if not attestation_object:
        raise InvalidRequest(f"missing parameter: user authenticator attestation at `{field}`")
    if len(attestation_object) > TEXT_MAX:
        raise invalid_attestation(
            f"it is {len(attestation_object)} characters long, expected at most {TEXT_MAX}", field
        )
    digest = sha256(attestation_object.encode()).digest()
    found = _remembered.get(digest)
    if found is None:
        found = _parsed(attestation_object, field)
        if len(found.credential_id) <= REMEMBERED_ID_BYTES_MAX:
            _remembered[digest] = found
            if len(_remembered) > REMEMBERED:
                _remembered.popitem(last=False)
    return found


def _parsed(attestation_object: str, field: str) -> AttestedCredential:
    try:
        envelope = cbor.decode(base64url.decode(attestation_object))
    except CryptoError as fault:
        raise invalid_attestation(str(fault), field) from None
    match envelope:
        case {"fmt": str(form), "attStmt": dict(statement), "authData": bytes(auth_data)} if auth_data:
            _check_statement(form, statement, field)
            return _credential_in(auth_data, form, field)
        case {"fmt": str(), "attStmt": dict()}:
            raise InvalidRequest(f"missing parameter: user authenticator attestation auth data at `{field}`")
        case _:
            raise invalid_attestation("expected a map of fmt, attStmt and authData", field)


def invalid_attestation(reason: str, field: str) -> InvalidRequest:
    """The refusal of the attestation at ``field``, a place in the request."""
    return InvalidRequest(f"invalid authenticator attestation: {reason} at `{field}`")


def _check_statement(form: str, statement: Mapping[int | str, cbor.Item], field: str) -> None:
    members = _STATEMENT_MEMBERS.get(form)
    if members is None:
        raise invalid_attestation(
            f"unknown format {quoted(form)}, expected one of {', '.join(_STATEMENT_MEMBERS)}", field
        )
    for name, kind in members.items():
        if type(statement.get(name)) is not kind:
            raise invalid_attestation(f"expected `{name}` in a statement of format {form}", field)
    if "x5c" in statement and not _is_chain(statement["x5c"]):
        raise invalid_attestation(f"expected 1 to {CERTIFICATES_MAX} certificates in `x5c`", field)


def _is_chain(item: cbor.Item) -> bool:
    return type(item) is list and 1 <= len(item) <= CERTIFICATES_MAX and all(type(each) is bytes for each in item)


def _credential_in(auth_data: bytes, form: str, field: str) -> AttestedCredential:
    if len(auth_data) < _AAGUID_AT:
        raise invalid_attestation(f"authData is {len(auth_data)} bytes long, expected at least {_AAGUID_AT}", field)
    flags = auth_data[_FLAGS_AT]
    if not flags & _HAS_CREDENTIAL:
        raise InvalidRequest(f"missing parameter: user authenticator attestation auth data at `{field}`")
    key_at = _CREDENTIAL_ID_AT + int.from_bytes(auth_data[_LENGTH_AT:_CREDENTIAL_ID_AT])
    credential_id, rest = auth_data[_CREDENTIAL_ID_AT:key_at], auth_data[key_at:]
    try:
        _, key_size = cbor.decode_first(rest)
        public_key, extensions = rest[:key_size], rest[key_size:]
        cose.decode_public_key(public_key)
        if extensions and not (flags & _HAS_EXTENSIONS and type(cbor.decode(extensions)) is dict):
            raise invalid_attestation("authData has bytes after the public key that are no extensions", field)
    except CryptoError as fault:
        raise invalid_attestation(str(fault), field) from None
    return AttestedCredential(
        attestation_type=form,
        rp_id_hash=auth_data[:_FLAGS_AT],
        aaguid=auth_data[_AAGUID_AT:_LENGTH_AT],
        credential_id=credential_id,
        public_key=public_key,
    )
