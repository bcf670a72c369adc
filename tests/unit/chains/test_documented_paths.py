"""The paths that Turnkey's docs and SDK give accounts, for every address format: each derives, and has an address.

The server follows whatever path a request names; these are what clients name.
Source: Turnkey docs, wallets (table of default paths); ``@turnkey/core``, ``turnkey-helpers.ts``.
"""

from __future__ import annotations

from itertools import product

import pytest

from counterseal.chains.address_formats import KEY_CURVES, address_of, check_address_format
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto import mnemonics, paths
from counterseal.crypto.key_tree import KeyTree
from counterseal.crypto.public_keys import public_key_of

SECP256K1, ED25519, P256 = Curve.SECP256K1, Curve.ED25519, Curve.P256
PATHS: dict[AddressFormat, tuple[tuple[Curve, ...], tuple[str, ...]]] = {
    AddressFormat.UNCOMPRESSED: ((SECP256K1, P256), ("m/0'/0",)),
    AddressFormat.COMPRESSED: ((SECP256K1, P256, ED25519), ("m/0'/0", "m/44'/0'/0'/0/0")),
    AddressFormat.ETHEREUM: ((SECP256K1,), ("m/44'/60'/0'/0/0",)),
    AddressFormat.SOLANA: ((ED25519,), ("m/44'/501'/0'/0", "m/44'/501'/0'/0'")),
    AddressFormat.COSMOS: ((SECP256K1,), ("m/44'/118'/0'/0/0",)),
    AddressFormat.TRON: ((SECP256K1,), ("m/44'/195'/0'/0/0", "m/44'/195'/0'")),
    AddressFormat.SUI: ((ED25519,), ("m/44'/784'/0'/0/0", "m/44'/784'/0'/0'/0'")),
    AddressFormat.APTOS: ((ED25519,), ("m/44'/637'/0'/0'/0", "m/44'/637'/0'/0'/0'")),
    AddressFormat.SEI: ((SECP256K1,), ("m/44'/118'/0'/0/0", "m/44'/118'/0'/0'/0'")),
    AddressFormat.XLM: ((ED25519,), ("m/44'/148'/0'/0'/0", "m/44'/148'/0'")),
    AddressFormat.DOGE_MAINNET: ((SECP256K1,), ("m/44'/3'/0'/0/0",)),
    AddressFormat.DOGE_TESTNET: ((SECP256K1,), ("m/44'/1'/0'/0/0", "m/44'/3'/0'/0/0")),
    AddressFormat.TON_V3R2: ((ED25519,), ("m/44'/607'/0'/0/0", "m/44'/607'/0'/0'/0'")),
    AddressFormat.TON_V4R2: ((ED25519,), ("m/44'/607'/0'/0/0", "m/44'/607'/0'/0'/0'")),
    AddressFormat.TON_V5R1: ((ED25519,), ("m/44'/607'/0'/0/0", "m/44'/607'/0'/0'/0'")),
    AddressFormat.XRP: ((SECP256K1,), ("m/44'/144'/0'/0/0", "m/44'/144'/0'/0'/0'")),
    AddressFormat.SPARK_MAINNET: ((SECP256K1,), ("m/8797555'/0'/0'", "m/86'/0'/0'/0/0")),
    AddressFormat.SPARK_REGTEST: ((SECP256K1,), ("m/8797555'/0'/0'", "m/86'/1'/0'/0/0")),
}
BITCOIN = {"P2PKH": 44, "P2SH": 49, "P2WPKH": 84, "P2TR": 86}
for network in ("MAINNET", "TESTNET", "SIGNET", "REGTEST"):
    for kind, purpose in BITCOIN.items():
        path = f"m/{purpose}'/{0 if network == 'MAINNET' else 1}'/0'/0/0"
        PATHS[AddressFormat[f"BITCOIN_{network}_{kind}"]] = ((SECP256K1,), (path,))
WITHOUT_SCRIPT = {each for each in AddressFormat if each.name.endswith("_P2WSH")}
SEED = mnemonics.seed_of(mnemonics.phrase_of(bytes(16)))


def test_no_format_is_left_out() -> None:
    assert {*PATHS, *WITHOUT_SCRIPT} == set(AddressFormat)


@pytest.mark.parametrize("address_format", PATHS, ids=lambda each: each.name)
def test_accounts_at_the_documented_paths(address_format: AddressFormat) -> None:
    curves, documented = PATHS[address_format]
    addresses, keys = set(), set()
    with KeyTree(SEED) as tree:
        for curve, path in product(curves, documented):
            key_curve, levels = KEY_CURVES[curve], paths.parse(path)
            public_key = public_key_of(key_curve, tree.private_key(key_curve, levels))
            addresses.add(address_of(curve, address_format, public_key))
            keys.add((curve, paths.followed(levels, key_curve)))
    assert len(addresses) == len(keys)


@pytest.mark.parametrize("address_format", AddressFormat)
def test_a_format_fits_its_curves_and_no_others(address_format: AddressFormat) -> None:
    fitting = PATHS[address_format][0] if address_format in PATHS else ()
    for curve in set(Curve) - set(fitting):
        with pytest.raises(InvalidRequest, match="invalid address format"):
            check_address_format(curve, address_format)
    for curve in fitting:
        check_address_format(curve, address_format)
