"""Refusals that leave before the body was read, over a real socket: the connection does what the reply says of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio
import uvicorn

from composed import ComposedServer
from counterseal.app import App
from counterseal.crypto import sign_stamp
from counterseal.http import ConnectionLimits, protocol_with
from counterseal.http.body import DISCARDED_BYTES_MAX
from counterseal.settings import Settings
from counterseal.store import SqliteStore

WHOAMI = "/public/v1/query/whoami"
PATIENCE_SECONDS = 20


class Reply(NamedTuple):
    """``keeps`` is whether the connection may be used again."""

    status: int
    body: bytes
    keeps: bool


class Client:
    """One connection to a server that lets one request of each client in, and whose clock stands still."""

    def __init__(self, server: ComposedServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self._reader = reader
        self._writer = writer

    def whoami(self) -> bytes:
        """The body of a good request."""
        return json.dumps({"organizationId": self.server.root.organization_id}).encode()

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def send_head(self, length: int, *headers: str, path: str = WHOAMI) -> None:
        lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {length}", *headers, "", ""]
        await self.send("\r\n".join(lines).encode())

    async def reply(self) -> Reply:
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            length = next(line for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
            body = await self._reader.readexactly(int(length.split()[1]))
        return Reply(int(head.split()[1]), body, b"\r\nconnection: close\r\n" not in head)

    async def is_hung_up_on(self) -> bool:
        async with asyncio.timeout(PATIENCE_SECONDS):
            with contextlib.suppress(ConnectionError):
                return await self._reader.read(1) == b""
            return True

    async def good_exchange(self) -> Reply:
        body = self.whoami()
        await self.send_head(len(body), f"X-Stamp: {sign_stamp(self.server.root.key, body)}")
        await asyncio.sleep(0.05)  # the head is there before the body is
        await self.send(body)
        return await self.reply()

    def close(self) -> None:
        self._writer.transport.abort()


@pytest_asyncio.fixture
async def client(server: ComposedServer) -> AsyncIterator[Client]:
    await server.app.stop()
    server.store = SqliteStore.open(server.directory.path / "counterseal.db")
    server.app = App.compose(
        Settings(data=server.directory.path, requests_per_second=1),
        directory=server.directory,
        store=server.store,
        keystore=server.keystore,
        clock=server.clock,
        random=server.random,
    )
    protocol = protocol_with(ConnectionLimits())
    config = uvicorn.Config(server.app, port=0, http=protocol, ws="none", lifespan="off", log_config=None)
    http = uvicorn.Server(config)
    http.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    serving = asyncio.create_task(http.serve())
    while not http.started:
        await asyncio.sleep(0.01)
    host, port = http.servers[0].sockets[0].getsockname()
    client = Client(server, *await asyncio.open_connection(host, port))
    assert (await client.good_exchange()).status == 200
    yield client
    client.close()
    http.should_exit = http.force_exit = True
    await serving


async def test_a_connection_survives_refusals_by_rate(client: Client) -> None:
    for _ in range(3):
        refused = await client.good_exchange()
        assert (refused.status, refused.keeps) == (429, True)
    client.server.clock.advance(seconds=1)
    answered = await client.good_exchange()
    assert (answered.status, answered.keeps) == (200, True)
    assert json.loads(answered.body)["userId"] == client.server.root.user_id


async def test_what_was_sent_behind_a_refused_request_is_answered_in_turn(client: Client) -> None:
    body = client.whoami()
    await client.send_head(len(body))
    await client.send(body + b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (await client.reply()).status == 429
    assert (await client.reply()).body == b'{"status":"live"}'


async def test_a_chunked_body_is_thrown_away_as_well(client: Client) -> None:
    await client.send(f"POST {WHOAMI} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
    await asyncio.sleep(0.05)
    await client.send(b"5\r\nhello\r\n0\r\n\r\n")
    refused = await client.reply()
    assert (refused.status, refused.keeps) == (429, True)
    assert (await client.good_exchange()).status == 429


@pytest.mark.parametrize(
    ("length", "headers"),
    [(DISCARDED_BYTES_MAX + 1, []), (5, ["Expect: 100-continue"]), (5, [])],
    ids=["large", "asked for", "never sent"],
)
async def test_a_connection_whose_body_is_not_waited_for_is_said_to_end_and_ends(
    client: Client, length: int, headers: list[str]
) -> None:
    await client.send_head(length, *headers)
    refused = await client.reply()  # `100 Continue` would be another status
    assert (refused.status, refused.keeps) == (429, False)
    assert await client.is_hung_up_on()


async def test_a_path_that_is_not_there_ends_no_connection(client: Client) -> None:
    await client.send_head(5, path="/nothing")
    await asyncio.sleep(0.05)
    await client.send(b"hello")
    missing = await client.reply()
    assert (missing.status, missing.keeps) == (404, True)
    assert (await client.good_exchange()).status == 429
