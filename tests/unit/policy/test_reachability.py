import random

import pytest

from counterseal.policy import Approval, Budget
from counterseal.policy.compile.expression import expression
from counterseal.policy.language.electorate import Roster
from counterseal.policy.reach.reachability import completion, search


def tags(*names):
    """A consensus that asks for one approver of each tag."""
    return " && ".join(f"approvers.any(u, u.tags.contains('{name}'))" for name in names)


@pytest.fixture
def complete(user):
    def find(text, voters, users):
        consensus = expression(text, place="consensus")
        votes = [vote if isinstance(vote, Approval) else Approval(vote) for vote in voters]
        roster = Roster({each.id: each for each in [*users, *(vote.user for vote in votes)]}.values())
        found = completion(consensus, approvals=votes, roster=roster, budget=Budget())
        return None if found is None else [vote.user.id for vote in found]

    return find


@pytest.mark.parametrize(
    ("text", "agent", "stranger"),
    [
        ("approvers.any(u, u.tags.contains('agent')) && approvers.any(u, u.tags.contains('human'))", ["H"], None),
        ("approvers.filter(u, u.tags.contains('human')).count() >= 1", None, None),
        ("approvers.filter(u, u.tags.contains('agent')).count() >= 2", ["A2"], None),
        ("approvers.count() >= 2", ["A2"], ["A2"]),
        ("approvers.count() >= 5", None, None),
        ("approvers.filter(u, u.tags.contains('agent')).filter(u, u.id == 'A').count() == 1 && approvers.count() == 3",
         ["A2", "H"], ["A", "A2"]),
        ("approvers.count() in [2, 4]", ["A2"], ["A2"]),
        ("approvers.all(u, u.tags.contains('agent')) && approvers.count() == 2", ["A2"], None),
        ("!(approvers.count() < 2)", ["A2"], ["A2"]),
        ("(approvers.count() >= 2) == true", ["A2"], ["A2"]),
        ("approvers.filter(u, u.tags.contains('agent')).count() > approvers.filter(u, u.tags.contains('human')).count()"
         " && approvers.any(u, u.tags.contains('human'))", ["A2", "H"], None),
        ("approvers.any(u, u.tags[0] == 'human') && approvers.any(u, u.id == 'A')", ["H"], None),
    ],
)  # fmt: skip
def test_who_may_start_what(complete, user, text, agent, stranger):
    users = [user("A", "agent"), user("A2", "agent"), user("H", "human"), user("S", "none")]
    assert complete(text, [users[0]], users) == agent
    if stranger is None:
        assert complete(text, [users[3]], users) is None
    else:
        assert len(complete(text, [users[3]], users)) == len(stranger)


def test_a_second_credential_is_no_second_approver(complete, user):
    one = user("U1", types=["API_KEY_P256", "API_KEY_P256"])
    votes = [Approval(one, credential) for credential in one.credentials]
    assert complete("approvers.count() >= 2", votes, [one]) is None
    assert complete("approvers.count() >= 2", votes, [one, user("U2")]) == ["U2"]


def test_each_user_votes_with_one_credential(complete, user):
    passkey_and_key = user("U2", types=["API_KEY_P256", "WEBAUTHN_AUTHENTICATOR"])
    of = "credentials.any(c, c.type == 'CREDENTIAL_TYPE_{}')".format
    both = f"{of('API_KEY_P256')} && {of('WEBAUTHN_AUTHENTICATOR')} && approvers.any(u, u.id == 'U1')"
    assert complete(both, [user("U1")], [passkey_and_key]) is None
    found = complete(both, [user("U1")], [passkey_and_key, user("U3", types=["API_KEY_P256"])])
    assert sorted(found) == ["U2", "U3"]


def test_users_on_whom_the_consensus_fails_are_not_added(complete, user):
    text = "approvers.any(u, u.id == 'U1') && approvers.all(u, u.tags[0] != 'x') && approvers.count() >= 2"
    assert complete(text, [user("U1", "t")], [user("U2")]) is None
    assert complete(text, [user("U1", "t")], [user("U2"), user("U3", "t")]) == ["U3"]


