"""How long a server takes to be ready."""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.measurement import Measurement, of_durations
from benchmarks.servers import counterseal_server


def start_to_ready(data: Path, *, times: int = 3) -> Measurement:
    """From the start of ``counterseal serve`` to its one line on standard output; the server is ended each time."""
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        with counterseal_server(data):
            durations.append(time.perf_counter() - started)
    return of_durations(durations)
