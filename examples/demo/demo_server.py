"""Counterseal servers in a temporary directory, for as long as the demo runs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from balancer import balanced
from database import demo_postgres
from story import Failed

COUNTERSEAL = str(Path(sys.executable).with_name("counterseal"))
PROCESSES = 3
"""On PostgreSQL."""


@dataclass(frozen=True)
class DemoServer:
    """Where it listens, and its first organization with its root user."""

    url: str
    store: str
    organization_id: str
    user_id: str
    public_key: str
    private_key: str
    place: tuple[str, ...]
    """Of its store, for commands."""
    logs: tuple[Path, ...]
    """One for each process."""

    def requests(self) -> list[int]:
        """How many each process has answered so far."""
        return [log.read_bytes().count(b'"event":"request"') for log in self.logs]


@contextmanager
def demo_server() -> Iterator[DemoServer]:
    """One process on SQLite: make a data directory, serve it, and remove everything in the end. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="counterseal-demo-") as directory:
        data, log = Path(directory, "data"), Path(directory, "log")
        made = _init(data)
        with _serving(log, f"--data={data}") as url:
            yield _described(made, url, f"SQLite in {data}", (f"--data={data}",), log)


@contextmanager
def demo_servers_on_postgres() -> Iterator[DemoServer]:
    """Three equal processes on a PostgreSQL, under one URL. Raises Failed."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="counterseal-demo-")))
        database, version = stack.enter_context(demo_postgres())
        place = (f"--data={directory / 'data'}", f"--database={database}")
        made = _init(directory / "data", place[1])
        logs = [directory / f"log-{number}" for number in range(PROCESSES)]
        urls = [stack.enter_context(_serving(log, *place)) for log in logs]
        url = stack.enter_context(balanced(urls))
        yield _described(made, url, f"PostgreSQL {version}, {PROCESSES} processes", place, *logs)


def _init(data: Path, *options: str) -> dict[str, str]:
    command = [COUNTERSEAL, "init", f"--data={data}", *options, "--organization=Demo", "--user-name=root", "--json"]
    init = subprocess.run(command, check=False, capture_output=True, text=True)
    if init.returncode != 0:
        raise Failed(f"counterseal init: {init.stderr}")
    made: dict[str, str] = json.loads(init.stdout)
    return made


@contextmanager
def _serving(log: Path, *options: str) -> Iterator[str]:
    """A process on a free port; its URL."""
    command = [COUNTERSEAL, "serve", *options, "--port=0"]
    with log.open("wb") as errors:
        serving = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    with serving:
        try:
            assert serving.stdout is not None
            ready = serving.stdout.readline()
            if " is ready on " not in ready:
                raise Failed(f"counterseal serve: {ready}{log.read_text()}")
            yield ready.split()[-1]
        finally:
            serving.terminate()


def _described(made: dict[str, str], url: str, store: str, place: tuple[str, ...], *logs: Path) -> DemoServer:
    return DemoServer(
        url=url,
        store=store,
        organization_id=made["organizationId"],
        user_id=made["userId"],
        public_key=made["apiPublicKey"],
        private_key=Path(made["apiPrivateKeyFile"]).read_text(),
        place=place,
        logs=logs,
    )
