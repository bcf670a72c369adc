"""The servers under load, each a process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

Command = tuple[str | Path, ...]
"""What a program is started by, and its first arguments."""

COUNTERSEAL: Command = (Path(sys.executable).with_name("counterseal"),)

LOG_FILE = "server.log"
"""Where a server logs, in the directory of its data."""

_READY = re.compile(r"ready on (http://\S+)")
_STOP_SECONDS = 40


class Server(NamedTuple):
    """A server that answers under ``url`` and logs to ``log``."""

    url: str
    process_id: int
    log: Path

    def cpu_seconds(self) -> float:
        """Processor time that its process and its workers have taken so far, all threads together."""
        workers = Path(f"/proc/{self.process_id}/task/{self.process_id}/children").read_text().split()
        return sum(_cpu_seconds_of(process_id) for process_id in (str(self.process_id), *workers))

    def requests_logged(self) -> int:
        """Lines that its log has for requests."""
        with self.log.open("rb") as lines:
            return sum(b'"event":"request"' in line for line in lines)


@contextmanager
def counterseal_server(
    data: Path,
    *,
    workers: int = 1,
    options: Sequence[str] = (),
    command: Command = COUNTERSEAL,
    database: str | None = None,
    log: Path | None = None,
) -> Iterator[Server]:
    """``counterseal serve`` as it is shipped: on SQLite or in a ``database``, default settings, and the log in a file
    beside the data or in ``log``.
    """
    place = ["--data", data, *(() if database is None else ("--database", database))]
    arguments = [*command, "serve", *place, "--port", "0", "--workers", str(workers), *options]
    with _running(arguments, log or data / LOG_FILE) as server:
        yield server


@contextmanager
def empty_server(directory: Path) -> Iterator[Server]:
    """The same HTTP server with nothing behind it."""
    with _running([sys.executable, "-m", "benchmarks.empty_server"], directory / LOG_FILE) as server:
        yield server


def _cpu_seconds_of(process_id: str) -> float:
    """proc(5): utime and stime."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _running(command: Sequence[str | Path], log: Path) -> Iterator[Server]:
    with log.open("wb") as standard_error:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=standard_error, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = _READY.search(line)
        if ready is None:
            raise RuntimeError(f"{command[0]} did not start, it said {line!r} and {log.read_text()[-500:]!r}")
        yield Server(ready[1], process.pid, log)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_SECONDS)
