import pytest

from counterseal.chains.address_formats import KEY_CURVES, address_of, check_address_format, scheme_of
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat, Curve
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.signing import Scheme

SECRET = bytes(range(1, 33))
PUBLIC_KEYS = {curve: public_key_of(KEY_CURVES[curve], SECRET) for curve in Curve}
ON_ED25519 = {"COMPRESSED", "SOLANA", "SUI", "APTOS", "XLM", "TON_V3R2", "TON_V4R2", "TON_V5R1"}
ON_P256 = {"COMPRESSED", "UNCOMPRESSED"}
ON_SECP256K1 = {
    "COMPRESSED",
    "UNCOMPRESSED",
    "ETHEREUM",
    "COSMOS",
    "SEI",
    "TRON",
    "XRP",
    "DOGE_MAINNET",
    "DOGE_TESTNET",
} | {
    "SPARK_MAINNET",
    "SPARK_REGTEST",
    *(
        f"BITCOIN_{n}_{k}"
        for n in ("MAINNET", "TESTNET", "SIGNET", "REGTEST")
        for k in ("P2PKH", "P2SH", "P2WPKH", "P2TR")
    ),
}
FITTING = {Curve.SECP256K1: ON_SECP256K1, Curve.ED25519: ON_ED25519, Curve.P256: ON_P256}
WITHOUT_SCRIPT = {f"BITCOIN_{network}_P2WSH" for network in ("MAINNET", "TESTNET", "SIGNET", "REGTEST")}


def test_no_format_of_the_contract_is_left_out() -> None:
    assert {each.name for each in AddressFormat} == ON_SECP256K1 | ON_ED25519 | ON_P256 | WITHOUT_SCRIPT
    assert set(KEY_CURVES) == set(Curve)


@pytest.mark.parametrize("curve", Curve)
@pytest.mark.parametrize("address_format", AddressFormat)
def test_a_format_fits_its_curves_and_no_other(curve: Curve, address_format: AddressFormat) -> None:
    if address_format.name in FITTING[curve]:
        check_address_format(curve, address_format)
        assert address_of(curve, address_format, PUBLIC_KEYS[curve]).isascii()
        return
    for use in (
        lambda: check_address_format(curve, address_format),
        lambda: address_of(curve, address_format, PUBLIC_KEYS[curve]),
    ):
        with pytest.raises(InvalidRequest, match=f"^invalid address format: {address_format} "):
            use()


def test_refusals_say_what_would_fit() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        check_address_format(Curve.P256, AddressFormat.SOLANA)
    assert refusal.value.message == (
        "invalid address format: ADDRESS_FORMAT_SOLANA does not fit CURVE_P256, expected CURVE_ED25519"
    )
    with pytest.raises(InvalidRequest) as refusal:
        check_address_format(Curve.ED25519, AddressFormat.UNCOMPRESSED)
    assert refusal.value.message.endswith("expected CURVE_SECP256K1 or CURVE_P256")
    with pytest.raises(InvalidRequest, match="not published which witness script"):
        check_address_format(Curve.SECP256K1, AddressFormat.BITCOIN_MAINNET_P2WSH)


def test_addresses_of_one_key_are_all_different_but_for_networks_that_write_the_same() -> None:
    for curve in Curve:
        addresses = [
            address_of(curve, each, PUBLIC_KEYS[curve])
            for each in AddressFormat
            if each.name in FITTING[curve] and "SIGNET" not in each.name and each.name not in REGTEST_AS_TESTNET
        ]
        assert len(set(addresses)) == len(addresses)


REGTEST_AS_TESTNET = {"BITCOIN_REGTEST_P2PKH", "BITCOIN_REGTEST_P2SH"}


def test_schnorr_is_for_taproot_and_spark() -> None:
    for address_format in AddressFormat:
        scheme = scheme_of(Curve.SECP256K1, address_format)
        if address_format.name.endswith("P2TR"):
            assert scheme is Scheme.SCHNORR_TAPROOT
        elif address_format.name.startswith("SPARK"):
            assert scheme is Scheme.SCHNORR
        else:
            assert scheme is Scheme.ECDSA_SECP256K1
    assert scheme_of(Curve.SECP256K1, None) is Scheme.ECDSA_SECP256K1
    assert scheme_of(Curve.P256, AddressFormat.COMPRESSED) is scheme_of(Curve.P256, None) is Scheme.ECDSA_P256
    assert scheme_of(Curve.ED25519, AddressFormat.SOLANA) is scheme_of(Curve.ED25519, None) is Scheme.ED25519
