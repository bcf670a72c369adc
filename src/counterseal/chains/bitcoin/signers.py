"""Which inputs an account signs, and how addresses are written for it, by the format of its own address.

Source: Turnkey docs, "Bitcoin" networks page: an account signs the inputs of its address; one that is named by its bare
key may sign those of any of its scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from counterseal.chains.bitcoin import address as bitcoin
from counterseal.chains.bitcoin.address import Network, ScriptKind
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat


class Signer(msgspec.Struct, frozen=True):
    """What ``transaction_facts`` and ``inputs_to_sign`` are told of an account."""

    network: Network
    kinds: tuple[ScriptKind, ...]


_KINDS = (ScriptKind.P2PKH, ScriptKind.P2WPKH, ScriptKind.P2TR)
_NETWORKS = {
    "MAINNET": bitcoin.MAINNET,
    "TESTNET": bitcoin.TESTNET,
    "SIGNET": bitcoin.SIGNET,
    "REGTEST": bitcoin.REGTEST,
}

_SIGNERS: Mapping[AddressFormat, Signer] = MappingProxyType(
    {
        **{
            AddressFormat[f"BITCOIN_{name}_{kind}"]: Signer(network, (kind,))
            for name, network in _NETWORKS.items()
            for kind in _KINDS
        },
        AddressFormat.COMPRESSED: Signer(bitcoin.MAINNET, _KINDS),
    }
)


def signer_of(address_format: AddressFormat) -> Signer:
    """Raises ``InvalidRequest`` for a format whose accounts sign no PSBT: of another chain, P2SH or P2WSH."""
    signer = _SIGNERS.get(address_format)
    if signer is None:
        kinds = ", ".join(_KINDS)
        raise InvalidRequest(
            f"an account of {address_format} signs no Bitcoin transaction, expected an address of kind {kinds}, "
            f"or {AddressFormat.COMPRESSED}"
        )
    return signer
