"""Solana: signed bytes, facts and policies of public origin, or made by two implementations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from counterseal.chains.solana import message_to_sign, parse_transaction, signed_transaction, transaction_facts
from counterseal.contract.errors import InvalidRequest
from published_policies import activity, outcome

VECTORS = json.loads((Path(__file__).parent / "data" / "solana.json").read_text("utf-8"))
BY_NAME = {entry["name"]: entry for entry in VECTORS["solana"]}
TAKEN = [entry for entry in VECTORS["solana"] if "expect" not in entry]
REFUSED = [entry for entry in VECTORS["solana"] if "expect" in entry]


def named(entry: dict[str, Any]) -> str:
    return entry.get("name") or entry["condition"]


@pytest.mark.parametrize("entry", [entry for entry in TAKEN if entry["signed"]], ids=named)
def test_a_transaction_is_signed_to_the_byte(entry: dict[str, Any]) -> None:
    key = SigningKey(bytes.fromhex(entry["seed"]))
    signer = key.verify_key.encode()
    transaction = parse_transaction(bytes.fromhex(entry["unsigned"]))
    signature = key.sign(message_to_sign(transaction, public_key=signer)).signature
    assert signed_transaction(transaction, public_key=signer, signature=signature).hex() == entry["signed"]


@pytest.mark.parametrize("entry", TAKEN, ids=named)
def test_a_transaction_has_the_published_facts(entry: dict[str, Any]) -> None:
    facts = transaction_facts(parse_transaction(bytes.fromhex(entry["unsigned"])))
    for name, expected in entry["facts"].items():
        if expected == "FieldNotUsed":
            assert name not in facts
        elif name == "instructions":
            shown = [{member: each[member] for member in expected[at]} for at, each in enumerate(facts[name])]
            assert shown == expected
        else:
            assert facts[name] == expected


@pytest.mark.parametrize("entry", REFUSED, ids=named)
def test_what_is_not_understood_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest, match="failed to pre-parse Solana transaction: ") as refusal:
        parse_transaction(bytes.fromhex(entry["unsigned"]))
    assert refusal.value.code == "INVALID_TRANSACTION"


@pytest.mark.parametrize("entry", VECTORS["policy"], ids=named)
def test_published_policies_come_out_right(entry: dict[str, Any]) -> None:
    transaction = parse_transaction(bytes.fromhex(BY_NAME[entry["transaction"].partition("/")[2]]["unsigned"]))
    context = {
        "activity": activity("SIGN_TRANSACTION_V2", type="TRANSACTION_TYPE_SOLANA"),
        "solana": {"tx": transaction_facts(transaction)},
    }
    assert outcome(entry["condition"], context) == entry["expected"]
