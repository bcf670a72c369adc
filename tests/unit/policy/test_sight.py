import pytest

from counterseal.policy import Approval
from counterseal.policy.compile.sight import sight, together
from counterseal.policy.language.parser import parse


@pytest.mark.parametrize(
    ("text", "only_compared"),
    [
        ("approvers.any(u, u.id == 'U1')", True),
        ("approvers.any(u, 'U1' == u.id)", True),
        ("approvers.any(u, u.id in ['U1', 'U2'])", True),
        ("approvers.any(a, credentials.any(c, c.user_id == a.id))", True),
        ("['U1', 'U2'].all(name, approvers.any(u, u.id == name))", True),
        ("approvers.count() >= 2", True),
        ("approvers.any(u, u.id == u.alias)", False),
        ("approvers.any(u, u.id in u.tags)", False),
        ("approvers.any(u, u.tags.contains(u.id))", False),
        ("approvers.any(u, u.tags.any(t, t == u.id))", False),
        ("approvers.any(u, 'x' in [u.id])", False),
        ("approvers.any(u, u.id[0..2] == 'U1')", False),
        ("approvers[0].alias == 'a'", False),
        ("approvers[0..1].any(u, u.alias == 'a')", False),
        ("['U1'].all(name, approvers.any(name, name.id == name.alias))", False),
    ],
)
def test_where_ids_are_only_compared_with_each_other_and_with_what_is_written(text, only_compared):
    assert sight(parse(text)).ids_only_compared is only_compared


def test_credentials_are_seen_where_the_keyword_is_read():
    assert sight(parse("credentials.count() == 1")).credentials
    assert not sight(parse("approvers.any(credentials, credentials.id == 'a')")).credentials


def test_what_is_not_read_does_not_tell_votes_apart(user):
    seen = sight(parse("approvers.any(u, u.tags.contains('T') && u.id == 'U1')"))
    first, second, third, fourth = (Approval(user(*each)) for each in (("U2", "T"), ("U3", "T"), ("U4"), ("U1", "T")))
    assert seen.kind(first) == seen.kind(second)
    assert len({seen.kind(vote) for vote in (first, third, fourth)}) == 3


def test_together_see_what_one_of_them_sees():
    tags, ids = sight(parse("approvers.any(u, u.tags.contains('T'))")), sight(parse("credentials.any(c, c.id == 'U1')"))
    both = together([tags, ids])
    assert both.fields == {"tags", "id"}
    assert both.named == {"T", "U1"}
    assert both.credentials
    assert not together([both, sight(parse("approvers[0].id == 'a'"))].copy()).ids_only_compared
    assert together([]).ids_only_compared
