"""A server of one small application on this loop, whose connections have small limits, and clients on real sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest_asyncio
import uvicorn

from counterseal.http.addresses import TrustedProxies
from counterseal.http.body import ClientGone, RequestBody
from counterseal.http.open_connections import ConnectionLimits
from counterseal.http.protocol import protocol_with

LIMITS = ConnectionLimits(
    connections_max=8,
    head_bytes_max=8192,
    head_seconds_max=0.2,
    idle_seconds_max=0.3,
    reply_seconds_max=0.3,
)
PATIENCE_SECONDS = 10
LARGE_REPLY_BYTES = 16 * 1024 * 1024
PART_BYTES = 256 * 1024

Connect = Callable[..., Awaitable["Connection"]]


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers with the body, its header names and its path; four paths behave in ways of their own."""
    try:
        incoming = RequestBody(receive, [])
        body = b"" if scope["path"] == "/unread" else await incoming.read(bytes_max=10**9, seconds_max=5)
    except ClientGone:
        return
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    reply = json.dumps([scope["path"], body.decode(), [name.decode() for name, _ in scope["headers"]]]).encode()
    if scope["path"] in {"/large", "/parts"}:
        reply = b"x" * LARGE_REPLY_BYTES
    length = (b"content-length", str(len(reply)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    while scope["path"] == "/parts" and reply:
        await send({"type": "http.response.body", "body": reply[:PART_BYTES], "more_body": True})
        reply = reply[PART_BYTES:]
    await send({"type": "http.response.body", "body": reply})


class Connection:
    """A client's socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        with contextlib.suppress(ConnectionError):
            await self.writer.drain()

    def stop_reading(self) -> None:
        """Take nothing more than the system takes by itself."""
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]

    async def is_hung_up_on(self) -> bool:
        """Whether the server has closed it, without a word, by now or soon."""
        return await self.rest() == b""

    async def reply(self) -> tuple[int, bytes]:
        """Status and body of the next reply."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            return int(head.split()[1]), await self.reader.readexactly(int(length.split()[1]))

    async def rest(self) -> bytes:
        """All that comes until the server hangs up."""
        parts = [b"."]
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionError):
                while parts[-1]:
                    parts.append(await self.reader.read(65_536))
        return b"".join(parts[1:])


@contextlib.asynccontextmanager
async def serving(
    limits: ConnectionLimits, trusted_proxies: TrustedProxies | None = None
) -> AsyncIterator[uvicorn.Server]:
    """It answers as ``echo`` does."""
    protocol = protocol_with(limits, trusted_proxies)
    config = uvicorn.Config(
        echo, host="127.0.0.1", port=0, http=protocol, ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield server
    server.should_exit = True
    server.force_exit = True
    await task


@contextlib.asynccontextmanager
async def clients_of(server: uvicorn.Server) -> AsyncIterator[Connect]:
    """Opens connections to it, from any address of this machine."""
    opened: list[Connection] = []

    async def open_one(address: str = "127.0.0.1") -> Connection:
        host, port = server.servers[0].sockets[0].getsockname()
        opened.append(Connection(*await asyncio.open_connection(host, port, local_addr=(address, 0))))
        return opened[-1]

    yield open_one
    for each in opened:
        each.writer.transport.abort()


@pytest_asyncio.fixture
async def echo_server() -> AsyncIterator[uvicorn.Server]:
    """One with ``LIMITS``."""
    async with serving(LIMITS) as server:
        yield server


@pytest_asyncio.fixture
async def connect(echo_server: uvicorn.Server) -> AsyncIterator[Connect]:
    """Opens connections to it."""
    async with clients_of(echo_server) as open_one:
        yield open_one


def post(body: bytes = b"hello", path: str = "/", *headers: str) -> bytes:
    """A whole request."""
    lines = [f"POST {path} HTTP/1.1", "host: x", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
