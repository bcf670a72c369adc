"""Passkeys' public keys: ES256 and RS256 as COSE, and nothing else."""

import contextlib

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import decode_credential_public_key, decoded_public_key_to_cryptography

from counterseal.crypto import base64url, cose, der
from counterseal.crypto.errors import InvalidPublicKey, InvalidSignatureEncoding
from software_authenticator import ES256, RS256, cose_key, new_key, rsa_key

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PRODUCTION_KEY = (
    "pQECAyYgASFYIOt5O_a9z7xo9u1xbvg35vywIaB06uWWTvSwxeu26dGAIlggEOmdA0TqzU7AMSuIiHKy2r7TFzKhdGR-CUJRXqGnV00"
)
MESSAGE = b"authenticator data and client data hash"


def es256_members() -> dict[int, object]:
    members: dict[int, object] = cbor2.loads(cose_key(new_key(ES256)))
    return members


def rs256_members() -> dict[int, object]:
    members: dict[int, object] = cbor2.loads(cose_key(new_key(RS256)))
    return members


def test_the_key_of_a_captured_authenticator() -> None:
    """From a captured reply of the service (rust-sdk: client tests): exactly these bytes, in this order."""
    point = cose.parse_public_key(base64url.decode(PRODUCTION_KEY))
    assert isinstance(point, bytes)
    assert point[:3].hex() == "04eb79"
    assert len(point) == 65


def test_es256_signatures_verify_with_low_and_with_high_s() -> None:
    key = new_key(ES256)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature = key.sign(MESSAGE, ec.ECDSA(SHA256()))
    r, s = der.decode(signature)
    for half in (s, P256_ORDER - s):
        assert cose.verify(cose_key(key), der.encode(r, half), MESSAGE)
    assert not cose.verify(cose_key(key), signature, MESSAGE + b"!")
    assert not cose.verify(cose_key(new_key(ES256)), signature, MESSAGE)


def test_rs256_signatures_verify() -> None:
    signature = rsa_key().sign(MESSAGE, padding.PKCS1v15(), SHA256())
    assert cose.verify(cose_key(rsa_key()), signature, MESSAGE)
    assert not cose.verify(cose_key(rsa_key()), signature, MESSAGE + b"!")
    assert not cose.verify(cose_key(rsa_key()), signature[:-1] + bytes([signature[-1] ^ 1]), MESSAGE)
    assert not cose.verify(cose_key(rsa_key()), b"", MESSAGE)


def test_other_hashes_and_paddings_do_not_verify() -> None:
    pss = padding.PSS(padding.MGF1(SHA256()), padding.PSS.MAX_LENGTH)
    for signature in (
        rsa_key().sign(MESSAGE, pss, SHA256()),
        rsa_key().sign(MESSAGE, padding.PKCS1v15(), SHA1()),
    ):
        assert not cose.verify(cose_key(rsa_key()), signature, MESSAGE)


def test_a_signature_of_the_other_algorithm_does_not_verify() -> None:
    key = new_key(ES256)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    ecdsa, pkcs1 = key.sign(MESSAGE, ec.ECDSA(SHA256())), rsa_key().sign(MESSAGE, padding.PKCS1v15(), SHA256())
    assert not cose.verify(cose_key(rsa_key()), ecdsa, MESSAGE)
    with pytest.raises(InvalidSignatureEncoding):
        cose.verify(cose_key(key), pkcs1, MESSAGE)


