"""Addresses of public origin, from the phrase on: BIP-49, BIP-84, BIP-86, SEP-5, and other wallets' own vectors."""

import json
from pathlib import Path

import pytest

from counterseal.chains.address_formats import KEY_CURVES, address_of
from counterseal.contract.shapes import AddressFormat
from counterseal.contract.shapes import Curve as WalletCurve
from counterseal.crypto import mnemonics, paths, taproot
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.public_keys import public_key_of

DATA = Path(__file__).parent / "data"
VECTORS = json.loads((DATA / "wallet_keys.json").read_text("utf-8"))
SPARK = json.loads((DATA / "spark_addresses.json").read_text("utf-8"))["addresses"]


def key_at(curve: WalletCurve, path: str, *, mnemonic: str, passphrase: str = "") -> tuple[bytearray, bytes]:
    phrase = mnemonics.phrase_of(*mnemonics.read_phrase(mnemonic))
    with KeyTree(mnemonics.seed_of(phrase, passphrase=passphrase)) as tree:
        key = tree.private_key(KEY_CURVES[curve], paths.parse(path))
    return key, public_key_of(KEY_CURVES[curve], key)


@pytest.mark.parametrize(
    "vector", VECTORS["addresses"], ids=lambda vector: f"{vector['address_format']} {vector['address'][:12]}"
)
def test_address(vector: dict[str, str]) -> None:
    curve = WalletCurve(vector["curve"])
    key, public_key = key_at(curve, vector["path"], mnemonic=vector["mnemonic"], passphrase=vector["passphrase"])
    assert key.hex() == vector["private_key"]
    assert public_key.hex() == vector["public_key"]
    assert address_of(curve, AddressFormat(vector["address_format"]), public_key) == vector["address"]
    if "x_only_output" in vector:
        assert taproot.output_key(public_key).hex() == vector["x_only_output"]


@pytest.mark.parametrize("vector", VECTORS["ed25519_non_hardened"]["vectors"], ids=lambda vector: vector["path"])
def test_levels_on_ed25519_are_hardened(vector: dict[str, str]) -> None:
    """The choice of this project: see docs/divergences.md."""
    _, public_key = key_at(WalletCurve.ED25519, vector["path"], mnemonic=vector["mnemonic"])
    address = address_of(WalletCurve.ED25519, AddressFormat(vector["address_format"]), public_key)
    assert address == vector["address_if_hardened_silently"]


@pytest.mark.parametrize("vector", SPARK, ids=lambda vector: vector["public_key"][:8])
@pytest.mark.parametrize("network", ["SPARK_MAINNET", "SPARK_REGTEST"])
def test_spark(vector: dict[str, str], network: str) -> None:
    """What Spark's own SDK writes. It is not run by the tests: it brings 270 MB of packages along."""
    public_key = bytes.fromhex(vector["public_key"])
    assert address_of(WalletCurve.SECP256K1, AddressFormat[network], public_key) == vector[network]


def test_bip341_output_key() -> None:
    key_path = VECTORS["taproot"]["vectors"][0]
    even = b"\x02" + bytes.fromhex(key_path["internal_public_key"])
    odd = b"\x03" + even[1:]
    assert taproot.output_key(even).hex() == taproot.output_key(odd).hex() == key_path["output_key"]
    mainnet = AddressFormat.BITCOIN_MAINNET_P2TR
    assert address_of(WalletCurve.SECP256K1, mainnet, even) == key_path["address"]
