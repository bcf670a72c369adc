from pathlib import Path

import msgspec
import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.policy import Case, Effect, Policy, read_cases, run_case

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
    result = run_case(msgspec.convert(msgspec.to_builtins(case) | broken, Case))
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
        run_case(Case(name="x", context=context, expected="OUTCOME_ALLOW"))
