import pytest

from counterseal.policy import Budget, Outcome, Unusable
from counterseal.policy.decide.evaluation import Evaluator

ALLOW, DENY_EXPLICIT, DENY_IMPLICIT = Outcome.ALLOW, Outcome.DENY_EXPLICIT, Outcome.DENY_IMPLICIT
PENDING, ERROR, INACTIVE = Outcome.REQUIRES_CONSENSUS, Outcome.ERROR, Outcome.TIME_INACTIVE
NEVER = "time.now < Timestamp('1970-01-01T00:00:00Z')"


@pytest.fixture
def outcome(policy, request_of, user):
    def judge(effect, condition="", consensus="", time="", **facts):
        request = request_of(user("U1"), users=[user("U2"), user("U3")], **facts)
        return Evaluator(request, Budget()).outcomes([policy(effect, condition, consensus, time)])[0]

    return judge


@pytest.mark.parametrize("effect", ["ALLOW", "DENY"])
@pytest.mark.parametrize("condition", ["", "true", "false", "eth.tx.value == 1"])
@pytest.mark.parametrize("consensus", ["", "true", "false", "approvers.count() >= 2", "approvers[7].id == 'a'"])
@pytest.mark.parametrize("time", ["", NEVER])
def test_all_combinations_of_the_three_texts(outcome, effect, condition, consensus, time):
    if "eth" in condition or "[7]" in consensus:
        expected = ERROR
    elif condition == "false":
        expected = DENY_IMPLICIT
    elif consensus in ("", "true"):
        matched = ALLOW if effect == "ALLOW" else DENY_EXPLICIT
        expected = INACTIVE if time else matched
    else:
        reachable = effect == "ALLOW" and "count" in consensus and not time
        expected = PENDING if reachable else DENY_IMPLICIT
    assert outcome(effect, condition, consensus, time) is expected


@pytest.mark.parametrize(
    "condition",
    [
        "true || eth.tx.value == 1",
        "false && private_key.id == 'a'",
        "[1, 2].any(x, x == 1 || activity.params.no == x)",
        "[1, 2].all(x, x == 9 && activity.params.no == x)",
        "activity.params.type in ['TRANSACTION_TYPE_ETHEREUM', activity.params.no]",
        "!(true || 'abc'[0..4] == 'a')",
        "[1, activity.params.no].count() == 2",
        "activity.params.flag",
        "activity.params.items == activity.params.items",
        "activity.params.items.any(x, x)",
        "activity.params.skipped == 1",
        "activity.params.items[activity.params.minus] == 1",
        "activity.params.flag == 1",
        "activity.params.flag < 2",
        "['abc', 'a'].any(x, x[0..2] == 'ab')",
        "['xyz', 'a'].all(x, x[0..2] == 'ab')",
        "['abc', 'a'].filter(x, x[0..2] == 'ab').count() == 1",
    ],
)
def test_nothing_is_skipped_so_any_failure_fails_the_policy(outcome, condition):
    activity = {
        "type": "T",
        "params": {
            "type": "TRANSACTION_TYPE_ETHEREUM",
            "items": [1, 2],
            "minus": -1,
            "skipped": Unusable("FieldNotUsed: skipped"),
            "flag": "yes" if condition == "activity.params.flag" else True,
        },
    }
    assert outcome("ALLOW", condition, activity=activity) is ERROR


def test_an_unusable_item_fails_as_soon_as_it_is_read(outcome):
    activity = {"type": "T", "params": {"ids": ["a", Unusable("not given")]}}
    assert outcome("ALLOW", "activity.params.ids.any(x, x in [])", activity=activity) is ERROR
    assert outcome("ALLOW", "activity.params.ids.count() == 2", activity=activity) is ALLOW


def test_a_lambda_variable_hides_a_keyword_and_an_outer_variable(outcome):
    assert outcome("ALLOW", "['a'].any(activity, activity == 'a')") is ALLOW
    assert outcome("ALLOW", "['a'].any(x, ['b'].any(x, x == 'b') && x == 'a')") is ALLOW


def test_an_allow_must_hold_for_every_call_a_deny_for_one(outcome):
    calls = ({"to": "0xa", "value": 1}, {"to": "0xb", "value": 9})
    assert outcome("ALLOW", "eth.tx.to in ['0xa', '0xb']", calls=calls) is ALLOW
    assert outcome("ALLOW", "eth.tx.to == '0xa'", calls=calls) is DENY_IMPLICIT
    assert outcome("DENY", "eth.tx.to == '0xb'", calls=calls) is DENY_EXPLICIT
    assert outcome("DENY", "eth.tx.to == '0xc'", calls=calls) is DENY_IMPLICIT
    assert outcome("ALLOW", "activity.action == 'SIGN'", calls=calls) is ALLOW


def test_a_call_on_which_a_deny_fails_does_not_hide_one_that_it_matches(outcome):
    calls = ({"data": "0x"}, {"data": "0xa9059cbb"})
    assert outcome("DENY", "eth.tx.data[0..10] == '0xa9059cbb'", calls=calls) is DENY_EXPLICIT
    assert outcome("DENY", "eth.tx.data[0..10] == '0xffffffff'", calls=calls) is ERROR
    assert outcome("ALLOW", "eth.tx.data[0..10] == '0xa9059cbb'", calls=calls) is ERROR


def test_a_stored_text_that_no_longer_checks_fails_its_policy_only(outcome, policy, request_of, user):
    broken = policy("ALLOW", "no_such_keyword.x == 1")
    assert "the name no_such_keyword" in broken.unreadable
    assert Evaluator(request_of(user("U1")), Budget()).outcomes([broken])[0] is ERROR


def test_integers_of_256_bits_compare_exactly(outcome):
    assert outcome("ALLOW", f"eth.tx.value == {2**256 - 1}", eth={"tx": {"value": 2**256 - 1}}) is ALLOW
    assert outcome("ALLOW", f"eth.tx.value < {2**256 - 1}", eth={"tx": {"value": 2**256 - 2}}) is ALLOW


def test_addresses_compare_without_case_but_calldata_with(outcome):
    tx = {"to": "0xABCDEF", "data": "0xABCDEF"}
    assert outcome("ALLOW", "eth.tx.to == '0xabCDef' && '0xABCDEF' == eth.tx.to", eth={"tx": tx}) is ALLOW
    assert outcome("ALLOW", "eth.tx.to in ['0xAbCdEf'] && ['0xabcdef'].contains(eth.tx.to)", eth={"tx": tx}) is ALLOW
    assert outcome("ALLOW", "eth.tx.data == '0xabcdef'", eth={"tx": tx}) is DENY_IMPLICIT


@pytest.mark.parametrize("form", ["eth.tx.to == {}", "eth.tx.to in [{}, 'a']", "[{}].contains(eth.tx.to)"])
def test_case_is_that_of_ascii_however_it_is_compared(outcome, form):
    tx = {"to": "0xABk"}
    for literal, expected in (("'0xabK'", ALLOW), ("'0xab\u212a'", DENY_IMPLICIT), ("'0xab'", DENY_IMPLICIT)):
        assert outcome("ALLOW", form.format(literal), eth={"tx": tx}) is expected
