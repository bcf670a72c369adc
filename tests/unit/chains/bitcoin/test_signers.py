import pytest

from bitcoin_samples import KEY
from counterseal.chains.address_formats import address_of
from counterseal.chains.bitcoin import signer_of
from counterseal.chains.bitcoin.address import (
    MAINNET,
    ScriptKind,
    address_of_script,
    p2pkh_script,
    p2tr_script,
    p2wpkh_script,
)
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import AddressFormat, Curve

SCRIPTS = {ScriptKind.P2PKH: p2pkh_script, ScriptKind.P2WPKH: p2wpkh_script, ScriptKind.P2TR: p2tr_script}
SIGNING = [each for each in AddressFormat if each.name.startswith("BITCOIN_") and each.name.endswith(tuple(SCRIPTS))]


@pytest.mark.parametrize("address_format", SIGNING)
def test_an_account_signs_for_its_own_address(address_format: AddressFormat) -> None:
    signer = signer_of(address_format)
    (kind,) = signer.kinds
    assert address_of_script(SCRIPTS[kind](KEY), signer.network) == address_of(Curve.SECP256K1, address_format, KEY)


def test_a_bare_key_signs_for_all_of_its_scripts() -> None:
    signer = signer_of(AddressFormat.COMPRESSED)
    assert (signer.network, set(signer.kinds)) == (MAINNET, set(SCRIPTS))


@pytest.mark.parametrize("address_format", sorted(set(AddressFormat) - {*SIGNING, AddressFormat.COMPRESSED}))
def test_accounts_of_other_formats_sign_no_psbt(address_format: AddressFormat) -> None:
    with pytest.raises(InvalidRequest, match="signs no Bitcoin transaction, expected an address of kind"):
        signer_of(address_format)
