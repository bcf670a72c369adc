"""A receiver of webhooks on a real socket, which keeps what it gets and answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Received(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event_id(self) -> str:
        return self.headers["x-turnkey-event-id"]

    @property
    def activity(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


Answer = Callable[[Received], int]
"""The status to answer with; it may take its time."""


class Receiver:
    """Keeps every request, in the order in which their answers began."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer: Answer = lambda _: 204
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                status = receiver.answer(got)
                with receiver._lock:
                    receiver.received.append(got)
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def at(self, path: str) -> list[Received]:
        """What has come to this path."""
        with self._lock:
            return [each for each in self.received if each.path == path]

    def wait(self, count: int, path: str = "/", *, seconds: float = 20.0) -> list[Received]:
        """What has come to this path, once it is so much."""
        until = time.monotonic() + seconds
        while len(self.at(path)) < count:
            assert time.monotonic() < until, f"{len(self.at(path))} of {count} arrived at {path}"
            time.sleep(0.02)
        return self.at(path)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """One that listens."""
    with Receiver() as found:
        yield found
