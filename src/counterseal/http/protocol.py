"""HTTP/1.1 on one connection, within limits of size and time that uvicorn and httptools do not have by themselves.

A connection must deliver each request's head within ``head_seconds_max`` and ``head_bytes_max``; bodies are bounded by
``RequestBody``. What is not HTTP is answered 400, 408, 414 or 431 with the API's envelope; the connection is closed.
While an earlier request on the connection is still unanswered it is closed without a word, because the refusal would be
taken for that request's answer.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any, ClassVar, NoReturn

import httptools
import msgspec
import structlog
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from counterseal.contract import error_envelope
from counterseal.contract.errors import InvalidRequest
from counterseal.http.body import BODY_HAS_COME
from counterseal.http.whole_replies import WholeReplies

TARGET_BYTES_MAX = 2048
"""Bytes of a request's target. The longest path of the API has about ninety."""

PIPELINED_MAX = 64
"""Requests that may wait on one connection behind the one being answered."""

FRAMING_BYTES_PER_BYTE = 8
"""A chunk of one byte, the smallest there is, comes in six."""

DRAIN_SECONDS = 1.0
"""How long a server that stops lets idle connections be: who sends another request meanwhile is still answered, and
told that it was the last."""

_log = structlog.get_logger("counterseal.http")


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What connections may take: how many at once, how large a request's head is, and how long each step lasts."""

    connections_max: int = 800
    head_bytes_max: int = 16 * 1024
    head_seconds_max: float = 10.0
    idle_seconds_max: float = 75.0
    reply_seconds_max: float = 30.0


