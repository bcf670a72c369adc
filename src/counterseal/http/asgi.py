"""The ASGI application: a table of paths, one handler for the API, and a few pages beside it.

Plain ASGI and a dictionary: the contract is some hundred and eighty fixed POST paths, and a framework would cost as
much time as verifying a signature. Replies carry ``Content-Type: application/json`` without a charset, because the Rust
client compares it for equality before it looks at the status.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog

from counterseal.contract import Operation, error_envelope, operation_for
from counterseal.contract.errors import InternalFault, NotFound, NotImplementedHere, Refused
from counterseal.engine import Engine, Request
from counterseal.http.body import ClientGone, Receive, read_body
from counterseal.http.cors import CORS_HEADERS, PREFLIGHT_HEADERS
from counterseal.http.stamp_headers import stamp_of
from counterseal.world import Random, new_id

Send = Callable[[dict[str, Any]], Awaitable[None]]
Scope = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
Page = Callable[[], Awaitable[tuple[int, bytes]]]

_JSON = (b"content-type", b"application/json")

_log = structlog.get_logger("counterseal.http")


class HttpLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What one request may take."""

    body_bytes_max: int = 1024 * 1024
    body_seconds_max: float = 30.0


class HttpApp:
    """Serves the engine. ``pages`` are GET paths beside the API: health and the public identities."""

    def __init__(
        self, engine: Engine, *, random: Random, pages: dict[str, Page], limits: HttpLimits | None = None
    ) -> None:
        self._engine = engine
        self._random = random
        self._pages = pages
        self._limits = limits or HttpLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One HTTP exchange."""
        started = time.perf_counter()
        request_id = new_id(self._random)
        try:
            status, body, headers = await self._respond(scope, receive)
        except ClientGone:
            return
        except Refused as refused:
            status, body, headers = refused.http, error_envelope(refused), [_JSON]
            if refused.http >= 500 or refused.http == 413:  # the body may not have been read
                headers.append((b"connection", b"close"))
        except Exception as error:
            _log.exception("request failed", request_id=request_id, kind=type(error).__name__)
            fault = InternalFault(f"internal server error ({request_id})")
            status, body, headers = fault.http, error_envelope(fault), [_JSON]
        headers += [(b"content-length", str(len(body)).encode()), (b"x-request-id", request_id.encode()), *CORS_HEADERS]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        _log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round((time.perf_counter() - started) * 1000, 2),
        )

    async def _respond(self, scope: Scope, receive: Receive) -> tuple[int, bytes, Headers]:
        path = "/" + scope["path"].lstrip("/")
        method = scope["method"]
        operation = operation_for(path)
        if operation is None:
            return await self._page(path, method)
        if method == "OPTIONS":
            return 204, b"", list(PREFLIGHT_HEADERS)
        if method != "POST":
            raise NotImplementedHere("Method Not Allowed")
        return 200, await self._call(operation, scope, receive), [_JSON]

    async def _call(self, operation: Operation, scope: Scope, receive: Receive) -> bytes:
        headers = scope["headers"]
        body = await read_body(
            receive,
            headers,
            bytes_max=self._limits.body_bytes_max,
            seconds_max=self._limits.body_seconds_max,
        )
        self._engine.require_behaviour(operation)
        return await self._engine.answer(Request(operation=operation, body=body, stamp=stamp_of(headers)))

    async def _page(self, path: str, method: str) -> tuple[int, bytes, Headers]:
        page = self._pages.get(path)
        if page is None:
            raise NotFound("Not Found")
        if method not in {"GET", "HEAD"}:
            raise NotImplementedHere("Method Not Allowed")
        status, body = await page()
        return status, b"" if method == "HEAD" else body, [_JSON]
