"""Laws of the decision, on random policies and requests."""

import importlib.util
import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal import policy as policy_engine
from counterseal.contract.errors import InvalidRequest
from counterseal.policy import (
    Approval,
    Budget,
    Effect,
    Outcome,
    Policy,
    RootQuorum,
    Roster,
    check_policy,
    compile_policy,
    explain_decision,
)
from counterseal.policy.compile.budget import REQUEST_STEPS
from counterseal.policy.decide.evaluation import Evaluator
from counterseal.policy.language import syntax
from counterseal.policy.reach.reachability import completion

_SPEC = importlib.util.spec_from_file_location("policy_differential", Path(__file__).with_name("differential.py"))
differential = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(differential)
generator = differential.generator


def decide(request, policies):
    return policy_engine.decide(request, policies, budget=Budget())


def explain_policy(policy, request):
    return policy_engine.explain_policy(policy, request, budget=Budget())


def may_approve(request, policies, *, user_ids):
    return policy_engine.may_approve(request, policies, user_ids=user_ids, budget=Budget())


NOBODY = RootQuorum(threshold=1, user_ids=frozenset())
DENY_ALL = compile_policy(Policy(id="deny", effect=Effect.DENY))


@st.composite
def situations(draw):
    """A request without root votes, and some compiled policies."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    keywords = ("activity", *chance.sample(generator.ROOMS[1:], 2))
    number = draw(st.integers(0, 4))
    policies = [differential.compiled(index, generator.some_policy(chance, keywords)) for index in range(number)]
    request = generator.some_request(chance, keywords)
    plain = {"root_quorum": NOBODY, "root_quorum_only": False, "owner_id": None}
    return msgspec.structs.replace(request, **plain), policies


@given(situations())
def test_without_policies_nothing_is_allowed(situation):
    request, _ = situation
    assert decide(request, []).outcome is Outcome.DENY_IMPLICIT


@given(situations())
def test_only_a_matching_allow_allows(situation):
    request, policies = situation
    decision = decide(request, policies)
    said = [each.outcome for each in decision.evaluations]
    assert (decision.outcome is Outcome.ALLOW) == (Outcome.ALLOW in said and Outcome.DENY_EXPLICIT not in said)


@given(situations())
def test_a_matching_deny_beats_every_allow(situation):
    request, policies = situation
    assert decide(request, [*policies, DENY_ALL]).outcome is Outcome.DENY_EXPLICIT


@given(situations(), st.randoms())
def test_order_and_duplicates_of_policies_do_not_matter(situation, shuffler):
    request, policies = situation
    mixed = [*policies, *policies]
    shuffler.shuffle(mixed)
    assert decide(request, mixed).outcome is decide(request, policies).outcome


@given(situations(), st.booleans())
def test_a_met_root_quorum_beats_everything(situation, root_only):
    request, policies = situation
    members = frozenset(vote.user.id for vote in request.approvals)
    quorum = RootQuorum(threshold=len(members), user_ids=members | {"absent"})
    request = msgspec.structs.replace(request, root_quorum=quorum, root_quorum_only=root_only)
    assert decide(request, [*policies, DENY_ALL]).outcome is Outcome.ALLOW


@given(situations())
def test_a_policy_that_fails_might_as_well_not_be_there(situation):
    request, policies = situation
    decision = decide(request, policies)
    sound = [
        policy for policy, said in zip(policies, decision.evaluations, strict=True) if said.outcome is not Outcome.ERROR
    ]
    assert decide(request, sound).outcome is decision.outcome


@given(situations())
def test_a_further_allow_takes_nothing_away_and_a_further_deny_gives_nothing(situation):
    request, policies = situation
    rank = [Outcome.DENY_EXPLICIT, Outcome.DENY_IMPLICIT, Outcome.REQUIRES_CONSENSUS, Outcome.ALLOW]
    for policy in policies:
        others = [other for other in policies if other is not policy]
        less, more = rank.index(decide(request, others).outcome), rank.index(decide(request, policies).outcome)
        assert less <= more if policy.effect is Effect.ALLOW else less >= more


@given(situations())
def test_own_credentials_never_override_a_policy(situation):
    request, policies = situation
    without = decide(request, policies).outcome
    own = decide(msgspec.structs.replace(request, owner_id=request.approvals[-1].user.id), policies).outcome
    assert own is (Outcome.ALLOW if without is Outcome.DENY_IMPLICIT else without)


@given(situations())
def test_pending_means_that_some_votes_complete_it(situation):
    request, policies = situation
    for policy in policies:
        if Evaluator(request, Budget()).outcomes([policy])[0] is Outcome.REQUIRES_CONSENSUS:
            added = completion(policy.consensus, approvals=request.approvals, roster=request.roster, budget=Budget())
            complete = msgspec.structs.replace(request, approvals=(*request.approvals, *added))
            assert Evaluator(complete, Budget()).outcomes([policy])[0] is Outcome.ALLOW
            assert explain_policy(policy, request).missing == [vote.user.id for vote in added]


@given(situations())
def test_who_may_approve_has_not_and_can_complete_something(situation):
    request, policies = situation
    users = frozenset(user.id for user in request.roster.users)
    able = may_approve(request, policies, user_ids=users)
    assert able.isdisjoint(vote.user.id for vote in request.approvals)
    if decide(request, policies).outcome is Outcome.DENY_EXPLICIT:
        return
    for user in request.roster.users:
        if user.id in able:
            votes = [Approval(user, credential) for credential in user.credentials or (None,)]
            outcomes = {
                decide(msgspec.structs.replace(request, approvals=(*request.approvals, vote)), policies).outcome
                for vote in votes
            }
            assert outcomes & {Outcome.ALLOW, Outcome.REQUIRES_CONSENSUS}


@given(situations())
def test_the_explanation_tells_the_outcome_that_was_decided(situation):
    request, policies = situation
    decision = decide(request, policies)
    assert [trace.outcome for trace in explain_decision(decision, Budget())] == [
        each.outcome for each in decision.evaluations
    ]
    for trace in explain_decision(decision, Budget()):
        if trace.outcome in (Outcome.ALLOW, Outcome.DENY_EXPLICIT) and not request.calls:
            assert trace.blame == []
        elif not request.calls:
            assert trace.blame != []


MONOTONE = st.recursive(
    st.one_of(
        st.builds("approvers.any(u, u.tags.contains('{}'))".format, st.sampled_from(generator.TAGS)),
        st.builds("approvers.any(u, u.id == '{}')".format, st.sampled_from(generator.USERS)),
        st.builds("approvers.count() >= {}".format, st.integers(0, 4)),
        st.builds(
            "approvers.filter(u, u.tags.contains('{}')).count() >= {}".format,
            st.sampled_from(generator.TAGS),
            st.integers(1, 3),
        ),
    ),
    lambda parts: st.builds("({} {} {})".format, parts, st.sampled_from(("&&", "||")), parts),
    max_leaves=5,
)


@given(MONOTONE, st.integers(0, 2**32), st.integers(1, 4))
def test_more_approvals_never_undo_a_monotone_consensus(consensus, seed, votes):
    chance = random.Random(seed)
    users = [generator.some_user(chance, name) for name in generator.USERS]
    policies = [compile_policy(Policy(id="p", effect=Effect.ALLOW, consensus=consensus))]
    request = msgspec.structs.replace(
        generator.some_request(chance, ("activity",)),
        roster=Roster(users), root_quorum=NOBODY, root_quorum_only=False, owner_id=None, calls=(), now_ms=0,
    )  # fmt: skip
    allowed = [
        decide(msgspec.structs.replace(request, approvals=tuple(map(Approval, users[:count]))), policies).outcome
        is Outcome.ALLOW
        for count in range(1, votes + 1)
    ]
    assert allowed == sorted(allowed)


@given(situations())
def test_evaluation_ends_within_its_budget(situation):
    request, policies = situation
    budget = Budget()
    for policy in policies:
        Evaluator(request, budget).outcomes([policy])
    assert 0 <= budget.left <= REQUEST_STEPS


WORDS = (
    "' \" ( ) [ ] . .. , ! && || == < in true 1 'a' a activity params approvers any count filter u eth tx Timestamp é"
)
ALPHABET = [" ", "\n", "\x00", *WORDS.split()]


@settings(max_examples=300)
@given(st.one_of(st.lists(st.sampled_from(ALPHABET), max_size=25).map("".join), st.text(max_size=60)))
def test_any_text_is_accepted_or_refused_with_its_place(text):
    for place in ("condition", "consensus", "time"):
        try:
            check_policy(**{place: text})
        except InvalidRequest as refusal:
            assert refusal.message.startswith(f"invalid policy {place}: line ")


def test_text_that_is_no_unicode_does_no_harm():
    check_policy(condition="'\ud800' == 'a'")
    with pytest.raises(InvalidRequest):
        check_policy(condition="\ud800")


@given(situations())
def test_what_is_written_is_paid_for_whatever_the_facts_are(situation):
    """So what all policies of an organization may cost also bounds what they hold, and how long they take to read."""
    _, policies = situation
    for policy in policies:
        assert sum(len(list(syntax.nodes(each.tree))) for each in policy.expressions) <= policy.cost


@settings(max_examples=300)
@given(situations(), st.integers(0, 1_500), st.booleans())
def test_a_decision_with_less_to_spend_allows_no_more(situation, steps, own):
    request, policies = situation
    request = msgspec.structs.replace(request, owner_id=request.approvals[-1].user.id if own else None)
    scarce = policy_engine.decide(request, policies, budget=Budget(steps))
    assert scarce.outcome in (decide(request, policies).outcome, Outcome.DENY_IMPLICIT)
