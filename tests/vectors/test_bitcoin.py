"""Bitcoin: digests, signed PSBTs, facts and policies of public origin, or made by two implementations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import coincurve
import pytest
from embit.psbt import PSBT

from counterseal.chains.bitcoin import inputs_to_sign, parse_transaction, signed_psbt, transaction_facts
from counterseal.chains.bitcoin.address import MAINNET
from counterseal.contract.errors import InvalidRequest
from counterseal.crypto.curves import Curve
from counterseal.crypto.public_keys import public_key_of
from counterseal.crypto.signing import Scheme, sign
from published_policies import activity, outcome

VECTORS = json.loads((Path(__file__).parent / "data" / "bitcoin.json").read_text("utf-8"))
BY_NAME = {entry["name"]: entry for entry in VECTORS["bitcoin"]}
SIGNED = [entry for entry in VECTORS["bitcoin"] if "signatures" in entry]
REFUSED = {
    "same, witness_utxo only": "input 0 is P2WPKH and has no non-witness UTXO, expected one beside the other",
    "witness_utxo value differs from non_witness_utxo": "input 0 has a witness UTXO that is not the output it spends",
    "P2SH-P2WPKH (wrapped)": "input 0 is SegWit wrapped in P2SH, expected it bare",
}


def named(entry: dict[str, Any]) -> str:
    return entry.get("name") or entry["condition"]


def facts_of(name: str) -> dict[str, Any]:
    return transaction_facts(parse_transaction(bytes.fromhex(BY_NAME[name]["psbt"])), network=MAINNET)


@pytest.mark.parametrize("entry", SIGNED, ids=named)
def test_a_psbt_is_signed_where_it_is_the_signers(entry: dict[str, Any]) -> None:
    secret, raw = bytes.fromhex(entry["key"]), bytes.fromhex(entry["psbt"])
    public_key = public_key_of(Curve.SECP256K1, secret)
    transaction = parse_transaction(raw)
    to_sign = inputs_to_sign(transaction, public_key=public_key)
    assert {str(each.number): each.digest.hex() for each in to_sign} == {
        number: expected["sighash"] for number, expected in entry["signatures"].items()
    }
    made = {each.number: (each, sign(each.scheme, secret, each.digest, aux_randomness=bytes(32))) for each in to_sign}
    theirs = PSBT.parse(signed_psbt(transaction, public_key=public_key, signatures=made))
    for number, scope in enumerate(theirs.inputs):
        expected = entry["signatures"].get(str(number), {})
        partial = {key.sec(): signature.hex() for key, signature in scope.partial_sigs.items()}
        assert partial == ({public_key: expected["partial_sig"]} if "partial_sig" in expected else {})
        if "tap_key_sig_example" in expected:
            output_key = coincurve.PublicKeyXOnly(bytes.fromhex(entry["output_key"]))
            assert made[number][0].scheme is Scheme.SCHNORR_TAPROOT
            assert output_key.verify(scope.unknown[b"\x13"], bytes.fromhex(expected["sighash"]))
            assert output_key.verify(bytes.fromhex(expected["tap_key_sig_example"]), made[number][0].digest)


@pytest.mark.parametrize("entry", [entry for entry in VECTORS["bitcoin"] if "facts" in entry], ids=named)
def test_a_transaction_has_the_published_facts(entry: dict[str, Any]) -> None:
    """An output without an address has an empty one here: see docs/divergences.md."""
    outputs = [
        {name: "" if value is None else value for name, value in each.items()} for each in entry["facts"]["outputs"]
    ]
    expected = entry["facts"] | {"outputs": outputs}
    assert facts_of(entry["name"]) == expected


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_proven_or_not_supported_is_refused(name: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        parse_transaction(bytes.fromhex(BY_NAME[name]["psbt"]))
    assert refusal.value.message == f"failed to pre-parse Bitcoin transaction: {REFUSED[name]}"
    wrapped = "wrapped" in name
    assert refusal.value.code == ("UNSUPPORTED_TRANSACTION_TYPE" if wrapped else "INVALID_TRANSACTION")


def test_the_older_rule_may_be_chosen() -> None:
    raw = bytes.fromhex(BY_NAME["same, witness_utxo only"]["psbt"])
    assert parse_transaction(raw, witness_only=True).fee == 1000


def test_nothing_is_signed_of_others() -> None:
    key = bytes.fromhex(BY_NAME["P2WPKH, two own inputs and one foreign"]["public_key"])
    transaction = parse_transaction(bytes.fromhex(BY_NAME["no input of the signer"]["psbt"]))
    with pytest.raises(InvalidRequest, match="no input of it is the signer's to sign"):
        inputs_to_sign(transaction, public_key=key)


@pytest.mark.parametrize("entry", VECTORS["policy"], ids=named)
def test_published_policies_come_out_right(entry: dict[str, Any]) -> None:
    context = {
        "activity": activity("SIGN_TRANSACTION_V2", type="TRANSACTION_TYPE_BITCOIN"),
        "bitcoin": {"tx": facts_of(entry["transaction"].partition("/")[2])},
    }
    assert outcome(entry["condition"], context) == entry["expected"]
