import pytest

from counterseal.policy import Budget, BudgetExhausted


def test_more_than_there_is_cannot_be_spent():
    budget = Budget(10)
    budget.spend(10)
    with pytest.raises(BudgetExhausted):
        budget.spend(1)


def test_whoever_cannot_pay_for_one_thing_gets_no_other():
    budget = Budget(10)
    with pytest.raises(BudgetExhausted):
        budget.spend(11)
    with pytest.raises(BudgetExhausted):
        budget.spend(1)
    assert budget.left == 0


def test_what_is_lent_is_gone_until_it_is_taken_back():
    budget = Budget(10)
    lent = budget.lend(6)
    assert (lent.left, budget.left) == (6, 4)
    lent.spend(1)
    budget.take_back(lent)
    assert budget.left == 9


def test_no_more_is_lent_than_there_is():
    budget = Budget(10)
    lent = budget.lend(50)
    assert (lent.left, budget.left) == (10, 0)
    with pytest.raises(BudgetExhausted):
        lent.spend(11)
    budget.take_back(lent)
    assert budget.left == 0
    with pytest.raises(BudgetExhausted):
        budget.spend(1)
    assert budget.lend(5).left == 0


def test_what_was_found_out_is_found_out_once():
    budget, made = Budget(), []
    for _ in range(2):
        assert budget.once("key", lambda: made.append("once") or "found") == "found"
    assert made == ["once"]
