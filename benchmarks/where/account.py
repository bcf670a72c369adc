"""What is left to say once everything is counted: a table whose rows add up to what was measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.measurement import Measurement
from benchmarks.where.spans import Counted
from benchmarks.where.steps import COMMIT, READS, STEPS, THREADS, WRITES

_ORDER = [*STEPS, READS, WRITES, COMMIT]
_LEAST_US = 0.05


class Spanned(NamedTuple):
    """A run with spans."""

    counted: Counted
    measured: Measurement


class Line(NamedTuple):
    """One row: microseconds of processor time for each request."""

    step: str
    thread: str
    us: float


def cost_of_spans(plain: Sequence[Measurement], runs: Sequence[Spanned]) -> tuple[float, float]:
    """What spans cost, in microseconds of each request: by what a server takes more with them, and if they were empty.

    The first is more: after each look at its thread's clock a program goes on more slowly for a while.
    """
    empty = sum(taken.empty_ns for run in runs for steps in run.counted.values() for taken in steps.values())
    return cpu_us([run.measured for run in runs]) - cpu_us(plain), empty / _served(runs) / 1000


def steps_of(plain: Sequence[Measurement], runs: Sequence[Spanned]) -> list[Line]:
    """Every step of every thread without the cost of its spans; threads in the order in which they were begun."""
    cost, empty = cost_of_spans(plain, runs)
    ns: dict[tuple[str, str], float] = defaultdict(float)
    for counted, _ in runs:
        for thread, steps in counted.items():
            for step, taken in steps.items():
                ns[thread, step] += taken.ns - taken.empty_ns * cost / empty
    threads = list(dict.fromkeys(thread for thread, _ in ns))
    lines = []
    for thread, step in sorted(ns, key=lambda each: (threads.index(each[0]), _place(each[1]))):
        name, rest = THREADS.get(thread, (thread, "outside of all steps"))
        lines.append(Line(step or rest, name, ns[thread, step] / _served(runs) / 1000))
    return [line for line in lines if abs(line.us) >= _LEAST_US]


def _served(runs: Sequence[Spanned]) -> int:
    return sum(run.measured.served for run in runs)


def _place(step: str) -> int:
    return _ORDER.index(step) if step in _ORDER else len(_ORDER)


def cpu_us(runs: Sequence[Measurement]) -> float:
    """Processor time for each request, over all runs."""
    return sum((run.cpu_us or 0.0) * run.served for run in runs) / sum(run.served for run in runs)


def table(plain: Sequence[Measurement], runs: Sequence[Spanned]) -> Iterator[str]:
    """In Markdown. ``plain`` are runs of the server as it is: what all must add up to."""
    steps = steps_of(plain, runs)
    measured = cpu_us(plain)
    accounted = sum(line.us for line in steps)
    yield "| step | thread | µs |"
    yield "|---|---|---:|"
    for line in (*steps, Line("not accounted for", "", measured - accounted), Line("**measured**", "", measured)):
        yield f"| {line.step} | {line.thread} | {line.us:.1f} |"
