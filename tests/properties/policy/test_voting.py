"""Who may approve, told class by class, is what asking for every single vote would tell."""

import importlib.util
import random
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from counterseal.policy import Approval, Budget, Effect, Outcome, Policy, Roster, compile_policy, decide, may_approve
from counterseal.policy.compile.sight import sight
from counterseal.policy.decide.evaluation import Evaluator
from counterseal.policy.language.electorate import possible_votes
from counterseal.policy.language.parser import parse
from counterseal.policy.language.syntax import conjuncts
from counterseal.policy.reach.reachability import search

_SPEC = importlib.util.spec_from_file_location("policy_differential", Path(__file__).with_name("differential.py"))
differential = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(differential)
generator = differential.generator

PENDING_OR_ALLOWED = (Outcome.ALLOW, Outcome.REQUIRES_CONSENSUS)
WAITING = (
    "approvers.count() >= 2",
    "approvers.count() == 3",
    "approvers.any(u, u.tags.contains('T1')) && approvers.any(u, u.tags.contains('T2'))",
    "approvers.filter(u, u.tags.contains('T1') || u.alias == 'ab').count() >= 2",
    "approvers.any(u, u.id == 'U2') && approvers.count() > 1",
    "approvers.any(a, approvers.any(b, a.id != b.id && a.alias == b.alias))",
    "approvers.any(a, credentials.any(c, c.user_id == a.id && c.public_key == 'ab')) && approvers.count() >= 2",
    "credentials.filter(c, c.type == 'CREDENTIAL_TYPE_API_KEY_P256').count() >= 2",
    "approvers[1].alias == 'ab' && approvers.count() >= 2",
    "approvers.all(u, u.tags[0] != 'T3') && approvers.count() >= 2",
    "approvers.any(u, u.id in u.tags || u.alias == u.id) && approvers.count() >= 2",
    "approvers.any(a, approvers.any(b, a.tags.contains(b.id)))",
    "approvers.any(u, u.tags.any(t, t == u.id)) && approvers.count() >= 2",
    "approvers.all(u, u.id[0..2] != 'U3') && approvers.count() >= 2",
    "['U1', 'U3'].all(name, approvers.any(u, u.id == name))",
    "credentials.any(c, c.credential_id == 'a') && approvers.count() >= 2",
)
DENYING = (
    "approvers.any(u, u.tags.contains('T3'))",
    "credentials.any(c, c.type == 'CREDENTIAL_TYPE_WEBAUTHN_AUTHENTICATOR')",
    "approvers.any(u, u.id == 'U3')",
    "approvers.count() == 3",
    "credentials.any(c, c.public_key == 'a') && approvers.any(u, u.alias == 'a')",
)


