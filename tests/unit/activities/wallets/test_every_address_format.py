"""Every address format of the contract, asked of the server: as ``address_of`` writes it, which the libraries of the
chains confirm (``tests/oracles``, ``tests/unit/chains``), or refused with the reason.
"""

from __future__ import annotations

import pytest

from composed import ComposedServer
from counterseal.chains.address_formats import address_of, check_address_format
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat, Curve
from wallet_samples import accounts_of, make_keys, make_wallet


def fits(curve: Curve, address_format: AddressFormat) -> bool:
    try:
        check_address_format(curve, address_format)
    except InvalidRequest:
        return False
    return True


PAIRS = [(curve, each) for curve in Curve for each in AddressFormat if fits(curve, each)]
REFUSED = [each for each in AddressFormat if each not in {fitting for _, fitting in PAIRS}]


def account(curve: Curve, address_format: AddressFormat) -> dict[str, str]:
    return {
        "curve": curve,
        "pathFormat": "PATH_FORMAT_BIP32",
        "path": "m/44'/0'/0'/0'",
        "addressFormat": address_format,
    }


def test_only_one_script_is_left_out() -> None:
    assert {each.name.rpartition("_")[2] for each in REFUSED} == {"P2WSH"}


async def test_accounts_of_every_format_at_one_path(server: ComposedServer) -> None:
    made = await make_wallet(server, "all", *(account(*pair) for pair in PAIRS))
    accounts = await accounts_of(server)
    assert [each["address"] for each in accounts] == made["addresses"]
    for (curve, address_format), each in zip(PAIRS, accounts, strict=True):
        assert (each["curve"], each["addressFormat"]) == (curve, address_format)
        assert each["address"] == address_of(curve, address_format, bytes.fromhex(each["publicKey"]))
    assert len({each["publicKey"] for each in accounts}) == len(Curve), "one key a curve"


@pytest.mark.parametrize("curve", Curve)
async def test_private_keys_with_every_format(server: ComposedServer, curve: Curve) -> None:
    formats = [each for of_curve, each in PAIRS if of_curve == curve]
    asked = {"privateKeyName": "all", "curve": curve, "privateKeyTags": [], "addressFormats": formats}
    (id_,) = await make_keys(server, asked)
    shown = (await server.query("get_private_key", privateKeyId=id_)).json["privateKey"]
    assert shown["addresses"] == [
        {"format": each, "address": address_of(curve, each, bytes.fromhex(shown["publicKey"]))} for each in formats
    ]


@pytest.mark.parametrize("address_format", AddressFormat)
async def test_what_does_not_fit_is_refused(server: ComposedServer, address_format: AddressFormat) -> None:
    for curve in Curve:
        if (curve, address_format) not in PAIRS:
            parameters = {"walletName": "none", "accounts": [account(curve, address_format)]}
            reply = await server.submit("CREATE_WALLET", parameters)
            assert reply.error[:2] == (400, 3)
            assert f"invalid address format: {address_format} " in reply.message
