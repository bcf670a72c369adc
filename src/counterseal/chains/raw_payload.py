"""What is signed of a raw payload: the encoding gives bytes, the hash function a digest of them.

Source: Turnkey docs, raw payload signing; ``Could not … expected a 32-bytes-long digest`` was seen live. Typed data and
authorizations (``STRUCTURED``) are read by ``chains.ethereum``, which gives their digest and what policies see of them
from one reading; here is only whether a key may be asked for them.
"""

from __future__ import annotations

from binascii import unhexlify
from hashlib import sha256
from typing import Final

from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import HashFunction, PayloadEncoding, SignRawPayloadResult
from counterseal.crypto.hashes import keccak256
from counterseal.crypto.signing import DIGEST_SIZE, Scheme, Signature

PAYLOAD_CHARACTERS_MAX: Final = 1024 * 1024

STRUCTURED: Final = frozenset({PayloadEncoding.EIP712, PayloadEncoding.EIP7702_AUTHORIZATION})
"""Encodings that say themselves how a payload is hashed: the hash function beside them is not looked at."""


def check_combination(scheme: Scheme, *, encoding: PayloadEncoding, hash_function: HashFunction) -> None:
    """Raise ``InvalidRequest`` unless keys of this scheme sign payloads so encoded and hashed."""
    if encoding in STRUCTURED:
        if scheme is not Scheme.ECDSA_SECP256K1:
            raise InvalidRequest(
                f"invalid payload encoding: {encoding} is signed by ECDSA on secp256k1, and this key signs otherwise"
            )
        return
    for_messages = hash_function is HashFunction.NOT_APPLICABLE
    if scheme is Scheme.ED25519 and not for_messages:
        raise InvalidRequest(
            f"invalid hash function: a key on CURVE_ED25519 hashes by itself, expected {HashFunction.NOT_APPLICABLE}"
        )
    if scheme is not Scheme.ED25519 and for_messages:
        expected = ", ".join((HashFunction.NO_OP, HashFunction.SHA256, HashFunction.KECCAK256))
        raise InvalidRequest(f"invalid hash function: this key signs a digest, expected one of {expected}")


def bytes_to_sign(payload: str, *, encoding: PayloadEncoding, hash_function: HashFunction) -> bytes:
    """The 32-byte digest, or with ``NOT_APPLICABLE`` the message itself, of a payload that is not ``STRUCTURED``.

    ``HEXADECIMAL``: digits in either case, with or without ``0x``, which alone stands for no bytes. ``TEXT_UTF8``: the
    text's own bytes, whatever it looks like. Raises ``InvalidRequest``: for an empty or too long payload, for digits
    that are none, and where ``NO_OP`` is asked for on other than 32 bytes.
    """
    if not payload:
        raise InvalidRequest("payload is empty; no bytes at all are written 0x, in hexadecimal")
    if len(payload) > PAYLOAD_CHARACTERS_MAX:
        raise InvalidRequest(f"payload is {len(payload)} characters long, expected at most {PAYLOAD_CHARACTERS_MAX}")
    message = payload.encode() if encoding is PayloadEncoding.TEXT_UTF8 else _decoded(payload)
    if hash_function is HashFunction.SHA256:
        return sha256(message).digest()
    if hash_function is HashFunction.KECCAK256:
        return keccak256(message)
    if hash_function is HashFunction.NO_OP and len(message) != DIGEST_SIZE:
        raise InvalidRequest(f"expected a 32-bytes-long digest, got {len(message)} bytes")
    return message


def signature_result(signature: Signature) -> SignRawPayloadResult:
    """``r`` and ``s`` as 64 hexadecimal digits each, zeros in front kept, and ``v`` as two."""
    return SignRawPayloadResult(r=signature.r.hex(), s=signature.s.hex(), v=f"{signature.v:02x}")


def _decoded(payload: str) -> bytes:
    digits = payload[2:] if payload[:2] in ("0x", "0X") else payload
    try:
        return unhexlify(digits)
    except ValueError:
        raise InvalidRequest("payload is not an even number of hexadecimal digits, with or without 0x") from None
