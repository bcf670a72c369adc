"""Addresses of random keys against bip-utils and embit, and read back by decoders that are not ours.

JavaScript's libraries are asked in ``tests/oracles``.
"""

from base64 import b32decode, urlsafe_b64decode
from collections.abc import Callable
from functools import partial
from hashlib import sha256

import base58
import bip_utils
import pytest
from Crypto.Hash import RIPEMD160, keccak
from embit import bech32 as embit_bech32
from embit import script as embit_script
from embit.ec import PublicKey
from embit.networks import NETWORKS
from hypothesis import given
from hypothesis import strategies as st

from counterseal.chains.address_formats import KEY_CURVES, address_of
from counterseal.chains.bitcoin import address as bitcoin
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto import base58check, bech32
from counterseal.crypto.base58 import encode
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.secp256k1 import uncompress

secrets = st.binary(min_size=31, max_size=31).map(lambda rest: b"\x01" + rest)  # in range for every curve
keys_of = {curve: secrets.map(lambda secret, key=KEY_CURVES[curve]: public_key_of(key, secret)) for curve in Curve}
points, ed25519_keys = keys_of[Curve.SECP256K1], keys_of[Curve.ED25519]

NETS = {
    "MAINNET": ("main", "bc"),
    "TESTNET": ("test", "tb"),
    "SIGNET": ("signet", "tb"),
    "REGTEST": ("regtest", "bcrt"),
}
BASE58CHECK = {"MAINNET": (b"\x00", b"\x05"), "TESTNET": (b"\x6f", b"\xc4")}
BASE58CHECK |= {"SIGNET": BASE58CHECK["TESTNET"], "REGTEST": BASE58CHECK["TESTNET"]}

Oracle = Callable[[bytes], str]


def bip_utils_oracles() -> dict[AddressFormat, Oracle]:
    encode_key = {
        AddressFormat.ETHEREUM: bip_utils.EthAddrEncoder.EncodeKey,
        AddressFormat.TRON: bip_utils.TrxAddrEncoder.EncodeKey,
        AddressFormat.XRP: bip_utils.XrpAddrEncoder.EncodeKey,
        AddressFormat.SOLANA: bip_utils.SolAddrEncoder.EncodeKey,
        AddressFormat.SUI: bip_utils.SuiAddrEncoder.EncodeKey,
        AddressFormat.APTOS: partial(bip_utils.AptosAddrEncoder.EncodeKey, trim_zeroes=False),
        AddressFormat.COSMOS: partial(bip_utils.AtomAddrEncoder.EncodeKey, hrp="cosmos"),
        AddressFormat.SEI: partial(bip_utils.AtomAddrEncoder.EncodeKey, hrp="sei"),
        AddressFormat.XLM: partial(bip_utils.XlmAddrEncoder.EncodeKey, addr_type=bip_utils.XlmAddrTypes.PUB_KEY),
        AddressFormat.DOGE_MAINNET: partial(bip_utils.P2PKHAddrEncoder.EncodeKey, net_ver=b"\x1e"),
        AddressFormat.DOGE_TESTNET: partial(bip_utils.P2PKHAddrEncoder.EncodeKey, net_ver=b"\x71"),
        AddressFormat.TON_V3R2: partial(bip_utils.TonAddrEncoder.EncodeKey, version=bip_utils.TonAddrVersions.V3R2),
        AddressFormat.TON_V4R2: partial(bip_utils.TonAddrEncoder.EncodeKey, version=bip_utils.TonAddrVersions.V4),
        AddressFormat.TON_V5R1: partial(bip_utils.TonAddrEncoder.EncodeKey, version=bip_utils.TonAddrVersions.V5R1),
    }
    for network, (_, prefix) in NETS.items():
        p2pkh, p2sh = BASE58CHECK[network]
        encode_key |= {
            AddressFormat[f"BITCOIN_{network}_P2PKH"]: partial(bip_utils.P2PKHAddrEncoder.EncodeKey, net_ver=p2pkh),
            AddressFormat[f"BITCOIN_{network}_P2SH"]: partial(bip_utils.P2SHAddrEncoder.EncodeKey, net_ver=p2sh),
            AddressFormat[f"BITCOIN_{network}_P2WPKH"]: partial(bip_utils.P2WPKHAddrEncoder.EncodeKey, hrp=prefix),
            AddressFormat[f"BITCOIN_{network}_P2TR"]: partial(bip_utils.P2TRAddrEncoder.EncodeKey, hrp=prefix),
        }
    return encode_key


OF_BIP_UTILS = bip_utils_oracles()
ON_ED25519 = {AddressFormat[name] for name in ("SOLANA", "SUI", "APTOS", "XLM", "TON_V3R2", "TON_V4R2", "TON_V5R1")}


@pytest.mark.parametrize("address_format", OF_BIP_UTILS, ids=lambda each: each.name)
def test_bip_utils_writes_the_same(address_format: AddressFormat) -> None:
    curve = Curve.ED25519 if address_format in ON_ED25519 else Curve.SECP256K1

    @given(keys_of[curve])
    def same(public_key: bytes) -> None:
        assert address_of(curve, address_format, public_key) == OF_BIP_UTILS[address_format](public_key)

    same()


