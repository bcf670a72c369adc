"""What all connections take together, on real sockets: who goes when it is too much, and who stays."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn

from counterseal.http.addresses import TrustedProxies
from counterseal.http.held_bytes import UNCOUNTED_BYTES_MAX
from counterseal.http.open_connections import ConnectionLimits
from counterseal.http.protocol import PIPELINED_MAX, BoundedProtocol
from echoes import LARGE_REPLY_BYTES, PATIENCE_SECONDS, Connect, Connection, clients_of, post, serving

LIMITS = ConnectionLimits(
    connections_max=8,
    connections_per_address_max=4,
    held_request_bytes_max=400_000,
    held_reply_bytes_max=2 * LARGE_REPLY_BYTES,
)
HALF_SENT = {
    "nothing": b"",
    "request line": b"POST /pub",
    "head": b"POST / HTTP/1.1\r\nhost: x\r\nx: ",
    "body": b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nhalf",
    "chunk": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf",
    "trailer": b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ",
}


@pytest_asyncio.fixture
async def server() -> AsyncIterator[uvicorn.Server]:
    """A patient one: nobody goes because of the time."""
    async with serving(LIMITS) as server:
        yield server


@pytest_asyncio.fixture
async def connect(server: uvicorn.Server) -> AsyncIterator[Connect]:
    async with clients_of(server) as open_one:
        yield open_one


async def served(client: Connection) -> bool:
    await client.send(post())
    return (await client.reply())[0] == 200


async def settled(server: uvicorn.Server, connections: int) -> None:
    """Wait until the server has as many."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(server.server_state.connections) != connections:
            await asyncio.sleep(0.01)


def protocols(server: uvicorn.Server) -> list[BoundedProtocol]:
    return [each for each in server.server_state.connections if isinstance(each, BoundedProtocol)]


@pytest.mark.parametrize("sent", HALF_SENT.values(), ids=HALF_SENT)
async def test_half_sent_requests_of_one_address_shut_nobody_out(connect: Connect, sent: bytes) -> None:
    honest = await connect("127.0.0.2")
    assert await served(honest)
    slow = [await connect() for _ in range(20)]
    for each in slow:
        await each.send(sent)
    assert await served(await connect("127.0.0.3"))
    assert await served(honest)
    assert await served(await connect())
    for each in slow[:16]:
        assert await each.is_hung_up_on()


async def test_half_sent_requests_of_many_addresses_shut_nobody_out(connect: Connect) -> None:
    for number in range(50):
        await (await connect(f"127.0.1.{number}")).send(HALF_SENT["body"])
        assert await served(await connect("127.0.0.2"))


async def test_a_connection_that_is_being_answered_stays(connect: Connect) -> None:
    busy = [await connect() for _ in range(4)]
    for each in busy:
        await each.send(post(path="/slow"))
    await asyncio.sleep(0.1)
    assert await (await connect()).is_hung_up_on()
    assert [(await each.reply())[0] for each in busy] == [200] * 4
    assert await served(await connect())


async def test_an_idle_one_that_begins_a_request_is_not_the_oldest_any_more(connect: Connect) -> None:
    first, *others = [await connect() for _ in range(4)]
    for each in (first, *others):
        assert await served(each)
    head, body = post()[:-5], post()[-5:]
    await first.send(head)
    await asyncio.sleep(0.1)
    assert await served(await connect())
    assert await others[0].is_hung_up_on()
    await first.send(body)
    assert (await first.reply())[0] == 200


async def test_a_trusted_proxy_is_bounded_with_all_others_only() -> None:
    async with serving(LIMITS, TrustedProxies(["127.0.0.1/32"])) as server, clients_of(server) as connect:
        proxied = [await connect() for _ in range(8)]
        for each in proxied:
            assert await served(each)
        assert await served(await connect("127.0.0.2"))
        assert await proxied[0].is_hung_up_on()
        assert await served(proxied[1])


async def test_half_sent_bodies_are_bounded_over_all(connect: Connect, server: uvicorn.Server) -> None:
    clients = [await connect(f"127.0.2.{number}") for number in range(7)]
    for each in clients:
        await each.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 200000\r\n\r\n" + b"x" * 150_000)
    for each in clients[:5]:
        assert await each.is_hung_up_on()
    await settled(server, 2)
    assert sum(each.request_bytes() for each in protocols(server)) <= LIMITS.held_request_bytes_max
    for each in clients[5:]:
        await each.send(b"x" * 50_000)
        assert (await each.reply())[0] == 200
    assert [each.request_bytes() for each in protocols(server)] == [0, 0]


