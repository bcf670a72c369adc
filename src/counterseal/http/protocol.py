"""HTTP/1.1 on one connection, within limits of size and time that uvicorn and httptools do not have by themselves.

A connection must deliver each request's head within ``head_seconds_max`` and ``head_bytes_max``; bodies are bounded by
``RequestBody``, and what all connections take together by ``OpenConnections``. What is not HTTP is answered 400, 408,
414 or 431 with the API's envelope; the connection is closed. While an earlier request on the connection is still
unanswered it is closed without a word, because the refusal would be taken for that request's answer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar

import structlog
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from counterseal.contract import error_envelope
from counterseal.contract.errors import InvalidRequest, Refused, Unavailable
from counterseal.http.addresses import TrustedProxies
from counterseal.http.held_bytes import UNCOUNTED_BYTES_MAX
from counterseal.http.large_replies import HANG_UP
from counterseal.http.open_connections import ConnectionLimits, OpenConnections
from counterseal.http.strict_reading import Part, StrictReading, Unreadable
from counterseal.http.whole_replies import WholeReplies

PIPELINED_MAX = 16
"""Requests that may wait on one connection behind the one being answered."""

DRAIN_SECONDS = 1.0
"""How long a server that stops lets idle connections be: who sends another request meanwhile is still answered, and
told that it was the last."""

_log = structlog.get_logger("counterseal.http")


class BoundedProtocol(StrictReading):
    """A connection within ``limits``. Timers are armed only for what does not arrive in one piece."""

    open_connections: ClassVar[OpenConnections]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.timeout_keep_alive = self.limits.idle_seconds_max  # type: ignore[assignment]  # seconds, for call_later
        self._has_begun = False
        self._request_sizes: deque[int] = deque()  # of those that are not answered, oldest first
        self._request_bytes = 0
        self._due: tuple[RequestResponseCycle, Any] | None = None
        self._is_draining = False
        self._head_timer = _Timer(self.loop, self.limits.head_seconds_max, self._head_is_late)
        self._reply_timer = _Timer(self.loop, self.limits.reply_seconds_max, self._reply_is_late)

    # -- the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.flow = _Flow(transport, self.pipeline)
        self._replies = WholeReplies(transport)
        transport.set_write_buffer_limits(high=UNCOUNTED_BYTES_MAX)
        if not self.open_connections.admit(self, self.client[0] if self.client else ""):
            transport.abort()
            return
        self._watch_head()

    def shutdown(self) -> None:
        """The server stops: answer what comes within ``DRAIN_SECONDS``, and say that it was the last."""
        self._is_draining = True
        if self._is_answering:
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(DRAIN_SECONDS, self._close_if_idle)

    def _close_if_idle(self) -> None:
        if self.part is Part.NOTHING and not self._is_answering:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.open_connections.forget(self)
        self._unset_keepalive_if_required()
        self._head_timer.stop()
        self._reply_timer.stop()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came for ``idle_seconds_max``; a reply that the client does not take is given up, too."""
        self.transport.abort() if self.transport.get_write_buffer_size() else self.transport.close()

    # -- what it takes, and whose turn it is: see ``OpenConnections``

    def request_bytes(self) -> int:
        """How many bytes are held of requests that are not answered yet."""
        return self._request_bytes

    def reply_bytes(self) -> int:
        """How many bytes of replies wait to be taken."""
        return self.transport.get_write_buffer_size()

    def give_up(self) -> None:
        """Others need the place, and what is held for it."""
        _log.info("connection given up")
        for cycle in (self.cycle, *(cycle for cycle, _ in self.pipeline)):
            if cycle is not None:
                cycle.body.clear()
        self.transport.abort()

    def pause_writing(self) -> None:
        """The client takes its replies too slowly: it has ``reply_seconds_max`` to catch up."""
        super().pause_writing()
        self._reply_timer.start()
        self.open_connections.hold_reply(self)
        self._tell_turn()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self._is_replying:
            self._reply_timer.stop()
        self.open_connections.release_reply(self)
        if self._due is not None:
            due, self._due = self._due, None
            super()._start_asgi_task(*due)
        self._tell_turn()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """No reply is made before the one before it is taken: no more than one is held for a connection."""
        if self.flow.write_paused:
            self._due = cycle, app
        else:
            super()._start_asgi_task(cycle, app)

    def _tell_turn(self) -> None:
        """Whether there is anything for the server to do before the client sends or takes something."""
        has_request = self._is_answering and (self.pipeline or not self.cycle.more_body)
        if has_request and not self.flow.write_paused:
            self.open_connections.work(self)
        else:
            self.open_connections.wait(self)

    # -- requests

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        try:
            self.read(data)
        except Unreadable as unreadable:
            self._refuse(unreadable.status, unreadable.refused)
            return
        if self._head_timer.is_running or self.part is not Part.NOTHING or not self._is_answering:
            self._watch_head()
            if self._has_begun:
                self._has_begun = False
                self._tell_turn()  # a request that has just begun has not been waited for

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._has_begun = True

    def on_head(self) -> None:
        if len(self.pipeline) >= PIPELINED_MAX:
            reason = f"too many requests before the first answer: expected at most {PIPELINED_MAX}"
            self.stop(400, InvalidRequest(reason))
        self._request_sizes.append(0)
        if self._is_answering:  # one that is not answered at once: there may be many in one piece
            self._hold(len(self.url) + sum(len(name) + len(value) for name, value in self.headers))
        super().on_head()
        self.scope[HANG_UP] = self.give_up  # type: ignore[literal-required]  # for our application alone
        self.cycle.transport = self._replies  # type: ignore[assignment]  # all that a cycle needs of a transport
        if self._is_draining:
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        if not self.cycle.response_complete:
            self._hold(len(body))
        if not self.transport.is_closing():  # nor has it just been given up
            super().on_body(body)

    def on_request(self) -> None:
        self._has_begun = False
        super().on_request()
        self._tell_turn()

    def on_response_complete(self) -> None:
        """The rest of a body that is answered already is not waited for."""
        self._replies.end()
        if not self.flow.write_paused:
            self._reply_timer.stop()
        answered_early = self.cycle.more_body and self.cycle.response_complete
        was_counted = self._request_bytes > UNCOUNTED_BYTES_MAX
        self._request_bytes -= self._request_sizes.popleft()
        if was_counted:
            self.open_connections.release_request(self)
        super().on_response_complete()
        self._tell_turn()
        if answered_early or self.transport.is_closing():
            self._close()

    def _hold(self, size: int) -> None:
        if self.transport.is_closing():
            return
        self._request_sizes[-1] += size
        self._request_bytes += size
        if self._request_bytes > UNCOUNTED_BYTES_MAX and not self.open_connections.hold_request(self):
            self.stop(503, Unavailable("the server holds too many requests: send the same request again later"))

    # -- limits

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _is_replying(self) -> bool:
        """Whether there is more to come of a reply in parts: all of it has ``reply_seconds_max``."""
        return self._is_answering and self.cycle.response_started

    def _watch_head(self) -> None:
        """Have a timer run exactly while the client owes a head or the rest of one."""
        if self.part is Part.HEAD or (self.part is Part.NOTHING and not self._is_answering):
            self._head_timer.start()
        else:
            self._head_timer.stop()

    def _head_is_late(self) -> None:
        if self.part is Part.HEAD:
            reason = f"request head too slow: expected it within {self.limits.head_seconds_max:g} seconds"
            self._refuse(408, InvalidRequest(reason))
        else:
            self.transport.close()

    def _reply_is_late(self) -> None:
        self.transport.abort()

    def _refuse(self, status: int, refused: Refused) -> None:
        _log.info("connection refused", status=status, reason=refused.message)
        if self._is_answering:
            body_is_missing = self.cycle.more_body and not self.cycle.response_started
            if self.pipeline or not body_is_missing:
                self.transport.close()
                return
            self.cycle.disconnected = True  # so that the application does not answer as well
            self.cycle.message_event.set()
        body = error_envelope(refused)
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + head + body)
        self._close()

    def _close(self) -> None:
        """Close once what is written is taken, which may not last for ever."""
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._reply_timer.start()


class _Flow(FlowControl):
    """Nothing more is read while whole requests wait for their turn."""

    def __init__(self, transport: asyncio.Transport, pipeline: deque[Any]) -> None:
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        if not self._pipeline:
            super().resume_reading()


class _Timer:
    """Calls once it has run for ``seconds``, unless it is stopped."""

    __slots__ = ("_call", "_handle", "_loop", "_seconds")

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, call: Callable[[], None]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._call = call
        self._handle: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._handle is not None

    def start(self) -> None:
        """Let it run; from now, unless it runs already."""
        if self._handle is None:
            self._handle = self._loop.call_later(self._seconds, self._call)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


def protocol_with(limits: ConnectionLimits, trusted_proxies: TrustedProxies | None = None) -> type[BoundedProtocol]:
    """The protocol for ``uvicorn.Config(http=…)``, which takes a class and no arguments for it. Connections of one such
    class share its limits."""
    open_connections = OpenConnections(limits, trusted_proxies or TrustedProxies())
    return type("BoundedProtocol", (BoundedProtocol,), {"limits": limits, "open_connections": open_connections})
