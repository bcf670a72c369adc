import pytest

from counterseal.policy import Budget, Outcome, TimeState, time_states
from counterseal.policy.decide.evaluation import Evaluator

NOW_MS = 1_800_000_000_000  # 2027-01-15, 08:00 UTC, a Friday
FAILS = "[time.now][1] == time.now"
LONG = " || ".join(["time.now == time.now"] * 50)


def state(time: str | None, now_ms: int = NOW_MS) -> TimeState:
    return time_states([time], now_ms=now_ms, budget=Budget())[0]


def test_without_a_time_a_policy_is_always_active():
    assert state(None) == TimeState(active=True)


@pytest.mark.parametrize(
    ("now_ms", "active"),
    [(NOW_MS - 1, False), (NOW_MS, True), (NOW_MS + 3_599_999, True), (NOW_MS + 3_600_000, False)],
)
def test_a_time_is_looked_at_to_the_millisecond(now_ms, active):
    assert state("CronSpan('0 8 * * 5', '1h', 'UTC')", now_ms) == TimeState(active=active)


@pytest.mark.parametrize(
    ("time", "error"),
    [
        (FAILS, "index 1 is outside a list of length 1"),
        ("time.then", "invalid policy time: line 1, column 6: "),
        ("time.now >", "invalid policy time: line 1, column 11: "),
        (" \n", "invalid policy time: line 2, column 1: "),
    ],
)
def test_what_cannot_be_evaluated_is_not_active_and_says_why(time, error):
    found = state(time)
    assert not found.active
    assert found.error.startswith(error)


def test_one_that_fails_leaves_the_others_alone():
    assert [each.active for each in time_states([FAILS, None, "true", "false"], now_ms=NOW_MS, budget=Budget())] == [
        False,
        True,
        True,
        False,
    ]


def test_all_times_share_one_budget_whichever_comes_last():
    for times in ["true", LONG, None], [LONG, None, "true"]:
        found = dict(zip(times, time_states(times, now_ms=NOW_MS, budget=Budget(20)), strict=True))
        assert found[None] == TimeState(active=True)
        assert found["true"] == found[LONG]
        assert not found[LONG].active
        assert "more evaluation than one request may use" in found[LONG].error


@pytest.mark.parametrize("time", [None, "true", "false", FAILS, "time.then", "CronSpan('0 8 * * 5', '1h', 'UTC')"])
@pytest.mark.parametrize("now_ms", [NOW_MS, NOW_MS + 3_600_000])
def test_a_decision_says_the_same(policy, request_of, user, time, now_ms):
    request = request_of(user("U1"), now_ms=now_ms)
    [outcome] = Evaluator(request, Budget()).outcomes([policy("ALLOW", time=time)])
    found = state(time, now_ms)
    assert (outcome is Outcome.ALLOW) == found.active
    assert (outcome is Outcome.ERROR) == (found.error is not None)
    assert outcome in (Outcome.ALLOW, Outcome.ERROR, Outcome.TIME_INACTIVE)
