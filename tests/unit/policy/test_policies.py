import pytest

from counterseal import organizations
from counterseal.contract.errors import InvalidRequest
from counterseal.policy import (
    Budget,
    Effect,
    Outcome,
    Policy,
    Reason,
    check_policy,
    compile_policies,
    compile_policy,
    decide,
    may_approve,
    rule_of,
)
from counterseal.policy.compile.budget import DECISION_STEPS
from counterseal.policy.decide.policies import ORGANIZATION_COST_MAX, POLICY_COST_MAX

SPAN = "CronSpan('* * * * *', '1m', 'UTC')"
THOUSAND = "[" + ",".join(["1"] * 500) + "]"


def refusal(**texts):
    with pytest.raises(InvalidRequest) as raised:
        check_policy(**texts)
    return raised.value.message


def test_what_is_ordinary_costs_little():
    condition = "activity.action == 'SIGN' && eth.tx.to in ['0xa', '0xb'] && eth.tx.value < 1000000000000000000"
    consensus = "approvers.filter(user, user.tags.contains('traders')).count() >= 2"
    cost = check_policy(condition=condition, consensus=consensus, time="CronSpan('0 9 * * 1-5', '8h', 'Asia/Tokyo')")
    assert cost < POLICY_COST_MAX / 10
    assert 100 * cost < ORGANIZATION_COST_MAX


@pytest.mark.parametrize(
    "texts",
    [
        {"condition": "activity.params.id in [" + ",".join(["'" + "a" * 32 + "'"] * 230) + "]"},
        {"condition": "1 in [" + ",".join(["1"] * 1_000) + "]", "consensus": f"approvers.count() in {THOUSAND}"},
        {"time": " || ".join([SPAN] * 20)},
        {"condition": "'" + "a" * 8_000 + "' == activity.action"},
    ],
)
def test_what_is_large_may_still_be_said(texts):
    assert check_policy(**texts) <= POLICY_COST_MAX


@pytest.mark.parametrize(
    ("texts", "at_least"),
    [
        ({"time": " || ".join([SPAN] * 200)}, 20_000),
        ({"time": " || ".join([SPAN] * 30)}, 3_000),
        ({"condition": f"{THOUSAND}.any(x, {THOUSAND}.any(y, x == y))"}, 500 * 500),
        ({"consensus": f"{THOUSAND}.any(x, approvers.count() == x)"}, 500 * 6),
    ],
)
def test_what_could_not_be_paid_for_is_refused_with_what_was_found(texts, at_least):
    (place,) = texts
    message = refusal(**texts)
    assert message.startswith(f"invalid policy {place}: with it the policy takes at least ")
    assert int(message.split("at least ")[1].split()[0]) >= at_least
    assert f"expected at most {POLICY_COST_MAX}" in message


def test_its_texts_count_together():
    part = {"condition": "1 in [" + ",".join(["1"] * 900) + "]", "time": " || ".join([SPAN] * 14)}
    for place, text in part.items():
        check_policy(**{place: text})
    assert "invalid policy time" in refusal(**part, consensus=f"approvers.count() in {THOUSAND}")


def test_one_request_brings_no_more_text_than_can_be_read_at_once():
    budget = Budget()
    texts = ["&&".join([f"activity.action=='{number}-{at}'" for at in range(300)]) for number in range(10)]
    read = 0
    with pytest.raises(InvalidRequest, match="too long to be checked at once"):
        for text in texts:
            check_policy(condition=text, budget=budget)
            read += 1
    assert read > 2


def test_an_empty_time_is_left_to_who_knows_what_it_means():
    assert "invalid policy time" in refusal(time="")


@pytest.mark.parametrize("blank", ["", "  ", "\t\r\n"])
@pytest.mark.parametrize("place", ["condition", "consensus", "time"])
class TestWhatIsStoredBlank:
    """Releases before took it for true."""

    def test_an_allow_allows_nothing(self, request_of, user, place, blank):
        policy = compile_policy(Policy(id="p", effect=Effect.ALLOW, **{place: blank}))
        assert "the end of the text" in policy.unreadable
        decision = decide(request_of(user("U1")), [policy], budget=Budget())
        assert (decision.outcome, decision.outcomes) == (Outcome.DENY_IMPLICIT, (Outcome.ERROR,))
        assert (
            may_approve(request_of(users=[user("U1")]), [policy], user_ids=frozenset({"U1"}), budget=Budget()) == set()
        )

    def test_a_deny_denies_as_it_did(self, request_of, user, place, blank):
        policy = compile_policy(Policy(id="p", effect=Effect.DENY, **{place: blank}))
        decision = decide(request_of(user("U1"), owner_id="U1"), [policy], budget=Budget())
        assert decision.outcome is Outcome.DENY_EXPLICIT

    def test_what_else_a_deny_demands_is_still_demanded(self, request_of, user, place, blank):
        others = {"condition": "false", "consensus": "false", "time": "time.now != time.now"}
        texts = others | {place: blank}
        decision = decide(
            request_of(user("U1")), [compile_policy(Policy(id="p", effect=Effect.DENY, **texts))], budget=Budget()
        )
        assert decision.outcomes != (Outcome.DENY_EXPLICIT,)


def costly(number, cost=2_000):
    condition = "1 in [" + ",".join(["1"] * (cost // 2)) + f"] && activity.action == '{number}'"
    return Policy(id=f"{number}", effect=Effect.ALLOW, condition=condition)


def test_a_stored_text_too_long_to_be_read_lets_no_policy_decide(request_of, user, policy):
    long = compile_policy(Policy(id="long", effect=Effect.DENY, condition="true&&" * 1_300 + "true"))
    assert "more than 2500 tokens" in long.unreadable
    for others in ([long, policy("ALLOW")], [policy("ALLOW"), long]):
        decision = decide(request_of(user("U1"), owner_id="U1"), others, budget=Budget())
        assert (decision.outcome, decision.reason) == (Outcome.DENY_IMPLICIT, Reason.TOO_COSTLY)
    everybody = frozenset({"U1", "R"})
    request = request_of(users=[user("U1"), user("R")], quorum=["R"])
    waiting = policy("ALLOW", consensus="approvers.count() >= 1")
    assert may_approve(request, [long, waiting], user_ids=everybody, budget=Budget()) == {"R"}


def test_stored_policies_beyond_what_all_may_cost_are_not_even_read(request_of, user):
    made = list(compile_policies([costly(number) for number in range(40)]))
    assert len(made) == 40
    read = [each for each in made if not each.unreadable]
    assert sum(each.cost for each in read[:-1]) <= ORGANIZATION_COST_MAX < sum(each.cost for each in read)
    assert sum(each.cost for each in made) > DECISION_STEPS
    decision = decide(request_of(user("U1")), made, budget=Budget())
    assert decision.reason is Reason.TOO_COSTLY


def test_one_at_a_time():
    made = compile_policies(costly(number) for number in range(3))
    assert next(made).id == "0"
    assert [each.id for each in made] == ["1", "2"]


def test_a_stored_policy_says_what_its_row_says():
    stored = organizations.Policy(
        id="p",
        name="n",
        effect="EFFECT_DENY",
        condition=None,
        consensus="",
        time="t",
        notes="",
        created_ms=0,
        updated_ms=0,
    )
    assert rule_of(stored) == Policy(id="p", effect=Effect.DENY, condition=None, consensus="", time="t")