async def test_a_body_is_held_until_it_is_answered_and_no_longer(connect: Connect, server: uvicorn.Server) -> None:
    clients = [await connect(f"127.0.2.{number}") for number in range(2)]
    for each in clients:
        await each.send(post(b"x" * 190_000, "/slow"))
    await asyncio.sleep(0.2)
    late = await connect("127.0.2.9")
    await late.send(post(b"x" * 100_000))
    status, body = await late.reply()
    assert (status, json.loads(body)["code"]) == (503, 14)
    assert await late.is_hung_up_on()
    assert await served(await connect("127.0.2.9"))
    assert [(await each.reply())[0] for each in clients] == [200, 200]
    for _ in range(5):
        for each in clients:
            await each.send(post(b"x" * 190_000))
            assert (await each.reply())[0] == 200


async def test_bodies_behind_others_are_not_read_before_their_turn(connect: Connect, server: uvicorn.Server) -> None:
    client = await connect()
    body = b"x" * 100_000
    sending = asyncio.create_task(client.send(post(path="/slow") + post(body) * 40))
    await asyncio.sleep(0.3)
    (protocol,) = protocols(server)
    assert protocol.flow.read_paused
    assert protocol.request_bytes() <= 4 * len(body)
    for status, _ in [await client.reply() for _ in range(41)]:
        assert status == 200
    await sending


async def test_heads_behind_others_are_held_too(connect: Connect, server: uvicorn.Server) -> None:
    client = await connect()
    large = post(b"", "/", "x: " + "y" * 3000)
    await client.send(post(path="/slow") + large * (PIPELINED_MAX - 1))
    await asyncio.sleep(0.2)
    (protocol,) = protocols(server)
    assert protocol.request_bytes() >= 3000 * (PIPELINED_MAX - 1)
    for _ in range(PIPELINED_MAX):
        assert (await client.reply())[0] == 200
    assert protocol.request_bytes() == 0


async def test_replies_that_nobody_takes_are_bounded_over_all(connect: Connect, server: uvicorn.Server) -> None:
    readers = [await connect(f"127.0.2.{number}") for number in range(6)]
    for each in readers:
        each.stop_reading()
        await each.send(post(path="/large"))
        await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while sum(each.reply_bytes() for each in protocols(server)) > LIMITS.held_reply_bytes_max:
            await asyncio.sleep(0.01)
    assert 2 <= len(protocols(server)) <= 3  # the system has taken some of each
    assert await served(await connect())


async def test_a_reader_gets_no_second_reply_before_it_has_taken_the_first(
    connect: Connect, server: uvicorn.Server
) -> None:
    client = await connect()
    client.stop_reading()
    await client.send(post(path="/large"))
    await client.send(post(path="/large") * 5)
    await asyncio.sleep(0.3)
    (protocol,) = protocols(server)
    assert protocol.reply_bytes() <= LARGE_REPLY_BYTES + UNCOUNTED_BYTES_MAX
    assert len(server.server_state.tasks) == 0, "nor is one made"
    client.writer.transport.resume_reading()  # type: ignore[attr-defined]
    for _ in range(6):
        status, body = await client.reply()
        assert (status, len(body)) == (200, LARGE_REPLY_BYTES)


async def test_one_who_reads_stays_and_one_who_does_not_goes(connect: Connect, server: uvicorn.Server) -> None:
    reader, idle = await connect("127.0.2.1"), await connect("127.0.2.2")
    for each in reader, idle:
        each.stop_reading()
        await each.send(post(path="/large"))
        await asyncio.sleep(0.05)
    reader.writer.transport.resume_reading()  # type: ignore[attr-defined]
    reading = asyncio.create_task(reader.reply())
    others = [await connect(f"127.0.2.{number}") for number in range(3, 6)]
    for each in others:
        each.stop_reading()
        await each.send(post(path="/large"))
    assert len((await reading)[1]) == LARGE_REPLY_BYTES
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        idle.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert len(await idle.rest()) < LARGE_REPLY_BYTES
