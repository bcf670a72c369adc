"""The ASGI application: a table of paths, one handler for the API, and a few pages beside it.

Plain ASGI and a dictionary: the contract is some two hundred fixed POST paths, and a framework would cost as
much time as verifying a signature. Replies carry ``Content-Type: application/json`` without a charset, because the Rust
client compares it for equality before it looks at the status.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

import msgspec
import structlog

from counterseal.contract import Operation, error_envelope, extension_for, operation_for
from counterseal.contract.errors import InternalFault, NotFound, NotImplementedHere, Refused
from counterseal.contract.letting_go import let_go
from counterseal.engine import Engine, Request, Trace
from counterseal.http.addresses import TrustedProxies, client_of
from counterseal.http.body import BODY_HAS_COME, ClientGone, Receive, RequestBody
from counterseal.http.cors import Cors
from counterseal.http.large_replies import HANG_UP, LargeReplies, Place
from counterseal.http.rate_limit import ClientRate
from counterseal.http.request_head import ASKED_FOR
from counterseal.http.stamp_headers import session_of, stamp_of
from counterseal.organizations import ANY_ADDRESS
from counterseal.world import Random, Turns, new_id

Send = Callable[[dict[str, Any]], Awaitable[None]]
Scope = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
Observe = Callable[[str, int, float], None]
"""Told of each reply: the operation's name, or ``page`` or ``unknown``; the status; and the seconds it took."""
LogRequest = Callable[[Trace, str, str, int, float], None]
"""Told of each reply: what is known of its request; the method; the path; the status; and the milliseconds it took."""

_JSON = (b"content-type", b"application/json")
_CLOSE = (b"connection", b"close")
_NO_CONTENT = 204
_LOGGED_PATH_MAX = 128
_PART_BYTES = 128 * 1024  # of a large reply: the next one waits until this one is nearly taken

_log = structlog.get_logger("counterseal.http")


class HttpLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one request may take."""

    body_bytes_max: int = 1024 * 1024
    body_seconds_max: float = 30.0


class PageReply(NamedTuple):
    """What a page answers."""

    status: int
    body: bytes
    content_type: bytes = b"application/json"
    cache_control: bytes | None = None


Page = Callable[[], Awaitable[PageReply]]
Pages = Callable[[str], Awaitable[PageReply]]
"""Pages below a path, by the rest of theirs. Raises Refused."""


class _Exchange(NamedTuple):
    """One request, and what comes of it on its way: ``rate_headers`` are filled in."""

    scope: Scope
    incoming: RequestBody
    trace: Trace
    place: Place
    rate_headers: Headers


class HttpApp:
    """Serves the engine. ``pages`` are GET paths beside the API: health, metrics and the public identities; with others
    below some paths, those of the ledger.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        random: Random,
        turns: Turns,
        pages: dict[str, Page],
        pages_below: dict[str, Pages] | None = None,
        limits: HttpLimits | None = None,
        client_rate: ClientRate | None = None,
        trusted_proxies: TrustedProxies | None = None,
        ip_allowlists: bool = True,
        cors: Cors | None = None,
        observe: Observe | None = None,
    ) -> None:
        self._engine = engine
        self._random = random
        self._turns = turns
        self._pages = pages
        self._pages_below = pages_below or {}
        self._limits = limits or HttpLimits()
        self._client_rate = client_rate
        self._trusted_proxies = trusted_proxies or TrustedProxies()
        self._ip_allowlists = ip_allowlists
        self._cors = cors or Cors()
        self._observe = observe
        self._large_replies = LargeReplies()
        self.log_request: LogRequest | None = None
        """Set by whoever has configured the logs."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP exchange."""
        place = Place(self._large_replies, receive, hang_up=scope.get(HANG_UP, lambda: None))
        try:
            await self._answer(scope, receive, send, place)
        finally:
            place.leave()

    async def _answer(self, scope: Scope, receive: Receive, send: Send, place: Place) -> None:
        started = time.perf_counter()
        request_id = new_id(self._random)
        trace = Trace(request_id=request_id)
        rate_headers: Headers = []
        path = scope[ASKED_FOR]
        operation = operation_for(path) or extension_for(path)
        incoming = RequestBody(
            receive,
            scope["headers"],
            has_come=scope.get(BODY_HAS_COME, False),
            take_turn=partial(self._take_turn, scope),
        )
        try:
            exchange = _Exchange(scope, incoming, trace, place, rate_headers)
            status, body, headers = await self._reply(operation, exchange)
            if not (incoming.is_whole or await incoming.is_over()):
                headers.append(_CLOSE)
        except ClientGone:
            return
        if status != _NO_CONTENT:  # such a reply may not have a length (RFC 9110, section 8.6)
            headers.append((b"content-length", str(len(body)).encode()))
        headers += [(b"x-request-id", request_id.encode()), *self._cors.reply_headers(scope["headers"]), *rate_headers]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await _send_body(b"" if scope["method"] == "HEAD" else body, send, place)
        seconds = time.perf_counter() - started
        if self._observe is not None:
            self._observe(self._name_of(operation, path), status, seconds)
        if self.log_request is not None:
            self.log_request(trace, scope["method"], _shown(path), status, seconds * 1000)

    def _name_of(self, operation: Operation | None, path: str) -> str:
        if operation is not None:
            return operation.name
        return "unknown" if self._page_at(path) is None else "page"

    async def _reply(self, operation: Operation | None, exchange: _Exchange) -> tuple[int, bytes, Headers]:
        """Status, body and headers, whatever happens; but ClientGone is handed on."""
        try:
            if operation is None:
                return await self._page(exchange.scope)
            return await self._respond(operation, exchange)
        except ClientGone:
            raise
        except Refused as refused:
            let_go(refused)
            return refused.http, error_envelope(refused), [_JSON]
        except Exception as error:
            _log.exception("request failed", request_id=exchange.trace.request_id, kind=type(error).__name__)
            let_go(error)
            fault = InternalFault(f"internal server error ({exchange.trace.request_id})")
            return fault.http, error_envelope(fault), [_JSON]

    async def _respond(self, operation: Operation, exchange: _Exchange) -> tuple[int, bytes, Headers]:
        scope = exchange.scope
        method = scope["method"]
        if method == "OPTIONS":
            return _NO_CONTENT, b"", list(self._cors.preflight_headers(scope["headers"]))
        if method != "POST":
            raise NotImplementedHere("Method Not Allowed")
        if self._client_rate is not None:
            self._client_rate.admit(scope, exchange.rate_headers)
        return 200, await self._call(operation, exchange), [_JSON]

    async def _call(self, operation: Operation, exchange: _Exchange) -> bytes:
        headers = exchange.scope["headers"]
        body = await exchange.incoming.read(
            bytes_max=self._limits.body_bytes_max, seconds_max=self._limits.body_seconds_max
        )
        self._engine.require_behaviour(operation)
        stamp = stamp_of(headers)
        session = session_of(headers) if stamp is None else None
        address = self._client_address(exchange.scope)
        return await self._engine.answer(
            Request(
                operation=operation,
                body=body,
                stamp=stamp,
                session=session,
                client_address=address if self._ip_allowlists else ANY_ADDRESS,
                trace=exchange.trace,
                take_turn=exchange.incoming.take_turn,
                take_place=partial(exchange.place.take, address),
            )
        )

    async def _take_turn(self, scope: Scope) -> None:
        """To take in some of a large body, or go through it: clients take turns, as it is not known yet whose it is."""
        await self._turns.next(client_of(self._client_address(scope)))

    def _client_address(self, scope: Scope) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        return self._trusted_proxies.client(peer, scope["headers"])

    async def _page(self, scope: Scope) -> tuple[int, bytes, Headers]:
        page = self._page_at(scope[ASKED_FOR])
        if page is None:
            raise NotFound("Not Found")
        if scope["method"] == "OPTIONS":
            return _NO_CONTENT, b"", list(self._cors.preflight_headers(scope["headers"]))
        if scope["method"] not in {"GET", "HEAD"}:
            raise NotImplementedHere("Method Not Allowed")
        reply = await page()
        headers = [(b"content-type", reply.content_type)]
        if reply.cache_control is not None:
            headers.append((b"cache-control", reply.cache_control))
        return reply.status, reply.body, headers

    def _page_at(self, path: str) -> Page | None:
        for prefix, below in self._pages_below.items():
            if path.startswith(prefix):
                return partial(below, path.removeprefix(prefix))
        return self._pages.get(path)


async def _send_body(body: bytes, send: Send, place: Place) -> None:
    """A large one in parts: it is not all in the connection's hands at once, and is seen to be taken."""
    if not place.is_taken:
        await send({"type": "http.response.body", "body": body})
        return
    rest = memoryview(body)
    while len(rest) > _PART_BYTES:
        place.next_part()
        await send({"type": "http.response.body", "body": rest[:_PART_BYTES], "more_body": True})
        rest = rest[_PART_BYTES:]
    place.next_part()
    await send({"type": "http.response.body", "body": rest})


def _shown(path: str) -> str:
    """A path as the log has it: clients choose it, and may choose a long one for each request."""
    path = path.partition("?")[0]
    return path if len(path) <= _LOGGED_PATH_MAX else f"{path[:_LOGGED_PATH_MAX]}…"