def test_a_hundred_users_and_thirty_named_approvers(complete, user):
    users = [user(f"U{number}", "even" if number % 2 == 0 else "odd") for number in range(100)]
    names = [f"approvers.any(u, u.id == 'U{number}')" for number in range(30)]
    assert len(complete(" && ".join(names), [users[3]], users)) == 29
    assert complete(" && ".join(names), [users[50]], users) is None
    assert complete(" || ".join(names), [users[50]], users) is None
    assert len(complete("approvers.filter(u, u.tags.contains('odd')).count() >= 50", [users[1]], users)) == 49
    assert complete("approvers.filter(u, u.tags.contains('odd')).count() >= 51", [users[1]], users) is None


def test_approvers_related_to_each_other(complete, user):
    users = [user(f"U{number}", "a" if number % 2 else "b", types=["API_KEY_P256"]) for number in range(100)]
    passkey = user("P", "b", types=["WEBAUTHN_AUTHENTICATOR"])
    related = (
        "approvers.any(u, u.id == 'U1') && approvers.any(u, u.tags.contains('b')"
        " && credentials.any(c, c.user_id == u.id && c.type == 'CREDENTIAL_TYPE_WEBAUTHN_AUTHENTICATOR'))"
    )
    assert expression(related, place="consensus").headcount is None
    assert complete(related, [users[1]], [*users, passkey]) == ["P"]
    assert complete(related, [users[2]], [*users, passkey]) is None
    assert complete(related, [users[1]], users) is None


def test_the_named_must_all_approve(complete, user):
    text = "['U1', 'U2', 'U3'].all(name, approvers.any(u, u.id == name))"
    users = [user(f"U{number}") for number in range(40, 0, -1)]
    assert complete(text, [user("U1")], users) == ["U3", "U2"]
    assert complete(text, [user("U6")], users) is None


def test_users_are_told_apart_where_more_than_identity_is_read(complete, user):
    text = "approvers.any(a, approvers.any(b, a.id != b.id && a.id[0..1] == 'V'))"
    users = [user("U1"), user("U2"), user("U3"), user("V1")]
    assert complete(text, [users[0]], users) == ["V1"]
    assert complete(text, [users[1]], users) == ["V1"]


def test_positions_follow_the_order_of_votes(complete, user):
    text = "approvers[0].id == 'U1' && approvers.count() == 2"
    users = [user("U1"), user("U2")]
    assert complete(text, [users[0]], users) == ["U2"]
    assert complete(text, [users[1]], users) is None


def test_who_contributes_given_the_votes_there_are(user):
    users = [user("A", "agent"), user("B", "agent"), user("H", "human"), user("S")]
    looking = search(expression(tags("agent", "human"), place="consensus"), Roster(users))

    def contribute(users, votes):
        return [each.id for each in users if looking.reaches([*votes, Approval(each)], [each.id], Budget())]

    assert contribute(users[1:], [Approval(users[0])]) == ["H"]
    assert contribute(users, []) == ["A", "B", "H"]


def test_an_empty_organization_reaches_nothing(complete, user):
    assert complete("approvers.count() >= 2", [user("U1")], []) is None
    assert complete("true", [user("U1")], []) is None


def contrived(chance, clauses):
    """Clauses over named approvers, some of whom must not have approved: as hard as such searches get."""
    names = [f"approvers.any(u, u.id == 'U{number}')" for number in range(100)]
    return " && ".join("({} || {} || !{})".format(*chance.sample(names, 3)) for _ in range(clauses))


def test_a_search_ends_when_its_allowance_is_used_up(complete, user):
    users = [user(f"U{number}") for number in range(100)]
    text = contrived(random.Random(3), 30)
    assert complete(f"{text} && approvers.count() == 50 && approvers.count() == 51", [users[1]], users) is None
    vote = [Approval(users[0])]
    for easy in ("approvers.count() >= 2", "approvers.any(a, approvers.any(b, a.id != b.id))"):
        consensus = expression(easy, place="consensus")
        assert completion(consensus, approvals=vote, roster=Roster(users), budget=Budget()) is not None
        assert completion(consensus, approvals=vote, roster=Roster(users), budget=Budget(100)) is None


def test_what_a_roster_remembers_changes_no_answer(user):
    roster = Roster([user(f"U{number}") for number in range(100)])
    consensus = expression("approvers.count() >= 2", place="consensus")
    votes = [Approval(roster.users[0])]
    limits = range(0, 12_000, 50)

    def found():
        return [
            completion(consensus, approvals=votes, roster=roster, budget=Budget(limit)) is not None for limit in limits
        ]

    first = found()
    assert found() == first == sorted(first)
    assert set(first) == {True, False}
