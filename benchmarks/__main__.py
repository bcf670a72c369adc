"""``python -m benchmarks``: interleaved rounds of every row and every raw limit; their medians are the result."""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from benchmarks import raw_limits
from benchmarks.bench import Bench
from benchmarks.load import LoadFailed
from benchmarks.measurement import Measurement, median
from benchmarks.population import ORGANIZATIONS
from benchmarks.postgres_bench import postgres_bench
from benchmarks.report import RESULTS, missed_floors, print_comparison, print_table, write_json
from benchmarks.rows import ROWS, Row
from benchmarks.servers import COUNTERSEAL, Command
from benchmarks.workplace import workplace

VERIFY = "p256_verify"

_VERIFY_SECONDS = 0.25
_PATH = click.Path(path_type=Path, exists=True)

Runs = dict[str, Callable[[], Measurement]]
Found = dict[str, list[Measurement]]


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Medians are taken over this many.")
@click.option("--seconds", default=2, show_default=True, help="The longest that a run reads; it writes for twice that.")
@click.option("--organizations", default=ORGANIZATIONS, show_default=True, help="In each of the large groups.")
@click.option("--only", default="", help="Only rows whose name contains this text; nothing is written.")
@click.option("--against", type=_PATH, help="Another checkout's `counterseal`: each row is run by both, in turn.")
@click.option("--directory", type=_PATH, help="Where data and logs go, on a disk. By default .bench in the checkout.")
@click.option("--check", is_flag=True, help="Exit with 1 if a floor is missed.")
def main(
    *,
    rounds: int,
    seconds: int,
    organizations: int,
    only: str,
    against: Path | None,
    directory: Path | None,
    check: bool,
) -> None:
    """Measure the server against the raw limits of this machine."""
    started = time.monotonic()
    rows = [row for row in ROWS if only in row.name]
    other = None if against is None else (against,)
    try:
        with workplace(directory) as own, ExitStack() as stack:
            print(f"making organizations, {organizations} in each large group, and signing requests", flush=True)
            # By the other program, which may be older: the newer one can read what the older has made.
            by = other or COUNTERSEAL
            on_postgres = stack.enter_context(postgres_bench(own, rows=rows, organizations=organizations, command=by))
            bench = Bench(
                own, rows=rows, seconds=seconds, organizations=organizations, command=by, on_postgres=on_postgres
            )
            if other is None:
                runs = bench.raw_limits() | bench.peers(rows) | {row.name: partial(bench.run, row) for row in rows}
                found = _measure(runs, rounds)
            else:
                found = _measure(_in_pairs(bench, rows, other), rounds)
    except LoadFailed as failure:
        sys.exit(f"bench: {failure}")
    results = {name: median(each) for name, each in found.items()}
    print_table(results)
    if other is not None:
        print_comparison({row.name: (found[row.name], found[_other(row)]) for row in rows})
    elif not only:
        write_json(results)
        print(f"written to {RESULTS}")
    print(f"{time.monotonic() - started:.0f} s")
    missed = list(missed_floors(results))
    for sentence in missed:
        print(f"FLOOR MISSED: {sentence}")
    if check and missed:
        sys.exit(1)


def _in_pairs(bench: Bench, rows: list[Row], other: Command) -> Runs:
    runs: Runs = {}
    for row in rows:
        runs[row.name] = partial(bench.run, row)
        runs[_other(row)] = partial(bench.run, row, command=other)
    return runs


def _other(row: Row) -> str:
    return f"{row.name} (other)"


def _measure(runs: Runs, rounds: int) -> Found:
    """Everything once a round, so that what else the machine does falls on all alike, with V in between.

    Every second round goes backwards: of two neighbours each is first as often as second.
    """
    found: Found = defaultdict(list)
    verify = raw_limits.p256_verify(seconds=_VERIFY_SECONDS)
    found[VERIFY].append(verify)
    for number in range(rounds):
        for name in list(runs)[:: 1 if number % 2 == 0 else -1]:
            if sys.stdout.isatty():
                print(f"\r\033[Kround {number + 1} of {rounds}: {name}", end="", flush=True)
            try:
                measured = runs[name]()
            except LoadFailed as failure:
                raise LoadFailed(f"{name}: {failure}") from None
            before, verify = verify, raw_limits.p256_verify(seconds=_VERIFY_SECONDS)
            found[VERIFY].append(verify)
            found[name].append(measured.beside(before, verify))
    if sys.stdout.isatty():
        print("\r\033[K", end="")
    return found


if __name__ == "__main__":
    main()
