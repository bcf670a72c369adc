import pytest

from counterseal import policy as engine
from counterseal.policy import Approval, Budget, Outcome, Reason

ALLOW, DENY_EXPLICIT, DENY_IMPLICIT = Outcome.ALLOW, Outcome.DENY_EXPLICIT, Outcome.DENY_IMPLICIT
PENDING = Outcome.REQUIRES_CONSENSUS
TWO = "approvers.count() >= 2"


def decide(request, policies):
    return engine.decide(request, policies, budget=Budget())


def may_approve(request, policies, *, user_ids):
    return engine.may_approve(request, policies, user_ids=user_ids, budget=Budget())


def test_a_met_root_quorum_beats_every_policy_and_consults_none(request_of, policy, user):
    decision = decide(request_of(user("R1"), user("R2"), quorum=["R1", "R2"], threshold=2), [policy("DENY")])
    assert (decision.outcome, decision.reason, decision.evaluations) == (ALLOW, Reason.ROOT_QUORUM_MET, ())


@pytest.mark.parametrize("threshold", [0, -1])
def test_a_quorum_without_threshold_is_never_met(request_of, user, threshold):
    assert decide(request_of(user("R1"), quorum=["R1"], threshold=threshold), []).outcome is PENDING
    assert decide(request_of(user("U1"), quorum=["R1"], threshold=threshold), []).outcome is DENY_IMPLICIT


def test_one_root_user_counts_once(request_of, user):
    root = user("R1", types=["API_KEY_P256", "WEBAUTHN_AUTHENTICATOR"])
    votes = [Approval(root, credential) for credential in root.credentials]
    assert decide(request_of(*votes, quorum=["R1", "R2"], threshold=2), []).outcome is PENDING


def test_only_the_root_quorum(request_of, policy, user):
    options = {"quorum": ["R1", "R2"], "threshold": 2, "root_quorum_only": True}
    allow = [policy("ALLOW")]
    assert decide(request_of(user("R1"), **options), allow).reason is Reason.ROOT_QUORUM_PENDING
    assert decide(request_of(user("U1"), **options), allow).reason is Reason.ROOT_QUORUM_ONLY
    late = decide(request_of(user("R1"), user("U1"), **options), allow)
    assert (late.outcome, late.evaluations) == (DENY_IMPLICIT, ())


def test_deny_beats_allow_in_any_order(request_of, policy, user):
    both = [policy("ALLOW", id="a"), policy("DENY", id="d")]
    for policies in (both, both[::-1]):
        decision = decide(request_of(user("U1")), policies)
        assert (decision.outcome, decision.reason) == (DENY_EXPLICIT, Reason.DENIED_BY_POLICY)
        assert decision.deciding_policies() == ("d",)


def test_a_deny_leaves_a_root_members_vote_pending_but_refuses_a_late_vote_of_others(request_of, policy, user):
    quorum = {"quorum": ["R1", "R2"], "threshold": 2}
    deny = [policy("DENY", consensus="approvers.any(u, u.tags.contains('hostile'))"), policy("ALLOW", consensus=TWO)]
    assert decide(request_of(user("R1", "hostile"), **quorum), deny).outcome is PENDING
    assert decide(request_of(user("R1"), user("U1", "hostile"), **quorum), deny).outcome is DENY_EXPLICIT
    assert decide(request_of(user("U1", "hostile"), user("R1"), **quorum), deny).outcome is PENDING


def test_an_allow_completes_below_the_root_quorum(request_of, policy, user):
    decision = decide(request_of(user("R1"), quorum=["R1", "R2"], threshold=2), [policy("ALLOW")])
    assert (decision.outcome, decision.reason) == (ALLOW, Reason.ALLOWED_BY_POLICY)


def test_own_credentials_come_after_the_policies(request_of, policy, user):
    own = {"owner_id": "U1", "users": [user("U2")]}
    assert decide(request_of(user("U1"), **own), []).reason is Reason.OWN_CREDENTIAL
    assert decide(request_of(user("U1"), **own), [policy("ALLOW", "eth.tx.value == 1")]).outcome is ALLOW
    assert decide(request_of(user("U1"), **own), [policy("ALLOW", consensus=TWO)]).outcome is PENDING
    assert decide(request_of(user("U1"), **own), [policy("DENY")]).outcome is DENY_EXPLICIT


