from pathlib import Path

import msgspec
import pytest
import rlp

from counterseal.contract.errors import InvalidRequest
from counterseal.policy import Effect, Policy, PolicyCase, read_cases, run_case

VECTORS = Path(__file__).parents[2] / "vectors" / "data" / "policy_cases.json"
CASES = read_cases(VECTORS.read_bytes())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_collected_cases(case):
    result = run_case(case)
    assert result.passed, result.explanation


def test_there_are_115_of_them():
    assert len(CASES) == 115
    assert {case.kind for case in CASES} == {"policy", "request", "batch"}


def changed(name, **changes):
    return msgspec.structs.replace(next(case for case in CASES if case.name == name), **changes)


def test_a_failing_case_says_why():
    result = run_case(changed("deny delete for tag", expected="OUTCOME_ALLOW"))
    assert not result.passed
    assert result.actual == "OUTCOME_DENY_EXPLICIT"
    assert "activity.action == 'DELETE'  →  true" in result.explanation


def test_a_case_without_policies_runs_on_the_given_ones():
    case = changed("no policy is an implicit deny", policies=None, expected="OUTCOME_ALLOW")
    allow = Policy(id="p", effect=Effect.ALLOW)
    assert run_case(case, policies=[allow]).passed
    assert not run_case(case).passed
    assert not run_case(changed("no policy is an implicit deny", expected="OUTCOME_ALLOW"), policies=[allow]).passed


@pytest.mark.parametrize("place", ["condition", "consensus", "time"])
def test_a_blank_text_is_refused_as_the_server_refuses_it(place):
    blank = msgspec.structs.replace(CASES[0], kind="policy", expected="CREATE_ERROR", **{place: " "})
    assert run_case(blank).passed


def test_a_request_whose_policy_does_not_check():
    case = changed("no policy is an implicit deny", expected="CREATE_ERROR")
    broken = {"policies": [{"effect": "EFFECT_ALLOW", "condition": "nope"}]}
    result = run_case(msgspec.convert(msgspec.to_builtins(case) | broken, PolicyCase))
    assert result.passed
    assert "the name nope" in result.explanation


@pytest.mark.parametrize(
    "document", [b"{}", b"[{}]", b"nonsense", b'[{"name": "a", "context": {}, "expected": 5}]', b"\xff"]
)
def test_a_file_that_is_no_list_of_cases(document):
    with pytest.raises(InvalidRequest, match="not a file of policy cases"):
        read_cases(document)


@pytest.mark.parametrize(
    "context",
    [
        {"approvers": [{}]},
        {"approvers": 5},
        {"org_users": ["U1"]},
        {"root_quorum": {"threshold": "many", "user_ids": []}},
        {"time_now": "yesterday"},
        {"time_now": "9999-12-31T23:59:59Z"},
        {"time_now": "0001-01-01T00:00:00Z"},
        {"credentials": [{"id": "c"}]},
        {"activity": "SIGN"},
        {"activity": {"params": 5}},
        {"eth_batch": [5]},
        {"own_credential": "yes"},
    ],
)
def test_a_context_that_cannot_be_read(context):
    with pytest.raises(InvalidRequest, match="case 'x'"):
        run_case(PolicyCase(name="x", context=context, expected="OUTCOME_ALLOW"))


def signing(condition, signed, **context):
    given = {"activity": {"type": "ACTIVITY_TYPE_SIGN_TRANSACTION_V2"}, "signed": signed, **context}
    return PolicyCase(
        name="a", kind="policy", effect=Effect.ALLOW, condition=condition, context=given, expected="OUTCOME_ALLOW"
    )


TO = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
PAYMENT = {"kind": "ethereum", "content": rlp.encode([1, 2, 3, bytes.fromhex(TO[2:]), 5, b"", 1, 0, 0]).hex()}
AUTHORIZATION = {"address": TO, "chainId": 1, "nonce": 2}
NUMBERS = {
    "types": {"A": [{"name": "n", "type": "uint8[]"}]},
    "primaryType": "A",
    "domain": {},
    "message": {"n": [1, "2", "0x3"]},
}


@pytest.mark.parametrize(
    ("condition", "signed"),
    [
        (f"eth.tx.to == '{TO}' && eth.tx.value == 5", PAYMENT),
        (f"eth.tx.from == '{TO}'", PAYMENT | {"signer": TO}),
        ("eth.tx.function_name == ''", PAYMENT | {"interface": "[]"}),
        ("eth.tx.function_name == ''", PAYMENT | {"interface": []}),
        ("eth.eip_712.message['n'].all(n, n < 4)", {"kind": "eip712", "content": NUMBERS}),
        ("eth.eip_712.message['n'][1] == '2'", {"kind": "eip712", "content": msgspec.json.encode(NUMBERS).decode()}),
        (f"eth.eip_7702_authorization.address == '{TO}'", {"kind": "eip7702", "content": AUTHORIZATION}),
    ],
)
def test_what_is_signed_is_seen_as_the_server_sees_it(condition, signed):
    result = run_case(signing(condition, signed))
    assert result.passed, result.explanation


@pytest.mark.parametrize(
    ("signed", "sentence"),
    [
        ({"kind": "ethereum"}, "missing required field `content`"),
        (PAYMENT | {"interfaces": []}, "unknown field `interfaces`"),
        (PAYMENT | {"kind": "bitcoins"}, "nothing is known of the kind `bitcoins`, expected one of ethereum, "),
        ({"kind": "tron", "content": "00"}, "failed to pre-parse Tron transaction: field 0"),
        (PAYMENT | {"signer": "me"}, "the signer is no address of Ethereum"),
        (PAYMENT | {"interface": {}}, "array"),
    ],
)
def test_what_the_server_would_not_sign_is_no_case(signed, sentence):
    with pytest.raises(InvalidRequest, match=r"^case 'a': ") as refusal:
        run_case(signing("true", signed))
    assert sentence in refusal.value.message


def test_facts_are_not_given_twice():
    with pytest.raises(InvalidRequest, match="eth is given twice: as facts, and by what is signed"):
        run_case(signing("true", PAYMENT, eth={"tx": {}}))
