"""Load over a real socket: stamped requests in a file, replayed by wrk."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks.machine import Usage
from benchmarks.measurement import Measurement
from benchmarks.servers import Server

ALL = 10**9
"""As many requests as there are."""

_SCRIPT = Path(__file__).with_name("replay.lua")


class LoadFailed(Exception):
    """Some reply was not what it should be, so there is nothing to measure."""


class StampedRequest(NamedTuple):
    """A request, ready to be sent."""

    path: str
    stamp: str
    body: bytes


class Load(NamedTuple):
    """How requests are sent: over so many connections at once, for so many seconds, at most so many."""

    connections: int
    seconds: int
    keep_alive: bool = True
    requests_max: int = ALL


def require_wrk() -> None:
    """Raise LoadFailed unless the load generator is installed."""
    if shutil.which("wrk") is None:
        raise LoadFailed("the load generator is missing: install the Debian package `wrk` (apt-get install wrk)")


def write_requests(file: Path, requests: Iterable[StampedRequest]) -> None:
    """The form in which ``replay`` takes them."""
    with file.open("wb") as lines:
        for request in requests:
            lines.write(b"%b\t%b\t%b\n" % (request.path.encode(), request.stamp.encode(), request.body))


def replay(
    server: Server, requests: Path, load: Load, *, good_reply_contains: str, header: str = "X-Stamp"
) -> Measurement:
    """Send the requests, each once, until they run out or the time is up. Raises LoadFailed for any bad reply."""
    before = Usage.now(server)
    ran = subprocess.run(
        [
            *(
                "wrk",
                "-t1",
                f"-c{load.connections}",
                f"-d{load.seconds}s",
                "--timeout",
                "10s",
                "-s",
                _SCRIPT,
                server.url,
            ),
            *(
                "--",
                requests,
                good_reply_contains,
                "keep-alive" if load.keep_alive else "close",
                str(load.requests_max),
                header,
            ),
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    used = Usage.now(server) - before
    outcome, _, first_failure = ran.stderr.partition("\n")
    if ran.returncode != 0 or not outcome.startswith("{"):
        raise LoadFailed(f"wrk failed: {ran.stderr or ran.stdout}")
    found = json.loads(outcome)
    if found["failed"] or found["broken"] or not found["served"]:
        raise LoadFailed(
            f"{found['failed']} of {found['served'] + found['failed']} replies were bad and {found['broken']}"
            f" connections or requests failed; the first bad reply: {first_failure.strip()}"
        )
    return Measurement(
        requests_per_s=found["served"] / found["seconds"],
        p50_ms=found["p50_ms"],
        p99_ms=found["p99_ms"],
        served=found["served"],
        cpu_us=used.server_seconds / found["served"] * 1e6,
        others=used.others,
    )