def test_nothing_allows(request_of, policy, user):
    decision = decide(request_of(user("U1")), [policy("ALLOW", "false"), policy("DENY", "eth.tx.value == 1")])
    assert (decision.outcome, decision.reason) == (DENY_IMPLICIT, Reason.NOTHING_ALLOWS)
    assert [str(each.outcome) for each in decision.evaluations] == ["OUTCOME_DENY_IMPLICIT", "OUTCOME_ERROR"]


def test_no_votes_decide_nothing(request_of, policy):
    assert decide(request_of(), [policy("ALLOW", consensus=TWO)]).outcome is DENY_IMPLICIT


COSTLY = "&&".join(["approvers.all(a, approvers.all(b, approvers.all(c, a.id == a.id)))"] * 4)


def test_too_costly_policies_allow_nothing_in_any_order(request_of, policy, user):
    crowd = [user(f"U{number}") for number in range(100)]
    policies = [policy("ALLOW", id="a"), policy("DENY", consensus=COSTLY, id="d")]
    for order in (policies, policies[::-1]):
        decision = decide(request_of(*crowd, owner_id="U99"), order)
        assert (decision.outcome, decision.reason) == (DENY_IMPLICIT, Reason.TOO_COSTLY)
        assert {each.outcome for each in decision.evaluations} == {Outcome.ERROR}
    root = decide(request_of(*crowd, quorum=["U0", "R"], threshold=2), policies)
    assert (root.outcome, root.reason) == (PENDING, Reason.ROOT_QUORUM_PENDING)


def test_a_large_list_in_a_fact_is_paid_for(request_of, policy, user):
    params = {"ids": ["x"] * 1000}
    costly = "activity.params.ids.all(a, activity.params.ids.all(b, a == b))"
    activity = {"type": "T", "params": params}
    decision = decide(request_of(user("U1"), activity=activity), [policy("ALLOW", costly)])
    assert decision.reason is Reason.TOO_COSTLY


def ids(*names):
    return frozenset(names)


def test_who_may_still_approve(request_of, policy, user):
    users = [user("A", "agent"), user("B", "agent"), user("H", "human"), user("S"), user("R")]
    everybody = ids("A", "B", "H", "S", "R")
    consensus = "approvers.any(u, u.tags.contains('agent')) && approvers.any(u, u.tags.contains('human'))"
    policies = [
        policy("ALLOW", consensus=consensus),
        policy("ALLOW", "eth.tx.value == 1", TWO),
        policy("DENY", "false"),
    ]
    request = request_of(users[0], users=users, quorum=["R"])
    assert may_approve(request, policies, user_ids=everybody) == ids("H", "R")
    assert may_approve(request, policies, user_ids=ids("S", "H")) == ids("H")
    assert may_approve(request_of(users=users, quorum=["R"]), policies, user_ids=everybody) == ids("A", "B", "H", "R")


def test_nobody_may_add_a_vote_that_a_deny_matches(request_of, policy, user):
    users = [user("A"), user("B"), user("H", "hostile")]
    policies = [
        policy("ALLOW", consensus=TWO),
        policy("DENY", consensus="approvers.any(u, u.tags.contains('hostile'))", id="d"),
    ]
    assert may_approve(request_of(users[0], users=users), policies, user_ids=ids("A", "B", "H")) == ids("B")


def test_only_root_members_may_approve_what_only_the_root_quorum_may_do(request_of, policy, user):
    users = [user("R1"), user("R2"), user("U")]
    options = {"quorum": ["R1", "R2"], "threshold": 2, "root_quorum_only": True}
    request = request_of(users[0], users=users, **options)
    assert may_approve(request, [policy("ALLOW", consensus=TWO)], user_ids=ids("R1", "R2", "U")) == ids("R2")


def test_own_credentials_wait_for_what_a_search_could_not_tell(request_of, policy, user):
    """A policy that may await consensus decides; to take it for one that does not would let a search be outspent."""
    crowd = [user(f"U{number}") for number in range(100)]
    names = [f"approvers.any(u, u.id == 'U{number}')" for number in range(100)]
    clauses = " && ".join(f"({names[at]} || {names[at + 1]} || !{names[at + 2]})" for at in range(0, 90, 3))
    endless = f"{clauses} && approvers.count() == 50 && approvers.count() == 51"
    request = request_of(crowd[1], users=crowd, owner_id="U1")
    assert decide(request, [policy("ALLOW", "false")]).reason is Reason.OWN_CREDENTIAL
    decision = decide(request, [policy("ALLOW", consensus=endless)])
    assert (decision.outcome, decision.reason) == (DENY_IMPLICIT, Reason.TOO_COSTLY)
    assert decision.outcomes == (DENY_IMPLICIT,)
