"""``python -m benchmarks.where``: the processor time of a request of each operation, step by step.

The server as it is shipped and one with spans around its steps are run in turn. What the first takes is what is
measured. What the second takes more is what its spans cost: it is taken off, step by step, by the number of spans. What
the process took and no step of any thread accounts for is shown.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import msgspec

from benchmarks.bench import Bench
from benchmarks.load import LoadFailed
from benchmarks.measurement import Measurement
from benchmarks.operations import OPERATIONS
from benchmarks.population import ORGANIZATIONS
from benchmarks.rows import Row
from benchmarks.servers import Server
from benchmarks.where.account import Spanned, cost_of_spans, table
from benchmarks.where.spans import Counted
from benchmarks.workplace import workplace

_CONNECTIONS = 32
_WAIT_SECONDS = 10.0


@click.command()
@click.argument("operations", nargs=-1, type=click.Choice(list(OPERATIONS)))
@click.option("--rounds", default=5, show_default=True, help="Each a run without spans and one with them.")
@click.option("--seconds", default=2, show_default=True, help="The longest that a run reads; it writes for twice that.")
@click.option("--organizations", default=ORGANIZATIONS, show_default=True, help="In each of the large groups.")
@click.option("--directory", type=click.Path(path_type=Path, exists=True), help="On a disk; by default .bench.")
def main(*, operations: tuple[str, ...], rounds: int, seconds: int, organizations: int, directory: Path | None) -> None:
    """Where the time of OPERATIONS goes, by default of whoami and create_api_keys, as tables in Markdown."""
    rows = [Row(operation, _CONNECTIONS) for operation in operations or ("whoami", "create_api_keys")]
    try:
        with workplace(directory) as own:
            bench = Bench(own, rows=rows, seconds=seconds, organizations=organizations)
            for row in rows:
                plain: list[Measurement] = []
                spanned: list[Spanned] = []
                for _ in range(rounds):
                    plain.append(bench.run(row))
                    spanned.append(_with_spans(bench, row, own / "counted.json"))
                _show(row, plain, spanned)
    except LoadFailed as failure:
        sys.exit(f"bench: {failure}")


def _with_spans(bench: Bench, row: Row, file: Path) -> Spanned:
    file.unlink(missing_ok=True)
    command = (sys.executable, "-m", "benchmarks.where.server", file)
    measured = bench.run(row, command=command, around=partial(_counting, file))
    return Spanned(msgspec.json.decode(file.read_bytes(), type=Counted), measured)


@contextmanager
def _counting(file: Path, server: Server) -> Iterator[None]:
    os.kill(server.process_id, signal.SIGUSR1)
    yield
    os.kill(server.process_id, signal.SIGUSR2)
    end = time.monotonic() + _WAIT_SECONDS
    while not file.exists():
        if time.monotonic() > end:
            raise LoadFailed("the server does not say what it has counted")
        time.sleep(0.01)


def _show(row: Row, plain: list[Measurement], spanned: list[Spanned]) -> None:
    served = sum(run.served for run in plain)
    rate = served / sum(run.served / run.requests_per_s for run in plain)
    others = sum((run.others or 0.0) * run.served for run in plain) / served
    cost, empty = cost_of_spans(plain, spanned)
    print(f"\n{row.name}: {served:,} requests, {rate:,.0f} a second; others took {others:.0%} of the machine")
    print(f"the spans cost {cost:.1f} µs, empty ones {empty:.1f}\n")
    print("\n".join(table(plain, spanned)), flush=True)


if __name__ == "__main__":
    main()
