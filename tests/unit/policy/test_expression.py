import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.policy.closures import new_scope
from counterseal.policy.expression import ExpressionCache, expression


def test_the_same_text_is_compiled_once():
    assert expression("true && true", place="condition") is expression("true && true", place="condition")
    assert expression("true && true", place="condition") is not expression("true && true", place="consensus")


def test_the_cache_forgets_what_was_used_longest_ago():
    cache = ExpressionCache(max_nodes=9)  # each text below has three nodes
    first, second, third = (cache.get(f"1 == {number}", place="condition") for number in range(3))
    assert cache.get("1 == 0", place="condition") is first
    cache.get("1 == 3", place="condition")
    assert len(cache) == 3
    assert cache.get("1 == 0", place="condition") is first
    assert cache.get("1 == 2", place="condition") is third
    assert cache.get("1 == 1", place="condition") is not second


def test_one_expression_may_be_larger_than_the_cache():
    cache = ExpressionCache(max_nodes=1)
    assert cache.get("1 == 1", place="condition").value(new_scope({}))
    assert len(cache) == 1


def test_a_refusal_is_not_remembered():
    cache = ExpressionCache()
    for _ in range(2):
        with pytest.raises(InvalidRequest):
            cache.get("nope", place="condition")
    assert len(cache) == 0
