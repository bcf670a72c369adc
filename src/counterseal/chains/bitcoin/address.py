"""Bitcoin's addresses: an output script for a key, and the text that stands for the script on one network.

Sources: BIP-13 and BIP-16 (P2SH), BIP-49, BIP-84, BIP-86 (which script for which key), BIP-173, BIP-350 (the texts).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from counterseal.crypto import base58check, bech32, taproot
from counterseal.crypto.hashes import hash160


@dataclass(frozen=True, slots=True)
class Network:
    """What the texts of a network begin with: version bytes of base58check, and the prefix of Bech32."""

    p2pkh: int
    p2sh: int
    prefix: str


MAINNET = Network(p2pkh=0x00, p2sh=0x05, prefix="bc")
TESTNET = Network(p2pkh=0x6F, p2sh=0xC4, prefix="tb")
SIGNET = TESTNET  # the two write the same texts
REGTEST = Network(p2pkh=0x6F, p2sh=0xC4, prefix="bcrt")


def p2pkh_script(public_key: bytes) -> bytes:
    """OP_DUP OP_HASH160 <hash> OP_EQUALVERIFY OP_CHECKSIG: pays to the holder of a 33-byte key."""
    return b"\x76\xa9\x14" + hash160(public_key) + b"\x88\xac"


def p2wpkh_script(public_key: bytes) -> bytes:
    """OP_0 <hash>: the same as a witness program."""
    return b"\x00\x14" + hash160(public_key)


def p2sh_script(public_key: bytes) -> bytes:
    """OP_HASH160 <hash> OP_EQUAL, whose redeem script is `p2wpkh_script` (BIP-49).

    Which redeem script Turnkey's P2SH addresses have is not published. This is what wallets have at the path that its
    docs name (``m/49'/…``).
    """
    return b"\xa9\x14" + hash160(p2wpkh_script(public_key)) + b"\x87"


def p2tr_script(public_key: bytes) -> bytes:
    """OP_1 <output key>: spent by the key alone, without scripts (BIP-86)."""
    return b"\x51\x20" + taproot.output_key(public_key)


class ScriptKind(enum.StrEnum):
    """What an output's script demands, under the names that policies see; empty for anything else."""

    P2PKH = "P2PKH"
    P2SH = "P2SH"
    P2WPKH = "P2WPKH"
    P2WSH = "P2WSH"
    P2TR = "P2TR"
    OTHER = ""


def kind_of_script(script: bytes) -> ScriptKind:
    """Bare keys, OP_RETURN, witnesses of later versions and whatever is unknown are ``OTHER``."""
    if len(script) == 25 and script.startswith(b"\x76\xa9\x14") and script.endswith(b"\x88\xac"):
        return ScriptKind.P2PKH
    if len(script) == 23 and script.startswith(b"\xa9\x14") and script.endswith(b"\x87"):
        return ScriptKind.P2SH
    if len(script) == 22 and script.startswith(b"\x00\x14"):
        return ScriptKind.P2WPKH
    if len(script) == 34 and script.startswith(b"\x00\x20"):
        return ScriptKind.P2WSH
    if len(script) == 34 and script.startswith(b"\x51\x20"):
        return ScriptKind.P2TR
    return ScriptKind.OTHER


def address_of_script(script: bytes, network: Network) -> str:
    """The address of an output script; empty for one that has none: bare keys, OP_RETURN, whatever is unknown."""
    match kind_of_script(script):
        case ScriptKind.P2PKH:
            return base58check.encode(bytes((network.p2pkh,)) + script[3:23])
        case ScriptKind.P2SH:
            return base58check.encode(bytes((network.p2sh,)) + script[2:22])
        case ScriptKind.P2WPKH | ScriptKind.P2WSH:
            return bech32.encode_witness(network.prefix, 0, script[2:])
        case ScriptKind.P2TR:
            return bech32.encode_witness(network.prefix, 1, script[2:])
        case ScriptKind.OTHER:
            return ""