@st.composite
def situations(draw):
    """A request, some compiled policies, and a crowd of whom many are alike."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    keywords = ("activity", *chance.sample(generator.ROOMS[1:], 1))
    policies = []
    for number in range(draw(st.integers(1, 4))):
        effect, condition, consensus, when = generator.some_policy(chance, keywords)
        kept = condition if chance.random() < 0.2 else None
        pool = DENYING if effect == "EFFECT_DENY" else WAITING
        consensus = parse(chance.choice(pool)) if chance.random() < 0.8 else consensus
        policies.append(differential.compiled(number, (effect, kept, consensus, when)))
    return some_request(chance, keywords), policies


def some_request(chance, keywords):
    """Of users who may have the id of somebody as alias or tag."""
    names = generator.USERS
    users = [
        msgspec.structs.replace(
            generator.some_user(chance, name),
            alias=chance.choice(("a", "ab", name, "U3")),
            tags=tuple(chance.sample((*generator.TAGS, "U2", name), chance.randrange(3))),
        )
        for name in names
    ]
    votes = [Approval(user, (*user.credentials, None)[0]) for user in chance.sample(users, chance.choice((1, 1, 2)))]
    return msgspec.structs.replace(
        generator.some_request(chance, keywords),
        roster=Roster(users),
        approvals=tuple(votes),
        root_quorum_only=chance.random() < 0.05,
    )


def one_by_one(request, policies):
    """Users of whom some vote contributes to a policy that matches but for its consensus, and some vote is accepted."""
    voted = {approval.user.id for approval in request.approvals}
    awaiting = [
        policy.consensus
        for policy in Evaluator(request, Budget()).matching(policies)
        if policy.effect is Effect.ALLOW and policy.consensus is not None
    ]
    able = set()
    for user in request.roster.users:
        if user.id in voted:
            continue
        votes = possible_votes(user)
        is_root = user.id in request.root_quorum.user_ids
        contributes = is_root or (
            not request.root_quorum_only
            and any(
                search(consensus, request.roster).reaches([*request.approvals, vote], [user.id], Budget(10**7))
                for consensus in awaiting
                for vote in votes
            )
        )
        accepted = any(
            decide(
                msgspec.structs.replace(request, approvals=(*request.approvals, vote)), policies, budget=Budget(10**7)
            ).outcome
            in PENDING_OR_ALLOWED
            for vote in votes
        )
        if contributes and accepted:
            able.add(user.id)
    return able


@settings(max_examples=300)
@given(situations())
def test_classes_of_votes_are_told_apart_where_it_matters(situation):
    request, policies = situation
    everybody = frozenset(user.id for user in request.roster.users)
    able = may_approve(request, policies, user_ids=everybody, budget=Budget(10**7))
    assert able == one_by_one(request, policies)
    alone = [
        user_id
        for user_id in sorted(everybody)
        if may_approve(request, policies, user_ids=frozenset({user_id}), budget=Budget(10**7))
    ]
    assert alone == sorted(able)


@settings(max_examples=200)
@given(situations())
def test_a_condition_holds_as_decided(situation):
    """``matching`` stops at the first part that is false; a decision evaluates all of it."""
    request, policies = situation
    matching = Evaluator(request, Budget()).matching(policies)
    for policy in policies:
        without_consensus = compile_policy(
            Policy(
                id=policy.id,
                effect=Effect.ALLOW if not request.calls else policy.effect,
                condition=policy.condition and policy.condition.text,
                time=policy.time and policy.time.text,
            )
        )
        said = Evaluator(request, Budget()).outcomes([without_consensus])[0]
        if request.calls and policy.effect is Effect.DENY:
            assert (policy in matching) is (said is Outcome.DENY_EXPLICIT)
        else:
            assert (policy in matching) is (said in (Outcome.ALLOW, Outcome.DENY_EXPLICIT))


@settings(max_examples=200)
@given(st.integers(0, 2**32))
def test_votes_of_one_kind_change_places_without_being_noticed(seed):
    """Whatever a consensus says with one vote it says with another of the same kind."""
    chance = random.Random(seed)
    tree = generator.Expressions(chance, "consensus", ("approvers", "credentials")).make(3)
    if chance.random() < 0.5:
        tree = parse(chance.choice(WAITING + DENYING))
    consensus = differential.compiled(0, ("EFFECT_ALLOW", None, tree, None))
    assert conjuncts(tree)
    seen = sight(tree)
    request = some_request(chance, ("activity",))
    votes = [vote for user in request.roster.users for vote in possible_votes(user)]
    others = [vote for vote in votes if vote.user.id == "U5"][:1]
    for one in votes:
        for other in votes:
            alike = one.user.id != other.user.id and "U5" not in (one.user.id, other.user.id)
            if alike and seen.kind(one) == seen.kind(other):
                said = []
                for vote in (one, other):
                    evaluator = Evaluator(request, Budget(10**7))
                    evaluator.show([*others, Approval(vote.user, vote.credential)])
                    said.append(evaluator.agrees(consensus))
                assert said[0] is said[1]
