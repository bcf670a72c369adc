"""A real server on a real socket, in a process of its own, for every test that needs one.

``start_server()`` makes a fresh data directory and serves it; ``running_server`` is one such server for one test. All
of them are stopped when the tests end. Tests that need time or randomness in their hand use ``composed`` instead.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from counterseal.crypto import PrivateKey, load_private_key, sign_stamp
from store_kinds import StoreKind

_PATIENCE_SECONDS = 30
_COMMAND = (sys.executable, "-m", "counterseal")


def activity_body(organization_id: str, activity_type: str, parameters: Any, **members: Any) -> bytes:
    """The body of a submit of now; ``activity_type`` goes without ``ACTIVITY_TYPE_``."""
    envelope = {
        "type": f"ACTIVITY_TYPE_{activity_type}",
        "timestampMs": str(time.time_ns() // 1_000_000),
        "organizationId": organization_id,
        "parameters": parameters,
    }
    return json.dumps(envelope | members).encode()


class RunningServer:
    """``counterseal init`` and ``counterseal serve --port 0`` on a directory of its own, with its first root user."""

    def __init__(self, data: Path, log: Path, *, database: str | None = None) -> None:
        self.data = data
        self.database = database
        self.log = log
        """Standard error of every run: one JSON object a line, requests among them."""
        self.url = ""
        """Where it listens; another one after each ``start``."""
        self._place = _place(data, database)
        made = json.loads(_output_of("init", *self._place, "--organization=Root", "--user-name=root", "--json"))
        self.organization_id: str = made["organizationId"]
        self.user_id: str = made["userId"]
        self.public_key: str = made["apiPublicKey"]
        self.private_key_file = Path(made["apiPrivateKeyFile"])
        self.key: PrivateKey = load_private_key(self.private_key_file.read_text())
        self._process: subprocess.Popen[str] | None = None

    def another(self, log: Path, *, data: Path | None = None, database: str | None = None) -> RunningServer:
        """One more process for the same store, or for what has been moved elsewhere; not started yet."""
        other = RunningServer.__new__(RunningServer)  # not one of several, even if this is one
        vars(other).update(vars(self))
        if data is not None:
            other.data, other.database, other._place = data, database, _place(data, database)
        other.log, other.url, other._process = log, "", None
        return other

    def start(self, *options: str) -> None:
        """Serve, with further ``options`` of ``counterseal serve``; returns when it is ready."""
        command = [*_COMMAND, "serve", *self._place, "--port=0", *options]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=_environment())
        assert self._process.stdout is not None
        readable, _, _ = select.select([self._process.stdout], [], [], _PATIENCE_SECONDS)
        line = self._process.stdout.readline() if readable else ""
        if " is ready on " not in line:
            self.kill()
            raise RuntimeError(f"the server did not start: {line}{self.log.read_text()}")
        self.url = line.split()[-1]

    def stop(self) -> int:
        """Ask it to stop (SIGTERM); its exit code."""
        return self._end(signal.SIGTERM)

    def wait(self) -> int:
        """Its exit code, once it has ended by itself."""
        assert self._process is not None
        process, self._process = self._process, None
        with process:
            return process.wait(_PATIENCE_SECONDS)

    def kill(self) -> int:
        """``kill -9``; its exit code."""
        return self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it and start it again, on another port."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self._process is not None
        return self._process.pid

    def post(self, path: str, body: bytes, stamp: str | None) -> tuple[int, dict[str, Any]]:
        """Status and reply of one request: exactly these bytes, with this ``X-Stamp``."""
        headers = {"Content-Type": "application/json"} | ({"X-Stamp": stamp} if stamp else {})
        request = urllib.request.Request(self.url + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_SECONDS) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def query(self, name: str, *, key: PrivateKey | None = None, **members: Any) -> tuple[int, dict[str, Any]]:
        """A stamped ``/public/v1/query/…``, by the root user's key unless another is given."""
        body = json.dumps({"organizationId": self.organization_id} | members).encode()
        return self.post(f"/public/v1/query/{name}", body, sign_stamp(key or self.key, body))

    def submit(
        self,
        name: str,
        activity_type: str,
        parameters: dict[str, Any],
        *,
        key: PrivateKey | None = None,
        **members: Any,
    ) -> tuple[int, dict[str, Any]]:
        """A stamped ``/public/v1/submit/…`` of now; ``activity_type`` goes without ``ACTIVITY_TYPE_``."""
        body = activity_body(self.organization_id, activity_type, parameters, **members)
        return self.post(f"/public/v1/submit/{name}", body, sign_stamp(key or self.key, body))

    def requests(self) -> list[dict[str, Any]]:
        """What it has logged of each request so far: ``method``, ``path``, ``status`` and more."""
        return self.events("request")

    def events(self, name: str) -> list[dict[str, Any]]:
        """What it has logged so far of one event."""
        written, _, _ = self.log.read_text().rpartition("\n")  # the rest is being written
        events = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
        return [event for event in events if event["event"] == name]

    def _end(self, how: signal.Signals) -> int:
        if self._process is None:
            return 0
        process, self._process = self._process, None
        with process:  # closes the pipe
            process.send_signal(how)
            try:
                return process.wait(_PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


class Deployment(RunningServer):
    """Several processes that answer as one server: on PostgreSQL equal ones, and ``url`` is each of them in turn."""

    def __init__(self, directory: Path, database: str | None, processes: int) -> None:
        self._own_url = ""
        self._others: list[RunningServer] = []
        self._turns = itertools.count()
        super().__init__(directory / "data", directory / "log", database=database)
        self._options = [f"--workers={processes}"] if database is None else []
        if database is not None:
            self._others = [self.another(directory / f"log-{number}") for number in range(1, processes)]

    @property
    def url(self) -> str:
        """Of the one whose turn it is."""
        urls = [self._own_url, *(other.url for other in self._others)]
        return urls[next(self._turns) % len(urls)]

    @url.setter
    def url(self, own: str) -> None:
        self._own_url = own

    def start(self, *options: str) -> None:
        """Serve, all of them."""
        super().start(*self._options, *options)
        for other in self._others:
            other.start(*options)

    def _end(self, how: signal.Signals) -> int:
        return max([super()._end(how), *(other._end(how) for other in self._others)])


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., RunningServer]]:
    """Makes and starts a server, with its store in a ``database`` if one is given; options are those of ``serve``."""
    servers: list[RunningServer] = []

    def start(*options: str, database: str | None = None) -> RunningServer:
        directory = tmp_path_factory.mktemp("server")
        server = RunningServer(directory / "data", directory / "log", database=database)
        servers.append(server)
        server.start(*options)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="module")
def start_on_each_store(
    tmp_path_factory: pytest.TempPathFactory, store_kind: StoreKind
) -> Iterator[Callable[..., RunningServer]]:
    """Makes and starts a server of so many ``processes``: workers of one, or several on one PostgreSQL."""
    servers: list[RunningServer] = []

    def start(*options: str, processes: int = 1) -> RunningServer:
        directory = tmp_path_factory.mktemp("server")
        server = Deployment(directory, store_kind.new_url(), processes)
        servers.append(server)
        server.start(*options)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def running_server(start_server: Callable[..., RunningServer]) -> Iterator[RunningServer]:
    """A fresh server for this test alone."""
    server = start_server()
    yield server
    server.stop()


def _place(data: Path, database: str | None) -> list[str]:
    return [f"--data={data}"] if database is None else [f"--data={data}", f"--database={database}"]


def _output_of(*arguments: str) -> str:
    done = subprocess.run([*_COMMAND, *arguments], capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode != 0:
        raise RuntimeError(f"counterseal {arguments[0]} failed: {done.stderr}")
    return done.stdout


def _environment() -> dict[str, str]:
    """Without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COUNTERSEAL_")}
