"""BIP-32 and SLIP-10: the vectors of both pages."""

import json
from pathlib import Path

import pytest
from embit.bip32 import HDKey

from counterseal.crypto import paths
from counterseal.crypto.curves import Curve
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.public_keys import public_key_of

VECTORS = json.loads((Path(__file__).parent / "data" / "wallet_keys.json").read_text("utf-8"))
CURVES = {"CURVE_SECP256K1": Curve.SECP256K1, "CURVE_P256": Curve.P256, "CURVE_ED25519": Curve.ED25519}

# BIP-32, test vector 3: leading zeros of a private key are kept when its children are made.
ZEROS_SEED = (
    "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4ac"
    "ba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be"
)
ZEROS_CHILD = (
    "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L"
)


@pytest.mark.parametrize(
    "vector", VECTORS["slip10"]["vectors"], ids=lambda vector: f"{vector['case']} {vector['path']}"
)
def test_slip10(vector: dict[str, str]) -> None:
    """Also BIP-32's vectors 1 and 2, which are those of secp256k1; and both that have to hash again, on P-256."""
    curve = CURVES[vector["curve"]]
    with KeyTree(bytes.fromhex(vector["seed"])) as tree:
        key = tree.private_key(curve, paths.parse(vector["path"]))
    assert key.hex() == vector["private_key"]
    assert public_key_of(curve, key).hex() == vector["public_key"].removeprefix("00")


def test_bip32_keeps_leading_zeros() -> None:
    with KeyTree(bytes.fromhex(ZEROS_SEED)) as tree:
        assert tree.private_key(Curve.SECP256K1, paths.parse("m/0'")) == HDKey.from_string(ZEROS_CHILD).key.secret
