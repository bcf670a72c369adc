import msgspec

from counterseal import policy as engine
from counterseal.policy import Budget, Outcome, PolicyTrace, describe, explain_decision, render


def decide(request, policies):
    return engine.decide(request, policies, budget=Budget())


def explain_policy(policy, request):
    return engine.explain_policy(policy, request, budget=Budget())


def blame(policy, request):
    return explain_policy(policy, request).blame


def test_blame_names_the_smallest_false_parts_with_the_values_seen(request_of, policy, user):
    judged = policy("ALLOW", "activity.action == 'SIGN' && (eth.tx.value < 5 && eth.tx.to == '0xa')")
    request = request_of(user("U1"), eth={"tx": {"value": 7, "to": "0xb"}})
    assert blame(judged, request) == [
        "condition: eth.tx.value < 5 is false (eth.tx.value is 7)",
        "condition: eth.tx.to == '0xa' is false (eth.tx.to is '0xb')",
    ]


def test_blame_names_what_failed_rather_than_what_was_false(request_of, policy, user):
    judged = policy("ALLOW", "activity.action == 'DELETE' && eth.tx.data[0..10] == '0xa9059cbb'")
    request = request_of(user("U1"), eth={"tx": {"data": "0x"}})
    assert blame(judged, request) == [
        "condition: eth.tx.data[0..10] failed: [0..10] is outside a string of length 2",
    ]
    assert blame(judged, request_of(user("U1"))) == ["condition: eth.tx.data failed: this activity has no eth"]


def test_blame_of_negations_and_of_lists(request_of, policy, user):
    judged = policy("ALLOW", "!(activity.action == 'SIGN')", "approvers.any(u, u.tags.contains('admin'))")
    assert blame(judged, request_of(user("U1", "ops"))) == [
        "condition: !(activity.action == 'SIGN') is false (activity.action is 'SIGN')",
        "consensus: approvers.any(u, u.tags.contains('admin')) is false (approvers is [{U1}]; u.tags is ['ops'])",
    ]


def test_who_is_missing(request_of, policy, user):
    judged = policy("ALLOW", "", "approvers.any(u, u.id == 'U1') && approvers.any(u, u.tags.contains('human'))")
    trace = explain_policy(judged, request_of(user("U1"), users=[user("U2"), user("U3", "human")]))
    assert trace.outcome is Outcome.REQUIRES_CONSENSUS
    assert trace.missing == ["U3"]
    assert "would be complete with the approval of: U3" in render(trace)


def test_the_tree_shows_every_part_once_per_item(request_of, policy, user):
    judged = policy("DENY", "activity.params.ids.any(x, x == 'b')", time="time.now < Timestamp('1970-01-01T00:00:01Z')")
    activity = {"type": "T", "params": {"ids": ["a", "b"]}}
    assert render(explain_policy(judged, request_of(user("U1"), activity=activity))) == (
        "policy p (EFFECT_DENY): OUTCOME_DENY_EXPLICIT\n"
        "  condition\n"
        "    activity.params.ids.any(x, x == 'b')  →  true\n"
        "      activity.params.ids  →  ['a', 'b']\n"
        "      x == 'b'  →  false\n"
        "        x  →  'a'\n"
        "      x == 'b'  →  true\n"
        "        x  →  'b'\n"
        "  time\n"
        "    time.now < Timestamp('1970-01-01T00:00:01Z')  →  true\n"
        "      time.now  →  1970-01-01T00:00:00Z"
    )


def test_long_lists_and_texts_are_cut(request_of, policy, user):
    judged = policy("ALLOW", "activity.params.ids.all(x, x == 'b')")
    activity = {"type": "T", "params": {"ids": ["a" * 500] * 300}}
    text = render(explain_policy(judged, request_of(user("U1"), activity=activity)))
    assert "… 281 more" in text
    assert max(map(len, text.splitlines())) < 700


def test_each_call_has_its_own_tree(request_of, policy, user):
    request = request_of(user("U1"), calls=({"to": "0xa"}, {"to": "0xb"}))
    trace = explain_policy(policy("ALLOW", "eth.tx.to == '0xa'"), request)
    assert [each.value for each in trace.conditions_of_calls] == ["true", "false"]
    assert trace.condition is None


def test_what_cannot_be_read_and_what_costs_too_much_is_said(request_of, policy, user):
    assert "the name nope" in blame(policy("ALLOW", "nope"), request_of(user("U1")))[0]
    costly = policy("ALLOW", "activity.params.ids.all(a, activity.params.ids.all(b, a == b))")
    activity = {"type": "T", "params": {"ids": ["x"] * 1000}}
    assert "budget" in blame(costly, request_of(user("U1"), activity=activity))[0]


def test_traces_travel_as_json(request_of, policy, user):
    trace = explain_policy(policy("ALLOW", "eth.tx.value == 1"), request_of(user("U1"), eth={"tx": {"value": 2}}))
    assert msgspec.json.decode(msgspec.json.encode(trace), type=PolicyTrace) == trace


def test_a_decision_describes_itself(request_of, policy, user):
    decision = decide(request_of(user("U1")), [policy("DENY", id="d"), policy("ALLOW", id="a")])
    assert describe(decision).splitlines()[0] == "OUTCOME_DENY_EXPLICIT: a policy denies it"
    assert len(explain_decision(decision, Budget())) == 2
    assert explain_decision(decide(request_of(user("R"), quorum=["R"]), [policy("DENY")]), Budget()) == ()