class Part(Enum):
    """What the connection is in the middle of receiving."""

    NOTHING = 0
    HEAD = 1
    BODY = 2


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with ``limits``. Timers are armed only for what does not arrive in one piece."""

    limits: ClassVar[ConnectionLimits] = ConnectionLimits()

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.timeout_keep_alive = self.limits.idle_seconds_max  # type: ignore[assignment]  # seconds, for call_later
        self._part = Part.NOTHING
        self._overhead_bytes = 0
        self._piece_bytes = 0
        self._refusal = (400, "malformed HTTP request")
        self._is_draining = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._reply_timer: asyncio.TimerHandle | None = None

    # -- the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._replies = WholeReplies(transport)
        if len(self.connections) > self.limits.connections_max:
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
        if self._part is Part.NOTHING and not self._is_answering:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._stop_head_timer()
        self._stop_reply_timer()

    def timeout_keep_alive_handler(self) -> None:
        """Nothing came for ``idle_seconds_max``; a reply that the client does not take is given up, too."""
        self.transport.abort() if self.transport.get_write_buffer_size() else self.transport.close()

    def pause_writing(self) -> None:
        """The client takes its replies too slowly: it has ``reply_seconds_max`` to catch up."""
        super().pause_writing()
        self._start_reply_timer()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_reply_timer()

    # -- requests

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        self._piece_bytes = len(data)
        if self._part is not Part.NOTHING:
            self._overhead_bytes += len(data)
            if self._part is Part.HEAD and self._overhead_bytes > self.limits.head_bytes_max:
                self._refuse(431, self._head_too_large)
                return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._refuse(*self._refusal)
            return
        if self._part is Part.BODY and self._overhead_bytes > self.limits.head_bytes_max:
            self._refuse(431, self._head_too_large)  # only now is it known what of the piece was body
            return
        if self._head_timer is not None or self._part is not Part.NOTHING or not self._is_answering:
            self._watch_head()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._part = Part.HEAD
        self._overhead_bytes = 0

    def on_headers_complete(self) -> None:
        """Upgrades are refused rather than ignored: the parser would lose the body of such a request."""
        if len(self.url) > TARGET_BYTES_MAX:
            self._stop_parsing(414, f"request target too long: expected at most {TARGET_BYTES_MAX} bytes")
        if self._is_too_large(self.headers):
            self._stop_parsing(431, self._head_too_large)
        if self.parser.should_upgrade():
            self._stop_parsing(400, "protocol upgrades and tunnels are not supported")
        if len(self.pipeline) >= PIPELINED_MAX:
            self._stop_parsing(400, f"too many requests before the first answer: expected at most {PIPELINED_MAX}")
        self._part = Part.BODY
        self._overhead_bytes = 0
        super().on_headers_complete()
        self.cycle.transport = self._replies  # type: ignore[assignment]  # all that a cycle needs of a transport
        if self._is_draining:
            self.cycle.keep_alive = False
        self.headers = []  # trailers end here, away from the headers (RFC 9110, section 6.5.1)

    def on_body(self, body: bytes) -> None:
        """A body's chunks pay for their framing; what is left is bounded like a head: trailers, extensions."""
        self._overhead_bytes -= len(body) * (1 + FRAMING_BYTES_PER_BYTE)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._part = Part.NOTHING
        if self.headers and self._is_too_large(self.headers):
            self._stop_parsing(431, self._head_too_large)
        self.scope[BODY_HAS_COME] = True  # type: ignore[literal-required]  # for our application alone
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The rest of a body that is answered already is not waited for."""
        self._replies.end()
        answered_early = self.cycle.more_body and self.cycle.response_complete
        super().on_response_complete()
        if answered_early or self.transport.is_closing():
            self._close()

    # -- limits

    @property
    def _head_too_large(self) -> str:
        return f"request head too large: expected at most {self.limits.head_bytes_max} bytes"

    def _is_too_large(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Measured only if all that has come could be too much: that is never so for honest clients."""
        if self._overhead_bytes + self._piece_bytes <= self.limits.head_bytes_max:
            return False
        return sum(len(name) + len(value) + len(b": \r\n") for name, value in headers) > self.limits.head_bytes_max

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _watch_head(self) -> None:
        """Have a timer run exactly while the client owes a head or the rest of one."""
        if self._part is Part.HEAD or (self._part is Part.NOTHING and not self._is_answering):
            if self._head_timer is None:
                self._head_timer = self.loop.call_later(self.limits.head_seconds_max, self._head_is_late)
        else:
            self._stop_head_timer()

    def _head_is_late(self) -> None:
        if self._part is Part.HEAD:
            self._refuse(408, f"request head too slow: expected it within {self.limits.head_seconds_max:g} seconds")
        else:
            self.transport.close()

    def _stop_parsing(self, status: int, message: str) -> NoReturn:
        """Leave the parser, which hands exceptions of its callbacks on as HttpParserError."""
        self._refusal = status, message
        raise ValueError(message)

    def _refuse(self, status: int, message: str) -> None:
        _log.info("connection refused", status=status, reason=message)
        if self._is_answering:
            body_is_missing = self.cycle.more_body and not self.cycle.response_started
            if self.pipeline or not body_is_missing:
                self.transport.close()
                return
            self.cycle.disconnected = True  # so that the application does not answer as well
            self.cycle.message_event.set()
        body = error_envelope(InvalidRequest(message))
        head = b"content-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
        self.transport.write(STATUS_LINE[status] + head + body)
        self._close()

    def _close(self) -> None:
        """Close once what is written is taken, which may not last for ever."""
        self.transport.close()
        if self.transport.get_write_buffer_size():
            self._start_reply_timer()

    # -- timers

    def _start_reply_timer(self) -> None:
        if self._reply_timer is None:
            self._reply_timer = self.loop.call_later(self.limits.reply_seconds_max, self.transport.abort)

    def _stop_reply_timer(self) -> None:
        if self._reply_timer is not None:
            self._reply_timer.cancel()
            self._reply_timer = None

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def protocol_with(limits: ConnectionLimits) -> type[BoundedProtocol]:
    """The protocol for ``uvicorn.Config(http=…)``, which takes a class and no arguments for it."""
    return type("BoundedProtocol", (BoundedProtocol,), {"limits": limits})
