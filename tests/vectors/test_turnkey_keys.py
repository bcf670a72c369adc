"""Keys that Turnkey's SDKs publish as test fixtures."""

import json
from pathlib import Path

import pytest

from counterseal.crypto import Curve, p256, secp256k1, validate_public_key
from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.crypto.p256 import P256PrivateKey
from counterseal.crypto.secp256k1 import Secp256k1PrivateKey

VECTORS = json.loads((Path(__file__).parent / "data" / "key_pairs.json").read_text())
PRIVATE_KEYS = {"P-256": P256PrivateKey, "secp256k1": Secp256k1PrivateKey, "Ed25519": Ed25519PrivateKey}
UNCOMPRESS = {"P-256": p256.uncompress, "secp256k1": secp256k1.uncompress}


@pytest.mark.parametrize("pair", VECTORS["key_pairs"], ids=lambda pair: pair["source"])
def test_public_key_of_a_private_key(pair: dict[str, str]) -> None:
    key = PRIVATE_KEYS[pair["curve"]].from_secret(bytes.fromhex(pair["privateKey"]))
    published = bytes.fromhex(pair.get("publicKeyCompressed") or pair.get("publicKey") or pair["publicKeyUncompressed"])
    found = UNCOMPRESS[pair["curve"]](key.public_key) if len(published) == 65 else key.public_key
    assert found == published
    assert validate_public_key(key.curve, key.public_key.hex()) == key.public_key.hex()


@pytest.mark.parametrize("point", VECTORS["point_compression"], ids=lambda point: point["compressed"][:8])
def test_point_compression(point: dict[str, str]) -> None:
    uncompressed, compressed = bytes.fromhex(point["uncompressed"]), bytes.fromhex(point["compressed"])
    assert p256.compress(uncompressed) == p256.compress(compressed) == compressed
    assert p256.uncompress(uncompressed) == p256.uncompress(compressed) == uncompressed


@pytest.mark.parametrize("exchange", VECTORS["ecdh_p256"], ids=lambda exchange: exchange["sharedX"][:8])
def test_diffie_hellman(exchange: dict[str, str]) -> None:
    key = P256PrivateKey.from_secret(bytes.fromhex(exchange["privateKey"]))
    assert key.exchange(p256.decode_point(bytes.fromhex(exchange["publicKey"]))).hex() == exchange["sharedX"]


def test_all_three_curves_are_there() -> None:
    assert {pair["curve"] for pair in VECTORS["key_pairs"]} == set(PRIVATE_KEYS)
    assert {key.curve for key in PRIVATE_KEYS.values()} == set(Curve)
