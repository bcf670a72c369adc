"""What the chains show is what the table of the policy language says: every field there, of its type, and no other; and
a policy that reads a field which this transaction has not fails.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from one_address import MINE, SEEDS, UNTIMED

from counterseal.chains import ethereum, tempo, tron
from counterseal.chains.values import HexText, Numeral
from counterseal.policy import facts
from counterseal.policy.language.types import Type, fields_of, keywords_of
from ethereum_samples import SENDER, authorization, tempo_transaction, transaction, typed_data
from published_policies import outcome
from tron_samples import KINDS, random_transaction

PLAIN = {"string": (str, HexText), "int": (int,), "bool": (bool,)}
ANY = (str, int, bool, HexText, Numeral, list, dict)
EACH_TRANSACTION = {
    "ethereum": lambda random: {"eth": {"tx": _ethereum(random)}},
    "tempo": lambda random: {"tempo": {"tx": _tempo(random)}},
    "tron": lambda random: {"tron": {"tx": tron.transaction_facts(_tron(random))}},
    "eip_712": lambda random: {"eth": {"eip_712": ethereum.read_typed_data(json.dumps(typed_data(random))).facts}},
    "eip_7702": lambda random: {"eth": {"eip_7702_authorization": _authorization(random)}},
}


def _ethereum(random: Random) -> dict[str, Any]:
    call = ethereum.ContractCall(name="f", selector="0x00000000", arguments={"a": [HexText("0xab"), 1, True, "text"]})
    parsed = ethereum.parse_transaction(transaction(random).unsigned)
    return ethereum.transaction_facts(parsed, sender=SENDER, call=random.choice((call, ethereum.NO_CALL)))


def _tempo(random: Random) -> dict[str, Any]:
    return tempo.transaction_facts(tempo.parse_transaction(tempo_transaction(random, MINE)), sender=SENDER)


def _tron(random: Random, kind: str | None = None) -> tron.UnsignedTransaction:
    return tron.parse_transaction(random_transaction(random, kind).unsigned)


def _authorization(random: Random) -> dict[str, Any]:
    return ethereum.authorization_facts(ethereum.read_authorization(json.dumps(authorization(random))))


def check(value: Any, kind: Type, place: str) -> None:
    """``value`` is of its type by the table, to the last of its fields."""
    if kind.name == "struct":
        known = fields_of(kind.struct)
        assert not value.keys() - known.keys(), place
        assert all(name in value for name, field in known.items() if not field.optional), place
        for name, each in value.items():
            check(each, known[name].type, f"{place}.{name}")
    elif kind.name == "list":
        assert type(value) is list, place
        for each in value:
            check(each, kind.item or kind, f"{place}[]")
    elif kind.name == "map":
        assert all(type(name) is str for name in value), place
        for name, each in value.items():
            check(each, kind.item or kind, f"{place}[{name}]")
    else:
        assert type(value) in PLAIN.get(kind.name, ANY), place
        assert not kind.hex or not value or type(value) is HexText, place


@UNTIMED
@given(SEEDS, st.sampled_from(list(EACH_TRANSACTION)))
def test_facts_are_what_the_table_says(seed: int, name: str) -> None:
    made = facts(EACH_TRANSACTION[name](Random(seed)))
    for keyword, value in made.items():
        check(value, keywords_of("condition")[keyword].type, keyword)


def scalars(kind: Type, path: str) -> Iterator[str]:
    """The paths of the fields in a struct that can be compared with themselves."""
    for name, field in fields_of(kind.struct).items():
        if field.type.name == "struct":
            yield from scalars(field.type, f"{path}.{name}")
        elif field.type.name in PLAIN:
            yield f"{path}.{name}"


@UNTIMED
@given(SEEDS, st.sampled_from(list(EACH_TRANSACTION)))
def test_a_policy_reads_what_is_there_and_fails_on_what_is_not(seed: int, name: str) -> None:
    context = EACH_TRANSACTION[name](Random(seed))
    for keyword in ("eth", "tempo", "tron"):
        for path in scalars(keywords_of("condition")[keyword].type, keyword):
            expected = True if is_there(context, path) else "OUTCOME_ERROR"
            assert outcome(f"{path} == {path}", {"activity": {"type": "A"}} | context) == expected, path


def is_there(context: Any, path: str) -> bool:
    for step in path.split("."):
        if not isinstance(context, dict) or step not in context:
            return False
        context = context[step]
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_a_field_of_another_contract_of_tron_fails(kind: str) -> None:
    contract = tron.transaction_facts(_tron(Random(1), kind))["contract"][0]
    context = {"activity": {"type": "A"}, "tron": {"tx": {"contract": [contract]}}}
    for name, field in fields_of("TronContract").items():
        if field.type.name in PLAIN:
            read = f"tron.tx.contract[0].{name}"
            assert outcome(f"{read} == {read}", context) == (True if name in contract else "OUTCOME_ERROR"), name


@pytest.mark.parametrize("keyword", ["wallet", "wallet_account", "private_key"])
def test_a_signer_of_another_kind_fails(keyword: str) -> None:
    """One context has the signer, each of the others has it not."""
    known = {
        "wallet": {"id": "W", "imported": False, "exported": True, "label": "w"},
        "wallet_account": {"address": SENDER},
        "private_key": {"id": "K", "tags": ["T"], "imported": False, "exported": False, "label": "k"},
    }
    made = facts({keyword: known[keyword]})
    check(made[keyword], keywords_of("condition")[keyword].type, keyword)
    for path in scalars(keywords_of("condition")[keyword].type, keyword):
        condition, activity = f"{path} == {path}", {"activity": {"type": "A"}}
        assert outcome(condition, activity | {keyword: known[keyword]}) is True
        others = {name: value for name, value in known.items() if name != keyword}
        assert outcome(condition, activity | others) == "OUTCOME_ERROR"
        assert outcome(f"true || {condition}", activity) == "OUTCOME_ERROR"


def test_addresses_are_compared_without_regard_to_case() -> None:
    context = {"activity": {"type": "A"}, "wallet_account": {"address": SENDER}}
    assert outcome(f"wallet_account.address == '{SENDER.lower()}'", context) is True
    assert outcome("wallet_account.path_indexes[0] == 44", context) == "OUTCOME_ERROR", "exports alone have a path"
