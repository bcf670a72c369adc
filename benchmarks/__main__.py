"""``python -m benchmarks``: interleaved rounds of every row and every raw limit; their medians are the result."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from benchmarks import raw_limits
from benchmarks.cold_start import cold_start
from benchmarks.load import LoadFailed, replay, require_wrk, write_requests
from benchmarks.measurement import Measurement, median
from benchmarks.operations import OPERATIONS, stamped_requests
from benchmarks.population import make_server, populate
from benchmarks.report import RESULTS, missed_floors, print_table, write_json
from benchmarks.rows import COLD_START, ROWS, START, Row
from benchmarks.servers import counterseal_server
from benchmarks.start import start_to_ready

VERIFY = "p256_verify"

_WARM_UP = "warm-up"
_VERIFY_SECONDS = 0.25


class Bench:
    """A populated server and signed requests, in ``directory``; every run starts from a fresh copy of the server."""

    def __init__(self, directory: Path, *, seconds: int) -> None:
        self._directory = directory
        self._seconds = seconds
        self._template = directory / "populated"
        self._empty = directory / "empty"
        make_server(self._empty)
        self._stampers, self._under_policies = populate(self._template)
        everybody = self._stampers + self._under_policies
        write_requests(
            self._requests(_WARM_UP), stamped_requests(OPERATIONS["whoami"], everybody, count=len(everybody))
        )
        for name, operation in OPERATIONS.items():
            stampers = self._under_policies if operation.under_policies else self._stampers
            requests = stamped_requests(operation, stampers, count=operation.requests_max)
            write_requests(self._requests(name), requests)

    def raw_limits(self) -> dict[str, Callable[[], Measurement]]:
        """The measurements of raw limits, by the names of their rows."""
        empty = partial(raw_limits.empty_http, self._directory, seconds=1)
        return {
            "empty_server/1w/1c": partial(empty, connections=1),
            "empty_server/1w/32c": partial(empty, connections=32),
            "sqlite_commit/groups_of_1": partial(self._sqlite_commit, 1),
            "sqlite_commit/groups_of_32": partial(self._sqlite_commit, 32),
            COLD_START: partial(cold_start, self._template, self._under_policies[0]),
            START: partial(start_to_ready, self._empty),
        }

    def run(self, row: Row) -> Measurement:
        """One run of a row on a server of its own. Before it every key is used once, to read."""
        data = self._fresh_copy()
        with counterseal_server(data, workers=row.workers) as server:
            warm_up, whoami = self._requests(_WARM_UP), OPERATIONS["whoami"]
            replay(server, warm_up, connections=8, seconds=1, good_reply_contains=whoami.good_reply_contains)
            return replay(
                server,
                self._requests(row.operation),
                connections=row.connections,
                seconds=self._seconds,
                good_reply_contains=OPERATIONS[row.operation].good_reply_contains,
            )

    def _sqlite_commit(self, group: int) -> Measurement:
        return raw_limits.sqlite_commit(self._fresh_copy(), self._stampers, group=group, seconds=0.5)

    def _fresh_copy(self) -> Path:
        copy = self._directory / "data"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self._template, copy)
        return copy

    def _requests(self, name: str) -> Path:
        return self._directory / f"{name}.requests"


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Medians are taken over this many.")
@click.option("--seconds", default=2, show_default=True, help="The longest that one run of a row takes.")
@click.option("--only", default="", help="Only rows whose name contains this text; nothing is written.")
@click.option("--check", is_flag=True, help="Exit with 1 if a floor is missed.")
def main(*, rounds: int, seconds: int, only: str, check: bool) -> None:
    """Measure the server against the raw limits of this machine."""
    started = time.monotonic()
    rows = [row for row in ROWS if only in row.name]
    try:
        require_wrk()
        with tempfile.TemporaryDirectory(prefix="counterseal-bench-") as directory:
            print("making 100 sub-organizations with 1,000 keys, and signing requests", flush=True)
            bench = Bench(Path(directory), seconds=seconds)
            results = _measure(bench, rows, rounds)
    except LoadFailed as failure:
        sys.exit(f"bench: {failure}")
    print_table(results)
    if not only:
        write_json(results)
        print(f"written to {RESULTS}")
    print(f"{time.monotonic() - started:.0f} s")
    missed = list(missed_floors(results))
    for sentence in missed:
        print(f"FLOOR MISSED: {sentence}")
    if check and missed:
        sys.exit(1)


def _measure(bench: Bench, rows: list[Row], rounds: int) -> dict[str, Measurement]:
    """Everything once a round, so that what else the machine does falls on all alike, with V in between."""
    runs: dict[str, Callable[[], Measurement]] = bench.raw_limits()
    runs |= {row.name: partial(bench.run, row) for row in rows}
    found: dict[str, list[Measurement]] = defaultdict(list)
    verify = raw_limits.p256_verify(seconds=_VERIFY_SECONDS)
    found[VERIFY].append(verify)
    for number in range(rounds):
        for name, run in runs.items():
            if sys.stdout.isatty():
                print(f"\r\033[Kround {number + 1} of {rounds}: {name}", end="", flush=True)
            try:
                measured = run()
            except LoadFailed as failure:
                raise LoadFailed(f"{name}: {failure}") from None
            before, verify = verify, raw_limits.p256_verify(seconds=_VERIFY_SECONDS)
            found[VERIFY].append(verify)
            found[name].append(measured.beside(before, verify))
    if sys.stdout.isatty():
        print("\r\033[K", end="")
    return {name: median(each) for name, each in found.items()}


if __name__ == "__main__":
    main()