@pytest.mark.parametrize("network", NETS)
@given(point=points)
def test_embit_writes_the_same_for_bitcoin(network: str, point: bytes) -> None:
    theirs, key = NETWORKS[NETS[network][0]], PublicKey.parse(point)
    scripts = {
        "P2PKH": embit_script.p2pkh(key),
        "P2SH": embit_script.p2sh(embit_script.p2wpkh(key)),
        "P2WPKH": embit_script.p2wpkh(key),
        "P2TR": embit_script.p2tr(key),
    }
    for kind, script in scripts.items():
        address = address_of(Curve.SECP256K1, AddressFormat[f"BITCOIN_{network}_{kind}"], point)
        assert address == script.address(theirs)
        assert embit_script.address_to_scriptpubkey(address) == script


@given(point=points)
def test_embit_writes_the_same_for_dogecoin(point: bytes) -> None:
    """Its version bytes are handed in: embit knows how such a text is made, and not Dogecoin."""
    for name, version in (("MAINNET", b"\x1e"), ("TESTNET", b"\x71")):
        theirs = embit_script.p2pkh(PublicKey.parse(point)).address({"p2pkh": version})
        assert address_of(Curve.SECP256K1, AddressFormat[f"DOGE_{name}"], point) == theirs


@given(program=st.binary(min_size=32, max_size=32))
def test_a_witness_script_has_an_address_though_no_key_has_one(program: bytes) -> None:
    for name, prefix in NETS.values():
        script = embit_script.Script(b"\x00\x20" + program)
        network = {"bc": bitcoin.MAINNET, "tb": bitcoin.TESTNET, "bcrt": bitcoin.REGTEST}[prefix]
        assert bitcoin.address_of_script(script.data, network) == script.address(NETWORKS[name])


@given(script=st.binary(max_size=40) | st.sampled_from([b"\x6a\x04data", b"\x51", b"\x00\x14" + bytes(19)]))
def test_other_scripts_have_no_address(script: bytes) -> None:
    """OP_RETURN, bare keys, witness programs of other versions and lengths."""
    if bitcoin.address_of_script(script, bitcoin.MAINNET):
        assert embit_script.Script(script).script_type() in ("p2pkh", "p2sh", "p2wpkh", "p2wsh", "p2tr")


@given(points)
def test_hash160_and_keccak_are_those_of_the_libraries(point: bytes) -> None:
    """Read back: what stands inside an address is the hash it should be."""
    twenty = RIPEMD160.new(sha256(point).digest()).digest()
    account = keccak.new(digest_bits=256, data=uncompress(point)[1:]).digest()[12:]
    read = {
        "BITCOIN_MAINNET_P2PKH": base58.b58decode_check,
        "TRON": base58.b58decode_check,
        "XRP": lambda text: base58.b58decode_check(text, alphabet=base58.RIPPLE_ALPHABET),
    }
    expected = {"BITCOIN_MAINNET_P2PKH": b"\x00" + twenty, "TRON": b"\x41" + account, "XRP": b"\x00" + twenty}
    for name, decode in read.items():
        assert decode(address_of(Curve.SECP256K1, AddressFormat[name], point)) == expected[name]
    for name, prefix in (("COSMOS", "cosmos"), ("SEI", "sei")):
        address = address_of(Curve.SECP256K1, AddressFormat[name], point)
        encoding, found, letters = embit_bech32.bech32_decode(address)
        assert (encoding, found) == (embit_bech32.Encoding.BECH32, prefix)
        assert bytes(embit_bech32.convertbits(letters, 5, 8, False)) == twenty
    ethereum = address_of(Curve.SECP256K1, AddressFormat.ETHEREUM, point)
    assert bytes.fromhex(ethereum[2:]) == account


@given(points)
def test_spark_is_bech32m_over_the_identity_key(point: bytes) -> None:
    for name, prefix in (("SPARK_MAINNET", "spark"), ("SPARK_REGTEST", "sparkrt")):
        address = address_of(Curve.SECP256K1, AddressFormat[name], point)
        encoding, found, letters = embit_bech32.bech32_decode(address)
        assert (encoding, found) == (embit_bech32.Encoding.BECH32M, prefix)
        assert bytes(embit_bech32.convertbits(letters, 5, 8, False)) == b"\x0a\x21" + point


@given(ed25519_keys)
def test_keys_are_read_back_from_addresses_that_hold_them(key: bytes) -> None:
    assert base58.b58decode(address_of(Curve.ED25519, AddressFormat.SOLANA, key)) == key
    assert b32decode(address_of(Curve.ED25519, AddressFormat.XLM, key))[1:33] == key
    for version in ("TON_V3R2", "TON_V4R2", "TON_V5R1"):
        raw = urlsafe_b64decode(address_of(Curve.ED25519, AddressFormat[version], key))
        assert raw[:2] == b"\x51\x00"
        assert len(raw) == 36


@given(st.binary(max_size=60))
def test_base58_is_that_of_the_library(data: bytes) -> None:
    assert encode(data) == base58.b58encode(data).decode()
    assert base58check.encode(data) == base58.b58encode_check(data).decode()


@given(st.sampled_from(["bc", "tb", "cosmos", "x" * 20]), st.binary(max_size=45))
def test_bech32_is_that_of_embit(prefix: str, data: bytes) -> None:
    letters = embit_bech32.convertbits(data, 8, 5)
    assert bech32.encode(prefix, data) == embit_bech32.bech32_encode(embit_bech32.Encoding.BECH32, prefix, letters)
    assert bech32.encode_m(prefix, data) == embit_bech32.bech32_encode(embit_bech32.Encoding.BECH32M, prefix, letters)
