"""Stamps and votes that Turnkey's documentation, SDKs and production service show."""

import hashlib
import json
from pathlib import Path

import pytest

from counterseal.contract.errors import Unauthenticated
from counterseal.crypto import ApiKeyScheme, CryptoError, Curve, der, p256, secp256k1
from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.stamps import ApiKeyStamp, parse_stamp, verify_stamp

DATA = Path(__file__).parent / "data"
STAMPS = {stamp["name"]: stamp for stamp in json.loads((DATA / "stamps.json").read_text())}
VOTES = json.loads((DATA / "production_votes.json").read_text())
DER_SIGNATURES = json.loads((DATA / "der_signatures.json").read_text())
INTEROP_STAMP = json.loads((DATA / "interop.json").read_text())["stamp"]
ENCLAVE_SIGNATURE = json.loads((DATA / "hpke.json").read_text())["bundles"][-1]


def test_documented_stamp_verifies_over_its_body_and_no_other() -> None:
    sample = STAMPS["docs-tkcli-sample"]
    stamp = parse_stamp(sample["headerValue"])
    assert stamp == ApiKeyStamp(
        public_key=sample["decoded"]["publicKey"],
        scheme=ApiKeyScheme(sample["decoded"]["scheme"]),
        signature=sample["decoded"]["signature"],
    )
    verify_stamp(stamp, curve=Curve.P256, body=sample["body"].encode())
    with pytest.raises(Unauthenticated):
        verify_stamp(stamp, curve=Curve.P256, body=sample["body"].encode() + b" ")


def test_encoding_of_a_stamp_whose_body_is_unknown() -> None:
    sample = STAMPS["encoding-only"]
    expected = json.loads(sample["decodedJson"])
    stamp = parse_stamp(sample["headerValue"])
    assert (stamp.public_key, stamp.scheme, stamp.signature) == (
        expected["publicKey"],
        expected["scheme"],
        expected["signature"],
    )


def test_stamp_of_the_javascript_stamper() -> None:
    verify_stamp(parse_stamp(INTEROP_STAMP["headerValue"]), curve=Curve.P256, body=INTEROP_STAMP["body"].encode())


def test_ethereum_wallet_stamp() -> None:
    sample = STAMPS["eip191"]
    stamp = ApiKeyStamp(
        public_key=sample["publicKeyCompressed"],
        scheme=ApiKeyScheme(sample["scheme"]),
        signature=sample["derSignature"],
    )
    verify_stamp(stamp, curve=Curve.SECP256K1, body=sample["message"].encode())
    r, s = der.decode(bytes.fromhex(sample["derSignature"]))
    assert f"0x{r:064x}{s:064x}" == sample["recoverableSignature"][:-2]
    uncompressed = bytes.fromhex(sample["publicKeyUncompressed"].removeprefix("0x"))
    assert secp256k1.compress(uncompressed).hex() == sample["publicKeyCompressed"]


def test_ed25519_stamp() -> None:
    sample = STAMPS["ed25519"]
    body = sample["message"].encode()
    stamp = ApiKeyStamp(
        public_key=sample["publicKey"], scheme=ApiKeyScheme(sample["scheme"]), signature=sample["signature"]
    )
    verify_stamp(stamp, curve=Curve.ED25519, body=body)
    assert Ed25519PrivateKey.from_secret(bytes.fromhex(sample["seed"])).sign(body).hex() == sample["signature"]


def test_leading_zero_bytes_as_the_sdk_leaves_them() -> None:
    sample = STAMPS["non-minimal-der"]
    signature = bytes.fromhex(sample["derFromSdk"])
    raw = bytes.fromhex(sample["rawSignatureHex"])
    expected = (int.from_bytes(raw[:32]), int.from_bytes(raw[32:64]))
    assert der.decode(signature) == expected
    assert der.minimal(signature) == der.encode(*expected) != signature


@pytest.mark.parametrize("vote", VOTES, ids=lambda vote: vote["activity"])
def test_votes_of_production_activities_verify(vote: dict[str, str]) -> None:
    body = vote["message"].encode()
    stamp = ApiKeyStamp(public_key=vote["publicKey"], scheme=ApiKeyScheme(vote["scheme"]), signature=vote["signature"])
    verify_stamp(stamp, curve=Curve.P256, body=body)
    assert vote["fingerprint"] == f"sha256:{hashlib.sha256(body).hexdigest()}"


def test_one_production_vote_has_high_s() -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    assert any(der.decode(bytes.fromhex(vote["signature"]))[1] > order // 2 for vote in VOTES)


@pytest.mark.parametrize("signature", DER_SIGNATURES, ids=range(len(DER_SIGNATURES)))
def test_der_signatures_of_the_export_frame(signature: dict[str, object]) -> None:
    encoded = bytes.fromhex(str(signature["der"]))
    if signature["valid"]:
        assert der.encode(*der.decode(encoded)) == der.minimal(encoded) == encoded
    else:
        with pytest.raises(CryptoError):
            der.decode(encoded)


def test_enclave_signature() -> None:
    public_key = bytes.fromhex(ENCLAVE_SIGNATURE["publicKey"])
    signature = bytes.fromhex(ENCLAVE_SIGNATURE["signatureDer"])
    assert p256.verify(public_key, signature, bytes.fromhex(ENCLAVE_SIGNATURE["signedDataHex"]))
    assert not p256.verify(public_key, signature, bytes.fromhex(ENCLAVE_SIGNATURE["invalidForDataHex"]))
