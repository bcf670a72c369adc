"""How long a step of the policies' budget takes, operation by operation: ``python -m benchmarks.policy_steps``.

A step stands for at most a tenth of a microsecond. What is printed is the median of several runs, in time of this
thread, so that others on the machine count for little. The slowest step, times the steps of a request, is how long one
request can hold up all others, whatever its policies say.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from benchmarks.policy_operations import EXPRESSIONS, PARAMS, READINGS, SEARCHES, SETS, crowd
from counterseal.policy import (
    Approval,
    Budget,
    CompiledPolicy,
    Effect,
    Policy,
    Request,
    RootQuorum,
    Roster,
    compile_policy,
    decide,
    explain_policy,
    facts,
    may_approve,
)
from counterseal.policy.compile.budget import DECISION_STEPS, REQUEST_STEPS
from counterseal.policy.compile.closures import new_scope
from counterseal.policy.compile.expression import Expression
from counterseal.policy.language.values import EvaluationFailure, from_milliseconds
from counterseal.policy.reach.reachability import search

RUNS = 7
PLENTY = 10**12
MARCH_8_2026_MS = 1_772_953_200_000  # the clocks of New York go forward on this day

Work = Callable[[Budget], object]


def main() -> None:
    """Print one line an operation, the slowest step last."""
    found = sorted((nanoseconds(work), name) for name, work in operations())
    for each, name in found:
        print(f"{each:7.1f} ns a step  {name}")
    worst = found[-1][0] / 1e6
    print(f"a decision takes at most {DECISION_STEPS * worst:.0f} ms, a request {REQUEST_STEPS * worst:.0f} ms")


def nanoseconds(work: Work) -> float:
    """The median time of a step of this work."""
    each = []
    for _ in range(RUNS):
        budget = Budget(PLENTY)
        started = time.thread_time_ns()
        work(budget)
        each.append((time.thread_time_ns() - started) / max(PLENTY - budget.left, 1))
    return statistics.median(each)


def operations() -> Iterator[tuple[str, Work]]:
    """What can be charged for, each so that it does little else."""
    for name, text in EXPRESSIONS.items():
        yield name, _evaluation(Expression(text, place="condition"))
    for zone in "UTC", "America/New_York", "Australia/Lord_Howe":
        for cron in "* * * * *", "59 23 31 12 *", "0 9 * * 1-5":
            yield f"cron span {cron} in {zone}", _span(f"CronSpan('{cron}', '7d', '{zone}')")
    for name, text in SEARCHES.items():
        yield f"search: {name}", _search(Expression(text, place="consensus"))
    for name, (text, place) in READINGS.items():
        yield f"read: {name}", _reading(text, place)
    for name, texts in SETS.items():
        yield from _requests(name, [_policy(number, **each) for number, each in enumerate(texts)])


def _evaluation(expression: Expression) -> Work:
    given = facts({"activity": {"params": PARAMS}})

    def work(budget: Budget) -> None:
        scope = new_scope(given, budget)
        for _ in range(5):
            with suppress(EvaluationFailure):
                expression.value(scope)

    return work


def _span(text: str) -> Work:
    """Each time for another minute, about a change of the clocks."""
    expression = Expression(text, place="time")

    def work(budget: Budget) -> None:
        for number in range(300):
            now = from_milliseconds(MARCH_8_2026_MS + number * 3_607_000)
            expression.value(new_scope({"time": {"now": now}}, budget))

    return work


def _search(consensus: Expression) -> Work:
    users = crowd()

    def work(budget: Budget) -> None:
        lent = budget.lend(DECISION_STEPS)
        search(consensus, Roster(users)).completion([Approval(users[1], users[1].credentials[0])], ["U1"], lent)
        budget.take_back(lent)

    return work


def _reading(text: str, place: str) -> Work:
    return lambda budget: budget.spend(Expression(text, place=place).reading)


def _requests(name: str, policies: list[CompiledPolicy]) -> Iterator[tuple[str, Work]]:
    request = _request()
    everybody = frozenset(user.id for user in request.roster.users)

    def one(budget: Budget) -> None:
        for _ in range(20):
            may_approve(request, policies, user_ids=frozenset({"U5"}), budget=budget)

    def explain(budget: Budget) -> None:
        for policy in policies[:20]:
            explain_policy(policy, request, budget=budget)

    yield f"decide: {name}", lambda budget: decide(request, policies, budget=budget)
    yield f"may all approve: {name}", lambda budget: may_approve(request, policies, user_ids=everybody, budget=budget)
    yield f"may one approve: {name}", one
    yield f"explain: {name}", explain


def _request() -> Request:
    users = crowd()
    activity = {"type": "T", "kind": "K", "resource": "R", "action": "SIGN", "params": {"ids": ["x"] * 300}}
    return Request(
        facts=facts({"activity": activity}),
        approvals=(Approval(users[1], users[1].credentials[0]),),
        roster=Roster(users),
        root_quorum=RootQuorum(threshold=1, user_ids=frozenset({"R"})),
        now_ms=MARCH_8_2026_MS,
    )


def _policy(number: int, **texts: Any) -> CompiledPolicy:
    effect = Effect(texts.pop("effect", "EFFECT_ALLOW"))
    return compile_policy(Policy(id=f"{number}", effect=effect, **texts))


if __name__ == "__main__":
    main()
