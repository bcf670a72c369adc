"""What we rely on of uvicorn and httptools, whose internals are no promise: the version of uvicorn is pinned for it.

Each name is one that ``protocol.py``, ``strict_reading.py`` or ``cli/http_server.py`` overrides, calls, reads or sets.
Another version of either has to pass this first, and then be read.
"""

from __future__ import annotations

import asyncio
import inspect
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import httptools
import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from counterseal.cli import http_server
from counterseal.http import protocol, strict_reading

ROOT = Path(__file__).parents[3]

METHODS = {
    HttpToolsProtocol: [
        *["connection_made", "connection_lost", "data_received", "pause_writing", "resume_writing", "shutdown"],
        *["timeout_keep_alive_handler", "_unset_keepalive_if_required", "_start_asgi_task", "on_response_complete"],
        *["on_message_begin", "on_url", "on_header", "on_headers_complete", "on_body", "on_message_complete"],
    ],
    RequestResponseCycle: ["run_asgi", "send", "receive"],
    FlowControl: ["pause_reading", "resume_reading", "pause_writing", "resume_writing", "drain"],
    uvicorn.Server: ["serve", "startup", "shutdown", "capture_signals"],
    httptools.HttpRequestParser: [
        *["feed_data", "get_method", "get_http_version", "should_upgrade", "should_keep_alive"],
        *["set_dangerous_leniencies"],
    ],
}


def new_protocol() -> HttpToolsProtocol:
    config = uvicorn.Config(_application, ws="none", lifespan="off", log_config=None)
    return HttpToolsProtocol(config=config, server_state=ServerState(), app_state={}, _loop=_Loop())  # type: ignore[arg-type]


class _Loop:
    """Takes what is started, and starts nothing."""

    def create_task(self, work: Any) -> _Task:
        work.close()
        return _Task()

    def call_later(self, *_: Any) -> None:
        return None


class _Task:
    def add_done_callback(self, _: Any) -> None:
        """Never done."""


class _Transport:
    """A client's socket, as far as it is asked about."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_reading = True

    def get_extra_info(self, name: str) -> Any:
        return None

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def pause_reading(self) -> None:
        self.is_reading = False

    def resume_reading(self) -> None:
        self.is_reading = True

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        """It stays as it is."""


async def _application(scope: Any, receive: Any, send: Any) -> None:
    """Never run."""


def connected() -> tuple[HttpToolsProtocol, _Transport]:
    made, transport = new_protocol(), _Transport()
    made.connection_made(transport)  # type: ignore[arg-type]
    return made, transport


def request(body: bytes = b"") -> bytes:
    return b"POST /a?c HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def test_the_version_is_the_one_that_was_read() -> None:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert f"uvicorn=={metadata.version('uvicorn')}" in dependencies


@pytest.mark.parametrize(
    ("owner", "name"), [(owner, name) for owner, names in METHODS.items() for name in names], ids=str
)
def test_the_methods_are_there(owner: type, name: str) -> None:
    assert callable(getattr(owner, name))


def test_a_protocol_has_these_attributes_from_the_start() -> None:
    made = new_protocol()
    assert made.timeout_keep_alive == made.config.timeout_keep_alive
    assert (made.cycle, made.headers, made.transport, len(made.pipeline)) == (None, None, None, 0)
    assert not made.expect_100_continue
    assert isinstance(made.parser, httptools.HttpRequestParser)
    assert made.ws_protocol_class is None, "no offer is taken"
    assert made.connections is made.server_state.connections
    assert made.tasks is made.server_state.tasks


def test_what_is_set_after_connection_made_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = connected()
    assert made.client is None
    made.flow = flow = FlowControl(made.transport)
    made.data_received(request(b"body"))
    assert made.cycle.flow is flow
    assert made in made.connections


def test_a_request_s_scope_is_there_while_its_head_is_read_and_its_cycle_once_it_is_whole() -> None:
    made, transport = connected()
    made.data_received(request()[:-2])
    assert (made.url, made.cycle) == (b"/a?c", None)
    assert made.headers == [(b"host", b"x")], "a value is told once the next line has begun"
    assert made.scope["headers"] is made.headers
    made.data_received(b"\r\n")
    cycle = made.cycle
    assert cycle.scope is made.scope
    assert cycle.transport is made.transport is transport
    assert (cycle.more_body, cycle.response_started, cycle.response_complete, cycle.disconnected) == (False,) * 4
    assert cycle.keep_alive is True
    assert isinstance(cycle.message_event, asyncio.Event)
    assert list(inspect.signature(RequestResponseCycle.__init__).parameters)[-1] == "on_response"


def test_a_request_behind_another_waits_in_the_pipeline_and_reading_stops() -> None:
    made, transport = connected()
    made.data_received(request())
    first = made.cycle
    made.data_received(request())
    assert made.cycle is not first
    assert [cycle for cycle, _ in made.pipeline] == [made.cycle]
    assert not transport.is_reading
    assert made.flow.read_paused


async def test_the_end_of_a_reply_is_told_after_it_is_written() -> None:
    made, transport = connected()
    told: list[tuple[bool, int]] = []
    made.on_response_complete = lambda: told.append((made.cycle.response_complete, len(transport.written)))  # type: ignore[method-assign]
    made.data_received(request())
    await made.cycle.send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    assert made.cycle.response_started
    await made.cycle.send({"type": "http.response.body", "body": b"{}"})
    assert told == [(True, 2)], "head and body are written one after the other: WholeReplies joins them"
    assert transport.written[0].startswith(STATUS_LINE[200])


async def test_a_body_is_kept_for_who_receives_it_and_reading_stops_at_a_bound() -> None:
    made, transport = connected()
    made.data_received(request(b"x" * (HIGH_WATER_LIMIT + 1))[:-1])
    assert made.cycle.more_body
    assert transport.is_reading
    made.data_received(b"x")
    assert not transport.is_reading
    message = await made.cycle.receive()
    assert (len(message["body"]), message["more_body"]) == (HIGH_WATER_LIMIT + 1, False)  # type: ignore[typeddict-item]
    assert transport.is_reading
    assert made.cycle.body == b""


def test_a_server_reads_its_grace_when_it_stops_and_keeps_what_our_own_sets() -> None:
    source = inspect.getsource(uvicorn.Server)
    for name in ("should_exit", "force_exit", "self.config.timeout_graceful_shutdown", "self.servers"):
        assert name in source
    config = uvicorn.Config(_application, http=HttpToolsProtocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    config.load()
    assert config.http_protocol_class is HttpToolsProtocol
    assert (server.should_exit, server.force_exit) == (False, False)
    assert server.server_state.connections == set()


def test_our_own_classes_override_what_is_called() -> None:
    assert protocol.BoundedProtocol.__mro__[:3] == (
        protocol.BoundedProtocol,
        strict_reading.StrictReading,
        HttpToolsProtocol,
    )
    assert issubclass(http_server._Server, uvicorn.Server)


def test_the_parser_hands_on_what_its_callbacks_raise_and_takes_any_buffer() -> None:
    class Callbacks:
        def on_message_begin(self) -> None:
            raise ValueError("stop")

    parser = httptools.HttpRequestParser(Callbacks())
    with pytest.raises(httptools.HttpParserError):
        parser.feed_data(memoryview(request()))
