"""What is charged: all that is done, in proportion to how much there is of it."""

from contextlib import suppress

import pytest

from counterseal.policy import Approval, Budget, HexText, Roster, User, facts
from counterseal.policy.compile.budget import DECISION_STEPS, BudgetExhausted
from counterseal.policy.compile.closures import new_scope
from counterseal.policy.compile.cost import CRON_SPAN_STEPS
from counterseal.policy.compile.expression import Expression
from counterseal.policy.language.values import EvaluationFailure, from_milliseconds
from counterseal.policy.reach.reachability import search


def charged(expression, *, place="condition", **params):
    """The steps that one evaluation takes."""
    budget = Budget(10**9)
    given = facts({"activity": {"params": params}}) | {"time": {"now": from_milliseconds(0)}}
    with suppress(EvaluationFailure):
        Expression(expression, place=place).value(new_scope(given, budget))
    return 10**9 - budget.left


ITEMS = "activity.params.items"


def of_many(text):
    """For each of a hundred items."""
    return f"{ITEMS}.any(item, {text})"


@pytest.mark.parametrize(
    "text",
    [
        of_many("activity.params.text[0..999999] == 'a'"),
        of_many("activity.params.text == activity.params.same"),
        of_many("activity.params.same == activity.params.text"),
        of_many("activity.params.text in ['a', 'b']"),
        of_many(f"activity.params.text in {ITEMS}"),
        of_many(f"{ITEMS}.contains(activity.params.text)"),
        of_many("activity.params.hex == activity.params.text"),
        of_many("activity.params.map[activity.params.text] == 'a'"),
        of_many("activity.params.list[0..999999].count() == 1"),
    ],
)
def test_the_length_of_what_is_looked_at(text):
    def given(length):
        return {
            "items": ["a"] * 100,
            "text": "x" * length,
            "same": "x" * (length - 1) + "x",
            "hex": HexText("0x" + "a" * (length - 2)),
            "map": {"x" * length: "a"},
            "list": [1] * length,
        }

    short, half, long = (charged(text, **given(length)) for length in (100, 500_000, 1_000_000))
    assert long >= short + 100 * (1_000_000 // 512)
    assert half < 0.6 * long


@pytest.mark.parametrize(
    ("text", "at_least"),
    [
        (f"{ITEMS}.any(x, true)", 1_000 * 3),
        (f"{ITEMS}.all(x, x == 'b' || x == 'c')", 1_000 * 9),
        (f"{ITEMS}.filter(x, x == 'b').count() == 0", 1_000 * 5),
        (f"{ITEMS}.filter(x, true).filter(x, true).filter(x, true).count() == 0", 3_000 * 3),
        (f"'b' in {ITEMS}", 1_000 * 4),
        (f"{ITEMS}.contains('b')", 1_000 * 4),
        (f"{ITEMS}.any(x, {ITEMS}.any(y, x == y))", 1_000_000 * 6),
        (f"{ITEMS}.any(x, [x, x, x, x, x, x, x, x].count() == 8)", 1_000 * 12),
        (f"{ITEMS}.any(x, ['a', 'b', 'c'].any(y, x == y))", 1_000 * 3 * 6),
    ],
)
def test_every_item_that_is_looked_at(text, at_least):
    assert charged(text, items=["a"] * 1_000) >= at_least
    assert charged(text, items=["a"]) < at_least // 100


def test_a_list_that_is_written_out_is_paid_for_before_it_is_walked():
    thousand = "[" + ",".join(["1"] * 500) + "]"
    cost = Expression(f"{thousand}.any(x, {thousand}.any(y, x == y))", place="condition").cost
    assert cost > 500 * 500 * 5
    assert charged(f"{thousand}.any(x, x == 2)") == Expression(f"{thousand}.any(x, x == 2)", place="condition").cost


def test_a_failure_costs_no_more_than_what_was_done():
    assert charged("activity.params.text[0..999999] == 'a'", text="short") < 20
    assert charged(f"{ITEMS}.any(x, x == 1)", items=["a"] * 1_000) <= 1_000 * 8


def test_a_span_costs_the_same_whether_its_answer_is_remembered_or_not():
    span = Expression("CronSpan('* * * * *', '7d', 'America/New_York')", place="time")
    spent = []
    for _ in range(2):
        budget = Budget()
        span.value(new_scope({"time": {"now": from_milliseconds(1_772_953_200_000)}}, budget))
        spent.append(Budget().left - budget.left)
    assert spent[0] == spent[1] == CRON_SPAN_STEPS


def test_nothing_is_evaluated_that_cannot_be_paid_for():
    scope = new_scope(facts({"activity": {"params": {"items": ["a"] * 1_000}}}), Budget(1_000))
    with pytest.raises(BudgetExhausted):
        Expression(f"{ITEMS}.any(x, true)", place="condition").value(scope)


CROWD = [User(id=f"U{number}", tags=(f"T{number % 7}",), alias=f"{number}") for number in range(100)]


@pytest.mark.parametrize(
    "text",
    [
        "approvers.filter(u, u.tags.contains('T1')).count() >= 2",
        " && ".join(f"approvers.filter(u, u.tags.contains('T{tag}')).count() == {tag + 5}" for tag in range(7)),
        "approvers.any(a, approvers.any(b, a.id != b.id && a.alias == 'no' && b.alias == 'no'))",
        "approvers[50].alias == '3' && approvers[51].alias == '4'",
        f"approvers.count() in [{', '.join(map(str, range(200, 900)))}]",
    ],
)
def test_a_search_pays_for_every_turn_and_gives_up_when_nothing_is_left(text):
    looking = search(Expression(text, place="consensus"), Roster(CROWD))
    for steps in (0, 500, 5_000, DECISION_STEPS):
        budget = Budget(steps)
        looking.reaches([Approval(CROWD[1])], ["U1"], budget)
        assert 0 <= budget.left < steps or steps == budget.left == 0


def test_a_search_costs_the_same_whether_its_classes_are_remembered_or_not():
    text = "approvers.filter(u, u.tags.contains('T1')).count() >= 2"
    for consensus in (text, f"approvers.any(a, approvers.any(b, a.id != b.id)) && {text}"):
        roster, spent = Roster(CROWD), []
        for _ in range(2):
            budget = Budget()
            search(Expression(consensus, place="consensus"), roster).reaches([Approval(CROWD[1])], ["U1"], budget)
            spent.append(budget.left)
        assert spent[0] == spent[1]
        assert roster.recall(consensus) is not None
