"""Connections that are kept, to a server of several workers; and which worker answered what."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from counterseal.crypto import PrivateKey, sign_stamp
from served import RunningServer, activity_body

_PATIENCE_SECONDS = 30

Answer = tuple[int, dict[str, Any]]


class Connection:
    """One connection for many requests. Like real clients it connects again when an idle one has been closed."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        address = urlsplit(server.url)
        self._http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_PATIENCE_SECONDS)
        self._is_used = False
        self.request_ids: list[str] = []

    def post(self, path: str, body: bytes, key: PrivateKey) -> Answer:
        """A stamped request."""
        return self._send(path, body, {"X-Stamp": sign_stamp(key, body)})

    def query(self, name: str, *, key: PrivateKey | None = None, **members: Any) -> Answer:
        """By the root user's key unless another is given."""
        body = json.dumps({"organizationId": self._server.organization_id} | members).encode()
        return self.post(f"/public/v1/query/{name}", body, key or self._server.key)

    def read(self, name: str, session: str) -> Answer:
        """A query about the root user's organization, by a read-only session."""
        body = json.dumps({"organizationId": self._server.organization_id}).encode()
        return self._send(f"/public/v1/query/{name}", body, {"X-Session": session})

    def submit(self, activity_type: str, path: str, parameters: Any, *, key: PrivateKey | None = None) -> Answer:
        """An activity of now, in the root user's organization."""
        body = activity_body(self._server.organization_id, activity_type, parameters)
        return self.post(f"/public/v1/submit/{path}", body, key or self._server.key)

    def close(self) -> None:
        """Until the next request."""
        self._http.close()
        self._is_used = False

    def _send(self, path: str, body: bytes, credential: dict[str, str]) -> Answer:
        """Raises what the socket raises, except for a connection that was closed while idle."""
        headers = {"Content-Type": "application/json"} | credential
        try:
            return self._exchange(path, body, headers)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            if not self._is_used:
                raise
            self.close()
            return self._exchange(path, body, headers)

    def _exchange(self, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        self._http.request("POST", path, body, headers)
        reply = self._http.getresponse()
        self.request_ids.append(reply.headers["x-request-id"])
        answer = reply.status, json.load(reply)
        self._is_used = self._http.sock is not None  # not after `connection: close`
        return answer


@contextmanager
def connections_to_all_workers(
    server: RunningServer, *, at_least: int = 16, workers: int = 2
) -> Iterator[list[Connection]]:
    """Open connections, of which each worker has at least two."""
    connections: list[Connection] = []
    taken: list[int] = []
    try:
        while sum(taken.count(worker) >= 2 for worker in set(taken)) < workers:
            assert len(connections) < 400, f"the workers have not two of them each: {taken}"
            for _ in range(at_least):
                connections.append(Connection(server))
                assert connections[-1].query("whoami")[0] == 200
            taken = [worker_of(server, connection.request_ids[0]) for connection in connections]
        yield connections
    finally:
        for connection in connections:
            connection.close()


def worker_of(server: RunningServer, request_id: str) -> int:
    """The number of the worker whose log has this request."""
    found: list[int] = []

    def is_logged() -> bool:
        found[:] = [event["worker"] for event in server.requests() if event["request_id"] == request_id]
        return bool(found)

    wait_until(is_logged)
    return found[0]


def worker_pids(server: RunningServer) -> set[int]:
    """The processes that the server has started."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return {int(pid) for pid, parent, state in rows if int(parent) == server.pid and not state.startswith("Z")}


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    listed = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(listed.strip()) and not listed.strip().startswith("Z")


def wait_until(holds: Callable[[], bool]) -> None:
    """Look again and again; fails when it never holds."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
