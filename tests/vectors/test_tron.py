"""Tron: digests, signed bytes and facts that others have published or made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import coincurve
import pytest

from counterseal.chains.refusal import transaction_bytes
from counterseal.chains.tron import parse_transaction, signed_transaction, signing_digest, transaction_facts
from counterseal.contract.errors import InvalidRequest
from published_policies import activity, outcome

VECTORS = json.loads((Path(__file__).parent / "data" / "tron.json").read_text("utf-8"))
TRANSACTIONS = [pytest.param(entry, id=entry["name"]) for entry in VECTORS["tron"]]
FOREIGN_OWNER = "owner is not the signer"


@pytest.mark.parametrize("entry", TRANSACTIONS)
def test_a_transaction_is_signed_to_the_byte(entry: dict[str, Any]) -> None:
    transaction = parse_transaction(transaction_bytes(entry["unsigned"], chain="Tron"))
    digest = signing_digest(transaction)
    assert digest.hex() == entry["tx_id"]
    made = coincurve.PrivateKey(bytes.fromhex(entry["key"])).sign_recoverable(digest, hasher=None)
    assert (made[:32].hex(), made[32:64].hex(), made[64:].hex()) == (entry["r"], entry["s"], entry["v"])
    signed = signed_transaction(
        transaction, r=int.from_bytes(made[:32]), s=int.from_bytes(made[32:64]), parity=made[64]
    )
    assert signed.hex() == entry["signed_transaction_v01"]


@pytest.mark.parametrize("entry", TRANSACTIONS)
def test_a_transaction_has_the_published_facts(entry: dict[str, Any]) -> None:
    expected = dict(entry["facts"])
    if entry["name"].startswith("TriggerSmartContract"):
        # Where the vector has the call's data beside the contract, policies find it inside (docs/divergences.md).
        (contract,) = expected["contract"]
        expected |= {"data": "", "contract": [contract | {"data": expected["data"]}]}
    assert transaction_facts(parse_transaction(bytes.fromhex(entry["unsigned"]))) == expected


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["name"]) for entry in VECTORS["tron_refuse"]])
def test_what_is_not_supported_is_refused(entry: dict[str, Any]) -> None:
    raw = bytes.fromhex(entry["unsigned"])
    if entry["name"] == FOREIGN_OWNER:  # left open by the vector, and allowed here: docs/divergences.md
        assert transaction_facts(parse_transaction(raw))["contract"][0]["owner_address"].startswith("T")
        return
    with pytest.raises(InvalidRequest, match=r"^failed to pre-parse Tron transaction: ") as refusal:
        parse_transaction(raw)
    unsupported = "VoteWitnessContract" in entry["name"]
    assert refusal.value.code == ("UNSUPPORTED_TRANSACTION_TYPE" if unsupported else "INVALID_TRANSACTION")


@pytest.mark.parametrize("entry", [pytest.param(each, id=each["condition"]) for each in VECTORS["policy"]])
def test_a_policy_comes_out_as_published(entry: dict[str, Any]) -> None:
    name = entry["transaction"].removeprefix("tron/")
    raw = next(bytes.fromhex(each["unsigned"]) for each in VECTORS["tron"] if each["name"] == name)
    context = {
        "activity": activity("SIGN_TRANSACTION_V2", type="TRANSACTION_TYPE_TRON"),
        "tron": {"tx": transaction_facts(parse_transaction(raw))},
    }
    assert outcome(entry["condition"], context) == entry["expected"]
