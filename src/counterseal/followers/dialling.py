"""One POST to a webhook: over a connection to an address that was looked at, and to no other.

A name may stand for another address each time it is asked for, so the address that is looked at is the one that is
connected to; the name goes into the TLS handshake and the Host header. There are no redirects, no proxies and no second
request on a connection. Source: docs/threat-model.md, server side request forgery.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httptools

from counterseal.contract.webhook_urls import FREE_PORTS, HTTPS_PORT, is_port_called, is_public

CONNECT_SECONDS = 3.0
"""To resolve the name and to connect."""
WHOLE_SECONDS = 10.0
"""From the beginning to the end of the response."""
RESPONSE_BYTES_MAX = 64 * 1024
_RESOLVERS = 16
_READ_BYTES = 16 * 1024
_FINAL = 200

Address = IPv4Address | IPv6Address

Resolve = Callable[[str, int], Awaitable[list[Address]]]
"""The addresses of a host, the preferred one first. Raises OSError."""


class NotReached(Exception):
    """No response came; why, in a few words."""


class Target(NamedTuple):
    """Where a URL leads. ``authority`` is the Host header, ``path`` has the query with it."""

    is_tls: bool
    host: str
    port: int
    authority: str
    path: str

    @classmethod
    def of(cls, url: str) -> Target:
        """Of a URL that ``webhook_url`` has let pass."""
        parts = urlsplit(url)
        is_tls = parts.scheme == "https"
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(is_tls, parts.hostname or "", parts.port or (HTTPS_PORT if is_tls else 80), parts.netloc, path)


class Dialler:
    """Makes the connections. ``is_private_allowed``: no address is refused."""

    def __init__(
        self, *, is_private_allowed: bool = False, tls: ssl.SSLContext | None = None, resolve: Resolve | None = None
    ) -> None:
        self._is_private_allowed = is_private_allowed
        self._tls = tls or ssl.create_default_context()
        self._threads = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="webhook-names")
        self._resolve = resolve or self._ask_system

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """Send the body and give the status of the response, of which the rest is dropped. Raises NotReached."""
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._post(Target.of(url), headers, body)
        except TimeoutError:
            raise NotReached(f"no response within {WHOLE_SECONDS:g} seconds") from None
        except OSError as error:
            raise NotReached(_words(error)) from None

    def close(self) -> None:
        """Resolve no more names."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _post(self, target: Target, headers: Mapping[str, str], body: bytes) -> int:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, writer = await self._connect(target)
        except TimeoutError:
            raise NotReached(f"no connection within {CONNECT_SECONDS:g} seconds") from None
        try:
            writer.write(_head(target, headers, len(body)))
            writer.write(body)
            await writer.drain()
            return await _status(reader)
        finally:
            writer.transport.abort()

    async def _connect(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        addresses = await self._resolve(target.host, target.port)
        self._require_public(target, addresses)
        tls: dict[str, Any] = {"ssl": self._tls, "server_hostname": target.host} if target.is_tls else {}
        fault: OSError | None = None
        for address in addresses:
            try:
                return await asyncio.open_connection(str(address), target.port, limit=RESPONSE_BYTES_MAX, **tls)
            except OSError as error:
                fault = error
        raise fault or OSError("the name has no address")

    def _require_public(self, target: Target, addresses: list[Address]) -> None:
        """All of them: a name with one that is not public is not one that was meant to be called."""
        if self._is_private_allowed:
            return
        for address in addresses:
            if not is_public(address):
                raise NotReached(f"{address} is no public address")
        if not target.is_tls:
            raise NotReached("expected https")
        if not is_port_called(target.port):
            raise NotReached(f"expected port {HTTPS_PORT} or from {FREE_PORTS} on, got {target.port}")

    async def _ask_system(self, host: str, port: int) -> list[Address]:
        """On threads of its own: names that take long keep nothing else waiting."""
        ask = asyncio.get_running_loop().run_in_executor
        found = await ask(self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        return [ip_address(place[0]) for *_, place in found]


def _head(target: Target, headers: Mapping[str, str], length: int) -> bytes:
    lines = [f"POST {target.path} HTTP/1.1", f"Host: {target.authority}", "Connection: close"]
    lines += [f"Content-Length: {length}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _status(reader: asyncio.StreamReader) -> int:
    """Read to the end of the response, or as far as it is read."""
    response = _Response()
    parser = httptools.HttpResponseParser(response)
    left = RESPONSE_BYTES_MAX
    try:
        while not response.is_over and left > 0:
            data = await reader.read(min(left, _READ_BYTES))
            if not data:
                break
            left -= len(data)
            response.status_of(parser, data)
    except (httptools.HttpParserError, httptools.HttpParserUpgrade):
        raise NotReached("what came is no response of HTTP/1.1") from None
    if response.status is None:
        raise NotReached("the connection ended before a response" if left else "the head of the response has no end")
    return response.status


class _Response:
    """What the parser tells: the status once the head is whole, but for those of informational responses."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.is_over = False
        self._parser: Any = None

    def status_of(self, parser: Any, data: bytes) -> None:
        self._parser = parser
        parser.feed_data(data)

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= _FINAL:
            self.status = status

    def on_message_complete(self) -> None:
        self.is_over = self.status is not None


def _words(error: OSError) -> str:
    """Without addresses, and the same whatever the event loop."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not valid: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "no TLS connection came about"
    if isinstance(error, socket.gaierror):
        return "the name has no address"
    return os.strerror(error.errno) if error.errno else "the connection failed"
