"""What ``python -m benchmarks.where`` says adds up, and the functions that it names are there."""

from __future__ import annotations

import asyncio

import pytest

from benchmarks.measurement import Measurement
from benchmarks.where import spans
from benchmarks.where.account import Spanned, cost_of_spans, steps_of, table
from benchmarks.where.server import found
from benchmarks.where.spans import Costs, Taken, span_of_call, span_of_coroutine
from benchmarks.where.steps import STEPS

FREE = Costs(call=0, call_from=0, resumed=0, resumed_from=0)


class Clock:
    """Nanoseconds of the thread, which pass as a test says."""

    def __init__(self) -> None:
        self.ns = 0

    def __call__(self) -> int:
        return self.ns

    def work(self, ns: int) -> None:
        self.ns += ns


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(spans, "_clock", clock)
    spans.begin()
    return clock


@pytest.mark.parametrize("name", [name for names in STEPS.values() for name in names])
def test_functions_of_the_steps_are_there(name: str) -> None:
    _, attribute, function = found(name)
    assert callable(function)
    assert attribute == name.rpartition(":")[2].rpartition(".")[2]


def test_a_function_belongs_to_one_step() -> None:
    names = [name for names in STEPS.values() for name in names]
    assert len(names) == len(set(names))


def test_the_innermost_step_pays(clock: Clock) -> None:
    inner = span_of_call("inner", clock.work)

    def work() -> None:
        clock.work(3)
        inner(20)
        clock.work(4)

    clock.work(100)
    span_of_call("outer", work)()
    clock.work(1000)
    assert _counted() == {"": 1100, "outer": 7, "inner": 20}


def test_a_coroutine_pays_while_it_runs_and_not_while_it_waits(clock: Clock) -> None:
    async def work() -> None:
        clock.work(3)
        await asyncio.sleep(0)
        clock.work(4)

    async def others() -> None:
        clock.work(50)

    async def both() -> None:
        await asyncio.gather(span_of_coroutine("step", work)(), others())

    asyncio.run(both())
    assert _counted() == {"": 50, "step": 7}


def test_a_step_that_raises_has_paid_and_ends(clock: Clock) -> None:
    def work() -> None:
        clock.work(3)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        span_of_call("step", work)()
    clock.work(5)
    assert _counted() == {"": 5, "step": 3}


def test_empty_spans_are_counted_where_they_are_and_where_they_were_begun(clock: Clock) -> None:
    step = span_of_call("step", clock.work)
    step(10)
    step(10)
    counted = spans.end(Costs(call=2, call_from=1, resumed=0, resumed_from=0))["MainThread"]
    assert {name: taken.empty_ns for name, taken in counted.items()} == {"step": 4}


def test_the_table_adds_up_to_what_was_measured_without_spans() -> None:
    step = next(iter(STEPS))
    counted = {"MainThread": {"": Taken(ns=20_000, empty_ns=1_000), step: Taken(ns=70_000, empty_ns=3_000)}}
    plain, spanned = _measured(served=4, cpu_us=45.0), Spanned(counted, _measured(served=2, cpu_us=49.0))
    assert cost_of_spans([plain], [spanned]) == (4.0, 2.0)
    assert [line.us for line in steps_of([plain], [spanned])] == [32.0, 9.0]
    assert list(table([plain], [spanned]))[-2:] == ["| not accounted for |  | 4.0 |", "| **measured** |  | 45.0 |"]


def _counted() -> dict[str, float]:
    return {step: taken.ns for step, taken in spans.end(FREE)["MainThread"].items()}


def _measured(*, served: int, cpu_us: float) -> Measurement:
    return Measurement(requests_per_s=1.0, p50_ms=1.0, p99_ms=1.0, served=served, cpu_us=cpu_us)
