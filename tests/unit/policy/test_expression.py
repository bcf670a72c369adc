import gc
import tracemalloc

import pytest

from counterseal.contract.errors import InvalidRequest
from counterseal.policy import Budget
from counterseal.policy.compile.budget import REQUEST_STEPS
from counterseal.policy.compile.closures import new_scope
from counterseal.policy.compile.expression import (
    Expression,
    ExpressionCache,
    expression,
    may_take_longer,
    steps_of_reading,
)


def test_the_same_text_is_compiled_once():
    assert expression("true && true", place="condition") is expression("true && true", place="condition")
    assert expression("true && true", place="condition") is not expression("true && true", place="consensus")


def test_what_nobody_holds_is_forgotten_when_it_was_used_longest_ago():
    sizes = [Expression(f"1 == {number}", place="condition").bytes for number in range(4)]
    cache = ExpressionCache(bytes_max=sum(sizes[:3]))
    held, dropped, third = (cache.get(f"1 == {number}", place="condition") for number in range(3))
    assert len(cache) == 3
    del dropped
    cache.get("1 == 2", place="condition")
    cache.get("1 == 3", place="condition")
    assert len(cache) == 3
    read = cache.steps
    assert cache.get("1 == 2", place="condition") is third
    assert cache.get("1 == 0", place="condition") is held, "somebody has it still"
    assert cache.steps == read
    cache.get("1 == 1", place="condition")
    assert cache.steps > read, "nobody had it"


def test_one_expression_may_be_larger_than_the_cache():
    cache = ExpressionCache(bytes_max=1)
    assert cache.get("1 == 1", place="condition").value(new_scope({}, Budget()))
    assert len(cache) == 1


def test_a_refusal_is_not_remembered():
    cache = ExpressionCache()
    for _ in range(2):
        with pytest.raises(InvalidRequest):
            cache.get("nope", place="condition")
    assert len(cache) == 0


def test_reading_is_counted_once_for_each_text():
    text = "1 == 1 && 'only here' == 'a'"
    before = steps_of_reading()
    made = expression(text, place="condition")
    assert steps_of_reading() == before + made.reading
    expression(text, place="condition")
    assert steps_of_reading() == before + made.reading


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("activity.action == 'SIGN'", "condition"),
        ("&&".join(["1==1"] * 600), "condition"),
        ("&&".join([f"activity.params.p{number}==1" for number in range(200)]), "condition"),
        ("eth.tx.to in [" + ",".join([f"'0x{number:040x}'" for number in range(170)]) + "]", "condition"),
        ("&&".join(["[1].any(a,a==1)"] * 180), "condition"),
        ("!" * 60 + "true", "condition"),
        ("||".join(["CronSpan('0,1,2 * * * *','1m','UTC')"] * 20), "time"),
        ("||".join(["CronSpan('* * * * *','7d','Asia/Tokyo')"] * 20), "time"),
        ("approvers.any(u, u.id == 'U1')", "consensus"),
        ("&&".join([f"approvers.any(u,u.id=='U{number}')" for number in range(150)]), "consensus"),
        ("&&".join(["approvers.any(a,approvers.any(b,a.id!=b.id))"] * 90), "consensus"),
        (f"approvers.count() in [{','.join(map(str, range(1000)))}]", "consensus"),
    ],
)
def test_the_bytes_that_are_booked_are_about_those_that_are_held(text, place):
    Expression(text, place=place)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    held = [Expression(text + " " * (number + 1), place=place) for number in range(5)]
    gc.collect()
    size = (tracemalloc.get_traced_memory()[0] - before) / len(held)
    tracemalloc.stop()
    assert 0.9 * size <= held[0].bytes <= 2 * size + 2_000


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("activity.action == 'SIGN' && eth.tx.to in ['0xa', '0xb']", "condition"),
        ("&&".join(["1==1"] * 600), "condition"),
        (f"1 in [{','.join(['1'] * 1000)}]", "condition"),
        ("&&".join(["!!!!!!!!!!true"] * 200), "condition"),
        ("||".join(["CronSpan('0,1,2 * * * *','1m','UTC')"] * 20), "time"),
        (f"approvers.count() in [{','.join(map(str, range(1000)))}]", "consensus"),
        ("&&".join([f"approvers.any(u,u.id=='U{number}')" for number in range(150)]), "consensus"),
    ],
)
def test_what_reading_takes_is_known_before(text, place):
    reading = Expression(text, place=place).reading
    assert may_take_longer(text, place=place, steps=reading - 1)
    assert not may_take_longer(text, place=place, steps=2 * reading)
    assert not may_take_longer(text, place=place, steps=REQUEST_STEPS)
