from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.chains.raw_payload import (
    PAYLOAD_CHARACTERS_MAX,
    STRUCTURED,
    bytes_to_sign,
    check_combination,
    signature_result,
)
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import HashFunction, PayloadEncoding
from counterseal.crypto.hashes import keccak256
from counterseal.crypto.signing import Scheme, Signature

HEX, TEXT = PayloadEncoding.HEXADECIMAL, PayloadEncoding.TEXT_UTF8


def allowed(scheme: Scheme, encoding: PayloadEncoding, hash_function: HashFunction) -> bool:
    """The matrix of the docs."""
    if encoding in STRUCTURED:
        return scheme is Scheme.ECDSA_SECP256K1
    return (scheme is Scheme.ED25519) == (hash_function is HashFunction.NOT_APPLICABLE)


@pytest.mark.parametrize("scheme", Scheme, ids=lambda scheme: scheme.name)
@pytest.mark.parametrize("encoding", PayloadEncoding)
@pytest.mark.parametrize("hash_function", HashFunction)
def test_combinations(scheme: Scheme, encoding: PayloadEncoding, hash_function: HashFunction) -> None:
    if allowed(scheme, encoding, hash_function):
        check_combination(scheme, encoding=encoding, hash_function=hash_function)
        return
    with pytest.raises(InvalidRequest, match=r"^invalid (payload encoding|hash function): "):
        check_combination(scheme, encoding=encoding, hash_function=hash_function)


@given(st.binary(max_size=80), st.sampled_from(["", "0x", "0X"]), st.booleans())
def test_hexadecimal_in_any_spelling_is_the_same_bytes(message: bytes, prefix: str, upper: bool) -> None:
    digits = message.hex().upper() if upper else message.hex()
    payload = prefix + digits
    if not payload:
        return
    for hash_function, expected in (
        (HashFunction.NOT_APPLICABLE, message),
        (HashFunction.SHA256, sha256(message).digest()),
        (HashFunction.KECCAK256, keccak256(message)),
    ):
        assert bytes_to_sign(payload, encoding=HEX, hash_function=hash_function) == expected


@given(st.text(min_size=1, max_size=80) | st.sampled_from(["0x00", "48656c6c6f"]))
def test_text_is_its_bytes_whatever_it_looks_like(payload: str) -> None:
    assert bytes_to_sign(payload, encoding=TEXT, hash_function=HashFunction.NOT_APPLICABLE) == payload.encode()
    found = bytes_to_sign(payload, encoding=TEXT, hash_function=HashFunction.SHA256)
    assert found == sha256(payload.encode()).digest()


@given(st.binary(max_size=80))
def test_a_digest_has_32_bytes(message: bytes) -> None:
    payload = f"0x{message.hex()}"
    if len(message) == 32:
        assert bytes_to_sign(payload, encoding=HEX, hash_function=HashFunction.NO_OP) == message
        return
    with pytest.raises(InvalidRequest, match=f"^expected a 32-bytes-long digest, got {len(message)} bytes$"):
        bytes_to_sign(payload, encoding=HEX, hash_function=HashFunction.NO_OP)


def test_text_of_32_bytes_is_a_digest_too() -> None:
    assert bytes_to_sign("é" * 16, encoding=TEXT, hash_function=HashFunction.NO_OP) == ("é" * 16).encode()


@pytest.mark.parametrize(
    ("payload", "encoding", "complaint"),
    [
        ("", HEX, "payload is empty"),
        ("", TEXT, "payload is empty"),
        ("0xabc", HEX, "not an even number of hexadecimal digits"),
        ("abc", HEX, "not an even number of hexadecimal digits"),
        ("0x0x00", HEX, "not an even number of hexadecimal digits"),
        ("zz", HEX, "not an even number of hexadecimal digits"),
        ("ab cd", HEX, "not an even number of hexadecimal digits"),
        ("\u0661\u0662", HEX, "not an even number of hexadecimal digits"),
        ("a" * (PAYLOAD_CHARACTERS_MAX + 1), HEX, "1048577 characters long, expected at most 1048576"),
    ],
)
def test_refusals(payload: str, encoding: PayloadEncoding, complaint: str) -> None:
    with pytest.raises(InvalidRequest, match=complaint):
        bytes_to_sign(payload, encoding=encoding, hash_function=HashFunction.SHA256)


def test_zeros_in_front_are_kept() -> None:
    signature = Signature(r=b"\x00" * 31 + b"\x07", s=b"\x00" + b"\x01" * 31, v=1)
    result = signature_result(signature)
    assert (len(result.r), len(result.s), result.v) == (64, 64, "01")
    assert result.r == "0" * 63 + "7"