@pytest.mark.parametrize("algorithm", [ES256, RS256])
def test_a_well_known_library_reads_the_same_key(algorithm: int) -> None:
    encoded = cose_key(new_key(algorithm))
    theirs = decoded_public_key_to_cryptography(decode_credential_public_key(encoded))
    ours = cose.parse_public_key(encoded)
    if isinstance(ours, bytes):
        assert isinstance(theirs, ec.EllipticCurvePublicKey)
        ours_as_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ours)
        assert theirs.public_numbers() == ours_as_key.public_numbers()
    else:
        assert theirs.public_numbers() == ours.public_numbers()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({3: -8}, "neither ES256"),
        ({3: -35}, "neither ES256"),
        ({3: RS256}, "neither ES256"),
        ({1: 1}, "neither ES256"),
        ({1: 3}, "neither ES256"),
        ({-1: 2}, "neither ES256"),
        ({-1: 8}, "neither ES256"),
        ({-2: b""}, "neither ES256"),
        ({-2: "x" * 32}, "neither ES256"),
        ({-3: True}, "neither ES256"),
        ({-2: bytes(32)}, "not a point of the curve"),
        ({-2: bytes(31), -3: bytes(31)}, "63 bytes long"),
        ({-2: bytes(33), -3: bytes(31)}, "neither ES256"),
        ({-2: b"\xff" * 32}, "not a point of the curve"),
    ],
)
def test_what_is_no_es256_key_is_refused(change: dict[int, object], reason: str) -> None:
    with pytest.raises(InvalidPublicKey, match=reason):
        cose.parse_public_key(cbor2.dumps(es256_members() | change))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({3: -37}, "neither ES256"),
        ({3: ES256}, "neither ES256"),
        ({-1: b""}, "modulus has 0 bits"),
        ({-1: b"\xff" * 255}, "modulus has 2040 bits, expected 2048 to 4096"),
        ({-1: b"\xff" * 513}, "modulus has 4104 bits, expected 2048 to 4096"),
        ({-1: b"\xff" * 255 + b"\xfe"}, "modulus is even"),
        ({-2: b""}, "make no key"),
        ({-2: b"\x01"}, "make no key"),
        ({-2: b"\x02"}, "make no key"),
        ({-2: b"\x01\x00\x00\x00\x01"}, "exponent has 33 bits"),
        ({-2: 65537}, "neither ES256"),
    ],
)
def test_what_is_no_rs256_key_is_refused(change: dict[int, object], reason: str) -> None:
    with pytest.raises(InvalidPublicKey, match=reason):
        cose.parse_public_key(cbor2.dumps(rs256_members() | change))


@pytest.mark.parametrize("missing", [1, 3, -1, -2, -3])
def test_every_member_is_needed(missing: int) -> None:
    members = es256_members()
    del members[missing]
    with pytest.raises(InvalidPublicKey):
        cose.parse_public_key(cbor2.dumps(members))


@pytest.mark.parametrize("encoded", [b"", b"\xa0", b"\x80", b"\x01", cose_key(new_key(ES256)) + b"\x00", b"\x04" * 65])
def test_what_is_no_cose_key_is_refused(encoded: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        cose.verify(encoded, b"", MESSAGE)


@given(st.binary(max_size=100))
def test_any_bytes_are_refused_as_a_key(data: bytes) -> None:
    with pytest.raises(InvalidPublicKey):
        cose.parse_public_key(data)


def test_a_key_has_its_size() -> None:
    members = {1: 3, 3: -257, -1: (1 << 4095 | 1).to_bytes(512), -2: b"\x01\x00\x01"}
    largest = cbor2.dumps(members)
    assert cose.KEY_BYTES_MAX - 100 < len(largest) <= cose.KEY_BYTES_MAX
    cose.parse_public_key(largest)
    with pytest.raises(InvalidPublicKey, match="is 700 bytes long, expected at most 600"):
        cose.parse_public_key(largest.ljust(700, b"\x00"))


@given(st.binary(max_size=300), st.sampled_from([ES256, RS256]))
def test_any_bytes_are_refused_as_a_signature(signature: bytes, algorithm: int) -> None:
    try:
        assert not cose.verify(cose_key(new_key(algorithm)), signature, MESSAGE)
    except InvalidSignatureEncoding:
        assert algorithm == ES256


@given(st.integers(0, 76), st.integers(0, 255))
def test_a_mutated_key_is_refused_or_does_not_verify(place: int, value: int) -> None:
    key = new_key(ES256)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signature, encoded = key.sign(MESSAGE, ec.ECDSA(SHA256())), bytearray(cose_key(key))
    if encoded[place] == value:
        return
    encoded[place] = value
    with contextlib.suppress(InvalidPublicKey):
        assert not cose.verify(bytes(encoded), signature, MESSAGE)
