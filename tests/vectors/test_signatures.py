"""Signatures byte for byte: raw payloads, RFC 6979, RFC 8032, BIP-340, BIP-341."""

import csv
import json
from pathlib import Path

import coincurve
import pytest

from counterseal.chains.raw_payload import bytes_to_sign, check_combination, signature_result
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import HashFunction, PayloadEncoding
from counterseal.crypto.signing import Scheme, sign

DATA = Path(__file__).parent / "data"
VECTORS = json.loads((DATA / "wallet_keys.json").read_text("utf-8"))
SCHEMES = {"CURVE_SECP256K1": Scheme.ECDSA_SECP256K1, "CURVE_ED25519": Scheme.ED25519}
BIP340 = list(csv.DictReader((DATA / "bip340.csv").read_text().splitlines()))
NO_RANDOMNESS = bytes(32)

# RFC 6979, A.2.5: the key, and the signatures over SHA-256 of two messages, S as it is there.
P256_KEY = bytes.fromhex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_SIGNATURES = {
    "sample": (
        0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716,
        0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8,
    ),
    "test": (
        0xF1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367,
        0x019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083,
    ),
}


@pytest.mark.parametrize("vector", VECTORS["raw_payload"], ids=lambda vector: vector.get("note") or vector["payload"])
def test_raw_payload(vector: dict[str, str]) -> None:
    scheme = SCHEMES[vector["curve"]]
    encoding, hash_function = PayloadEncoding(vector["encoding"]), HashFunction(vector["hashFunction"])
    check_combination(scheme, encoding=encoding, hash_function=hash_function)
    message = bytes_to_sign(vector["payload"], encoding=encoding, hash_function=hash_function)
    if "digest" in vector:
        assert message.hex() == vector["digest"]
    signature = sign(scheme, bytes.fromhex(vector["key"]), message, aux_randomness=NO_RANDOMNESS)
    result = signature_result(signature)
    assert (result.r, result.s, result.v) == (vector["r"], vector["s"], vector["v"])


@pytest.mark.parametrize("vector", VECTORS["raw_payload_refuse"], ids=lambda v: f"{v['payload']} {v['hashFunction']}")
def test_raw_payload_that_is_refused(vector: dict[str, str]) -> None:
    encoding, hash_function = PayloadEncoding(vector["encoding"]), HashFunction(vector["hashFunction"])
    with pytest.raises(InvalidRequest, match=vector.get("message")):
        check_combination(SCHEMES[vector["curve"]], encoding=encoding, hash_function=hash_function)
        bytes_to_sign(vector["payload"], encoding=encoding, hash_function=hash_function)


@pytest.mark.parametrize("message", P256_SIGNATURES)
def test_rfc6979_on_p256(message: str) -> None:
    r, s = P256_SIGNATURES[message]
    digest = bytes_to_sign(message, encoding=PayloadEncoding.TEXT_UTF8, hash_function=HashFunction.SHA256)
    signature = sign(Scheme.ECDSA_P256, P256_KEY, digest, aux_randomness=NO_RANDOMNESS)
    assert int.from_bytes(signature.r) == r
    assert int.from_bytes(signature.s) == min(s, P256_ORDER - s)


@pytest.mark.parametrize("vector", BIP340, ids=lambda vector: vector["index"])
def test_bip340(vector: dict[str, str]) -> None:
    """The vectors with private keys. Those without are about verification, which is libsecp256k1's."""
    secret, message = bytes.fromhex(vector["secret key"]), bytes.fromhex(vector["message"])
    signature = sign(Scheme.SCHNORR, secret, message, aux_randomness=bytes.fromhex(vector["aux_rand"]))
    assert (signature.r + signature.s).hex().upper() == vector["signature"]
    assert signature.v == 0


def test_bip341() -> None:
    vector = VECTORS["taproot"]["vectors"][1]
    secret, digest = bytes.fromhex(vector["internal_private_key"]), bytes.fromhex(vector["sighash"])
    signature = sign(Scheme.SCHNORR_TAPROOT, secret, digest, aux_randomness=NO_RANDOMNESS)
    assert (signature.r + signature.s).hex() == vector["signature_with_zero_aux"]
    tweaked = coincurve.PrivateKey(bytes.fromhex(vector["tweaked_private_key"]))
    assert tweaked.public_key_xonly.verify(signature.r + signature.s, digest)
