"""Which address a key has in each of the contract's formats, and how a key of that format signs.

Source: Turnkey docs, wallets (address formats and their curves), Bitcoin and Spark pages (which of them sign by
Schnorr); each chain's own rule is in its folder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from counterseal.chains.aptos.address import aptos_address
from counterseal.chains.bitcoin import address as bitcoin
from counterseal.chains.cosmos.address import cosmos_address
from counterseal.chains.dogecoin import address as dogecoin
from counterseal.chains.ethereum.address import ethereum_address
from counterseal.chains.solana.address import solana_address
from counterseal.chains.spark import address as spark
from counterseal.chains.stellar.address import stellar_address
from counterseal.chains.sui.address import sui_address
from counterseal.chains.ton import address as ton
from counterseal.chains.tron.address import tron_address
from counterseal.chains.xrp.address import xrp_address
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto import p256, secp256k1
from counterseal.crypto.curves import Curve as KeyCurve
from counterseal.crypto.signing import Scheme

AddressOf = Callable[[bytes], str]
ScriptOf = Callable[[bytes], bytes]

KEY_CURVES: Final[Mapping[Curve, KeyCurve]] = MappingProxyType(
    {Curve.SECP256K1: KeyCurve.SECP256K1, Curve.ED25519: KeyCurve.ED25519, Curve.P256: KeyCurve.P256}
)
"""The contract's curves of wallets under the names that ``crypto`` has for them."""

_ECDSA = {Curve.SECP256K1: Scheme.ECDSA_SECP256K1, Curve.P256: Scheme.ECDSA_P256, Curve.ED25519: Scheme.ED25519}

_BITCOIN_NETWORKS = {
    "MAINNET": bitcoin.MAINNET,
    "TESTNET": bitcoin.TESTNET,
    "SIGNET": bitcoin.SIGNET,
    "REGTEST": bitcoin.REGTEST,
}
_BITCOIN_SCRIPTS: Mapping[str, ScriptOf] = {
    "P2PKH": bitcoin.p2pkh_script,
    "P2SH": bitcoin.p2sh_script,
    "P2WPKH": bitcoin.p2wpkh_script,
    "P2TR": bitcoin.p2tr_script,
}


def check_address_format(curve: Curve, address_format: AddressFormat) -> None:
    """Raise ``InvalidRequest`` unless keys of this curve have such an address."""
    if (curve, address_format) in _ADDRESSES:
        return
    if address_format in _WITHOUT_SCRIPT:
        raise InvalidRequest(
            f"invalid address format: {address_format} is not supported, because it is not published which witness "
            "script it stands for, and money sent to a wrong one is lost"
        )
    fitting = " or ".join(each for each in Curve if (each, address_format) in _ADDRESSES)
    raise InvalidRequest(f"invalid address format: {address_format} does not fit {curve}, expected {fitting}")


def address_of(curve: Curve, address_format: AddressFormat, public_key: bytes) -> str:
    """The address as the chain writes it, for 33 bytes, a compressed point (secp256k1, P-256), or 32 (Ed25519).

    Raises ``InvalidRequest`` as `check_address_format` does.
    """
    check_address_format(curve, address_format)
    return _ADDRESSES[curve, address_format](public_key)


def scheme_of(curve: Curve, address_format: AddressFormat | None) -> Scheme:
    """How a key signs that is named by an address of this format; ``None`` if by its id or public key.

    Taproot and Spark addresses sign by Schnorr, all others of their curve by ECDSA.
    """
    if address_format in _TAPROOT:
        return Scheme.SCHNORR_TAPROOT
    if address_format in _SPARK:
        return Scheme.SCHNORR
    return _ECDSA[curve]


def _bitcoin_address(public_key: bytes, *, script_of: ScriptOf, network: bitcoin.Network) -> str:
    return bitcoin.address_of_script(script_of(public_key), network)


def _uncompressed(uncompress: Callable[[bytes], bytes], public_key: bytes) -> str:
    return uncompress(public_key).hex()


_TAPROOT = frozenset(each for each in AddressFormat if each.name.endswith("_P2TR"))
_SPARK = frozenset({AddressFormat.SPARK_MAINNET, AddressFormat.SPARK_REGTEST})
_WITHOUT_SCRIPT = frozenset(each for each in AddressFormat if each.name.endswith("_P2WSH"))

_OF_SECP256K1: Mapping[AddressFormat, AddressOf] = {
    AddressFormat.COMPRESSED: bytes.hex,
    AddressFormat.UNCOMPRESSED: partial(_uncompressed, secp256k1.uncompress),
    AddressFormat.ETHEREUM: ethereum_address,
    AddressFormat.COSMOS: partial(cosmos_address, prefix="cosmos"),
    AddressFormat.SEI: partial(cosmos_address, prefix="sei"),
    AddressFormat.TRON: tron_address,
    AddressFormat.XRP: xrp_address,
    AddressFormat.DOGE_MAINNET: partial(dogecoin.dogecoin_address, network=dogecoin.MAINNET),
    AddressFormat.DOGE_TESTNET: partial(dogecoin.dogecoin_address, network=dogecoin.TESTNET),
    AddressFormat.SPARK_MAINNET: partial(spark.spark_address, prefix=spark.MAINNET),
    AddressFormat.SPARK_REGTEST: partial(spark.spark_address, prefix=spark.REGTEST),
    **{
        AddressFormat[f"BITCOIN_{name}_{kind}"]: partial(_bitcoin_address, script_of=script_of, network=network)
        for name, network in _BITCOIN_NETWORKS.items()
        for kind, script_of in _BITCOIN_SCRIPTS.items()
    },
}
_OF_ED25519: Mapping[AddressFormat, AddressOf] = {
    AddressFormat.COMPRESSED: bytes.hex,
    AddressFormat.SOLANA: solana_address,
    AddressFormat.SUI: sui_address,
    AddressFormat.APTOS: aptos_address,
    AddressFormat.XLM: stellar_address,
    AddressFormat.TON_V3R2: partial(ton.ton_address, wallet=ton.V3R2),
    AddressFormat.TON_V4R2: partial(ton.ton_address, wallet=ton.V4R2),
    AddressFormat.TON_V5R1: partial(ton.ton_address, wallet=ton.V5R1),
}
_OF_P256: Mapping[AddressFormat, AddressOf] = {
    AddressFormat.COMPRESSED: bytes.hex,
    AddressFormat.UNCOMPRESSED: partial(_uncompressed, p256.uncompress),
}
_ADDRESSES: Mapping[tuple[Curve, AddressFormat], AddressOf] = {
    **{(Curve.SECP256K1, each): address for each, address in _OF_SECP256K1.items()},
    **{(Curve.ED25519, each): address for each, address in _OF_ED25519.items()},
    **{(Curve.P256, each): address for each, address in _OF_P256.items()},
}
