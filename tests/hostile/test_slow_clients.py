"""Clients that take their time, by the hundred, on a real server: none is waited for, everybody else is served."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import pytest

from counterseal.crypto import sign_stamp
from hostile.exchange import PATIENCE_SECONDS
from served import RunningServer

CLIENTS = 150
OPTIONS = (
    "--log-level=warning",
    "--head-seconds-max=1",
    "--body-seconds-max=1",
    "--idle-seconds-max=1",
    "--reply-seconds-max=1",
)

PATH = "/public/v1/query/whoami"
HEAD = f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\n".encode()

SLOW = {
    "says nothing": (b"", b""),
    "sends blank lines": (b"", b"\r\n"),
    "stops in the request line": (b"POST /pub", b""),
    "stops in a header": (HEAD + b"x: ", b""),
    "drips a header": (HEAD + b"x: ", b"y"),
    "drips headers": (HEAD, b"x: y\r\n"),
    "stops before the body": (HEAD + b"content-length: 100\r\n\r\n", b""),
    "drips the body": (HEAD + b"content-length: 1000\r\n\r\n", b" "),
    "drips chunks": (HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "drips a chunk's extension": (HEAD + b"transfer-encoding: chunked\r\n\r\n1;", b"x"),
    "drips trailers": (HEAD + b"transfer-encoding: chunked\r\n\r\n0\r\n", b"x: y\r\n"),
    "drips a body nobody reads": (b"PUT /nothing HTTP/1.1\r\ncontent-length: 1000\r\n\r\n", b" "),
}


@pytest.mark.slow
def test_slow_clients_are_hung_up_on_while_others_are_served(start_server: Callable[..., RunningServer]) -> None:
    server = start_server(*OPTIONS)
    asyncio.run(_besiege(server))
    assert server.query("whoami")[0] == 200


async def _besiege(server: RunningServer) -> None:
    names = [list(SLOW)[number % len(SLOW)] for number in range(CLIENTS)]
    clients = [asyncio.create_task(_slow_client(server, *SLOW[name]), name=name) for name in names]
    body = json.dumps({"organizationId": server.organization_id}).encode()
    while not all(client.done() for client in clients):
        status, _ = await asyncio.to_thread(server.post, PATH, body, sign_stamp(server.key, body))
        assert status == 200
    for client in clients:
        status = client.result()
        assert status is None or 400 <= status < 500, f"{client.get_name()}: {status}"


async def _slow_client(server: RunningServer, first: bytes, drip: bytes) -> int | None:
    """The status it was answered with, None for a connection closed without a word; TimeoutError if neither."""
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    reply = asyncio.create_task(_all_of(reader))
    writer.write(first)
    until = time.monotonic() + PATIENCE_SECONDS
    while not reply.done():
        if time.monotonic() > until:
            raise TimeoutError
        if not writer.is_closing():
            writer.write(drip)
        await asyncio.sleep(0.1)
    writer.transport.abort()
    return int(reply.result()[9:12]) if reply.result() else None


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    parts = []
    try:
        while part := await reader.read(65_536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


@pytest.mark.slow
def test_limits_of_requests_a_second_hold_on_a_socket(start_server: Callable[..., RunningServer]) -> None:
    server = start_server("--requests-per-second=3", "--trusted-proxies=127.0.0.0/8")
    replies = [server.query("whoami") for _ in range(8)]
    assert [status for status, _ in replies[:3]] == [200, 200, 200]
    refused = [reply for status, reply in replies if status == 429]
    assert refused
    assert refused[0]["code"] == 8
