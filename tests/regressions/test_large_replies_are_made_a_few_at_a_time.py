"""Sixty requests at once for a page of 28 MB took 2.5 GB: the bytes of replies counted only when they were made. And as
each was handed to its connection whole, most were cut off by the bound of untaken replies, although their clients read.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest

from composed import ComposedServer
from counterseal.crypto import sign_stamp
from counterseal.engine.render import Renderer
from counterseal.http.large_replies import PLACES
from counterseal.queries.activities import list_activities
from served import RunningServer

READERS = 20
LIST = "/public/v1/query/list_activities"
LARGE_POLICY = {"effect": "EFFECT_ALLOW", "condition": "true", "consensus": "true", "notes": "\N{GRINNING FACE}" * 4096}
"""Of 48 KiB as ``json.dumps`` writes it, and shown twice."""


def policies(number: int) -> dict[str, Any]:
    """Parameters of nearly 1 MiB."""
    return {"policies": [LARGE_POLICY | {"policyName": f"{number} {at}"} for at in range(20)]}


async def test_no_more_are_begun_than_there_are_places(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    large = [(await server.submit("CREATE_POLICIES", policies(number))).activity["id"] for number in range(3)]
    begun: set[Any] = set()
    most = 0
    votes, joined = Renderer._votes, list_activities.joined

    async def counted_votes(*arguments: Any) -> list[bytes]:
        nonlocal most
        begun.add(asyncio.current_task())
        most = max(most, len(begun))
        return await votes(*arguments)

    async def counted_joined(parts: list[bytes]) -> bytes:
        whole = await joined(parts)
        begun.discard(asyncio.current_task())
        return whole

    monkeypatch.setattr(Renderer, "_votes", counted_votes)
    monkeypatch.setattr(list_activities, "joined", counted_joined)
    replies = await asyncio.gather(*(server.query("list_activities") for _ in range(READERS)))
    for reply in replies:
        assert [each["id"] for each in reply.json["activities"]][: len(large)] == large[::-1]
    assert most == PLACES


async def test_a_reply_that_fails_leaves_its_place(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    await server.submit("CREATE_POLICIES", policies(0))

    async def fail(*_: Any) -> list[bytes]:
        raise LookupError("nothing there")

    with monkeypatch.context() as patched:
        patched.setattr(Renderer, "_votes", fail)
        replies = await asyncio.gather(*(server.query("list_activities") for _ in range(3 * PLACES)))
        assert {reply.status for reply in replies} == {500}
    assert (await server.query("list_activities")).status == 200


def test_who_reads_gets_all_of_it_beside_many_and_beside_some_who_do_not(
    start_server: Callable[..., RunningServer],
) -> None:
    server = start_server("--log-level=warning", "--held-reply-bytes-max=8388608")
    for number in range(4):
        assert server.submit("create_policies", "CREATE_POLICIES", policies(number))[0] == 200
    body = json.dumps({"organizationId": server.organization_id}).encode()
    head = f"POST {LIST} HTTP/1.1\r\nhost: x\r\nx-stamp: {sign_stamp(server.key, body)}\r\ncontent-length: {len(body)}"
    request = f"{head}\r\n\r\n".encode() + body
    with ExitStack() as sockets:
        for _ in range(PLACES):
            _idle(server, request, sockets)
        replies = asyncio.run(_all_read(server, request))
    assert len(replies) == READERS
    assert {len(json.loads(reply)["activities"]) for reply in replies} == {4}
    assert server.stop() == 0


def _idle(server: RunningServer, request: bytes, sockets: ExitStack) -> None:
    address = urlsplit(server.url)
    idle = sockets.enter_context(socket.socket())
    idle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    idle.connect((address.hostname, address.port))
    idle.sendall(request)


async def _all_read(server: RunningServer, request: bytes) -> list[bytes]:
    """The bodies of as many replies, asked for at once. Raises IncompleteReadError for one that is cut off."""
    address = urlsplit(server.url)

    async def read() -> bytes:
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.partition(b"content-length: ")[2].split()[0])
        body = await reader.readexactly(size)
        writer.close()
        return body

    async with asyncio.timeout(120):
        return await asyncio.gather(*(read() for _ in range(READERS)))
