"""``X-Stamp``: an API key's signature over the body (Turnkey docs: stamps).

The header is base64url, without padding, of a JSON object with the string members ``publicKey``, ``scheme`` and
``signature``. Clients differ in member order and white space, so it is parsed, never compared. Padding and the standard
base64 alphabet are accepted too.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from counterseal.contract import NotStrictJson
from counterseal.contract.errors import Unauthenticated
from counterseal.crypto import (
    SCHEMES_OF_CURVE,
    ApiKeyScheme,
    Curve,
    base64url,
    der,
    ed25519,
    hexadecimal,
    p256,
    secp256k1,
)
from counterseal.crypto.errors import InvalidEncoding
from counterseal.stamps.one_reading import check_one_reading

MAX_HEADER_LENGTH = 4096
"""Characters. A real stamp has about 370."""

SIGNATURE_BYTES_MAX = der.BYTES_MAX
"""The longest of any scheme. Ed25519 has 64."""

_is_public_key = re.compile(r"[0-9a-fA-F]{64}(?:[0-9a-fA-F]{2})?").fullmatch

_VERIFY: dict[ApiKeyScheme, Callable[[bytes, bytes, bytes], bool]] = {
    ApiKeyScheme.P256: p256.verify,
    ApiKeyScheme.SECP256K1: secp256k1.verify,
    ApiKeyScheme.SECP256K1_EIP191: secp256k1.verify_ethereum_personal,
    ApiKeyScheme.ED25519: ed25519.verify,
}


class ApiKeyStamp(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """What an ``X-Stamp`` header says; nothing of it is verified yet."""

    public_key: str
    """64 or 66 hexadecimal characters, lower case: the form in which keys are registered and looked up."""
    scheme: ApiKeyScheme
    signature: str
    """As sent: hexadecimal if it is to verify."""


_decode_json = msgspec.json.Decoder(ApiKeyStamp).decode


def parse_stamp(header_value: str) -> ApiKeyStamp:
    """Read an ``X-Stamp`` header. Raises ``Unauthenticated``, and nothing else, for whatever else it holds."""
    if not header_value:
        raise Unauthenticated("could not extract api key stamp: the X-Stamp header is empty")
    try:
        raw = _decode_base64(header_value)
        stamp = _decode_json(raw)
        check_one_reading(raw, texts=len(stamp.__struct_fields__))
    except NotStrictJson as fault:
        raise _malformed(str(fault)) from None
    except msgspec.ValidationError as fault:
        raise Unauthenticated(f"could not extract api key stamp: {_printable(fault)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _malformed("expected base64url of a JSON object") from None
    if not _is_public_key(stamp.public_key):
        raise _malformed(
            f"publicKey is {len(stamp.public_key)} characters long, expected 66 hexadecimal characters "
            "(a compressed point) or 64 (Ed25519)"
        )
    public_key = stamp.public_key.lower()
    return stamp if public_key == stamp.public_key else msgspec.structs.replace(stamp, public_key=public_key)


def verify_stamp(stamp: ApiKeyStamp, *, curve: Curve, body: bytes) -> None:
    """Check that the stamp's key signed exactly ``body``, by a scheme that fits the ``curve`` it is registered with.

    Raises ``Unauthenticated`` with the code SIGNATURE_INVALID, and nothing else.
    """
    schemes = SCHEMES_OF_CURVE[curve]
    if stamp.scheme not in schemes:
        raise _unverified(f"scheme is {stamp.scheme}, expected {' or '.join(schemes)} for a key of {curve}")
    try:
        signature = hexadecimal.decode(stamp.signature, bytes_max=SIGNATURE_BYTES_MAX)
        verified = _VERIFY[stamp.scheme](bytes.fromhex(stamp.public_key), signature, body)
    except InvalidEncoding as fault:
        raise _unverified(f"signature is {fault}") from None
    except ValueError as fault:
        raise _unverified(str(fault)) from None
    if not verified:
        raise _unverified("it is not one by this key over this body")


def _decode_base64(header_value: str) -> bytes:
    if len(header_value) > MAX_HEADER_LENGTH:
        raise _malformed(f"it is {len(header_value)} characters long, expected at most {MAX_HEADER_LENGTH}")
    try:
        return base64url.decode(header_value)
    except InvalidEncoding:
        raise _malformed("it is not base64url") from None


def _malformed(reason: str) -> Unauthenticated:
    return Unauthenticated(f"malformed activity stamp: {reason}")


def _unverified(reason: str) -> Unauthenticated:
    return Unauthenticated(f"could not verify api key signature: {reason}", code="SIGNATURE_INVALID")


def _printable(fault: Exception) -> str:
    """The decoder's message; it may quote a member, so it is cut short and freed of what does not print."""
    return ascii(str(fault))[1:-1][:200]
