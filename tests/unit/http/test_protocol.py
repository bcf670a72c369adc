"""The limits of one connection, on real sockets: what is not HTTP in time is refused or hung up on."""

from __future__ import annotations

import asyncio
import json

import pytest
import uvicorn

from counterseal.http.protocol import DRAIN_SECONDS, PIPELINED_MAX, BoundedProtocol
from counterseal.http.request_head import HEADERS_MAX, TARGET_BYTES_MAX
from counterseal.http.strict_reading import CHUNKS_MAX
from echoes import LARGE_REPLY_BYTES, LIMITS, PATIENCE_SECONDS, Connect, post


async def test_requests_are_answered_on_one_connection(connect: Connect) -> None:
    client = await connect()
    for _ in range(3):
        await client.send(post())
        assert (await client.reply())[0] == 200
    await client.send(post(b"1") + post(b"2") + post(b"3"))
    assert [json.loads((await client.reply())[1])[1] for _ in range(3)] == ["1", "2", "3"]


async def test_a_request_may_come_in_pieces(connect: Connect) -> None:
    client = await connect()
    for byte in post():
        await client.send(bytes([byte]))
    assert (await client.reply())[0] == 200


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),  # TLS
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET http://[ HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"CONNECT example.org:443 HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab", 400),
        (b"POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhelloXX", 400),
        (b"POST / HTTP/1.1\r\ntransfer-encoding : chunked\r\n\r\n0\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\x00y\r\n\r\n", 400),
        (b"GET /" + b"a" * TARGET_BYTES_MAX + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nx: " + b"a" * 9000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"a:b\r\n" * 2000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a:b\r\n" * HEADERS_MAX + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n" + b"a:b\r\n" * 2000 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nhost: x\r\nhost: x\r\n\r\n", 400),
        (b"GET /#f HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"GET http://u:p@x/ HTTP/1.1\r\nhost: x\r\n\r\n", 400),
        (b"GET / HTTP/0.9\r\nhost: x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nhost: x\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        (b"POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ],
    ids=lambda value: repr(value[:40]) if isinstance(value, bytes) else str(value),
)
async def test_what_is_not_http_is_refused_in_the_envelope(connect: Connect, data: bytes, status: int) -> None:
    client = await connect()
    await client.send(data)
    found, body = await client.reply()
    assert found == status, body
    assert set(json.loads(body)) == {"code", "message", "details", "turnkeyErrorCode"}
    assert await client.rest() == b""


async def test_a_body_in_a_piece_larger_than_any_head_is_taken(connect: Connect) -> None:
    client = await connect()
    body = b"a" * (LIMITS.head_bytes_max * 3)
    await client.send(b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(body))
    await asyncio.sleep(0.05)  # so that the body does not come in one piece with the head
    await client.send(body)
    status, reply = await client.reply()
    assert (status, json.loads(reply)[1]) == (200, body.decode())


async def test_a_head_that_never_ends_is_refused(connect: Connect) -> None:
    client = await connect()
    reading = asyncio.create_task(client.rest())
    await client.send(b"GET / HTTP/1.1\r\nx: ")
    while not reading.done():
        await client.send(b"a" * 1000)
        await asyncio.sleep(0.005)
    assert b" 431 " in await reading


async def test_a_slow_head_is_refused_however_steadily_it_drips(connect: Connect) -> None:
    client = await connect()
    reading = asyncio.create_task(client.rest())
    for byte in b"GET / HTTP/1.1\r\nhost: example.org and so on":
        await client.send(bytes([byte]))
        await asyncio.sleep(0.02)
        if reading.done():
            break
    assert b" 408 " in await reading


@pytest.mark.parametrize("data", [b"", b"\r\n", b"\r\n" * 100])
async def test_a_connection_without_a_request_is_closed(connect: Connect, data: bytes) -> None:
    client = await connect()
    await client.send(data)
    assert await client.rest() == b""


async def test_an_idle_connection_is_closed(connect: Connect) -> None:
    client = await connect()
    await client.send(post())
    await client.reply()
    assert await client.rest() == b""


async def test_blank_lines_do_not_keep_a_connection_open(connect: Connect) -> None:
    client = await connect()
    await client.send(post())
    await client.reply()
    reading = asyncio.create_task(client.rest())
    for _ in range(100):
        await client.send(b"\r\n")
        await asyncio.sleep(0.05)
        if reading.done():
            break
    assert reading.done()
    assert await reading == b""


async def test_the_rest_of_a_body_that_is_answered_already_is_not_waited_for(connect: Connect) -> None:
    client = await connect()
    await client.send(post(path="/unread")[:-1])
    assert (await client.reply())[0] == 200
    assert await client.rest() == b""


async def test_trailers_do_not_become_headers(connect: Connect) -> None:
    client = await connect()
    await client.send(
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nx-stamp: y\r\n\r\n"
    )
    assert json.loads((await client.reply())[1]) == ["/", "hi", ["host", "transfer-encoding"]]


async def test_a_refusal_is_never_taken_for_the_answer_to_an_earlier_request(connect: Connect) -> None:
    client = await connect()
    await client.send(post(path="/slow") + b"nonsense\r\n\r\n")
    assert await client.rest() == b""


async def test_a_bad_chunk_is_refused_while_the_application_waits_for_the_body(connect: Connect) -> None:
    client = await connect()
    await client.send(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n")
    await asyncio.sleep(0.05)
    await client.send(b"nonsense\r\n")
    assert b" 400 " in await client.rest()


async def test_too_many_requests_at_once_are_hung_up_on(connect: Connect) -> None:
    client = await connect()
    await client.send(post(path="/slow") + post() * (PIPELINED_MAX + 1))
    assert await client.rest() == b""


async def test_a_client_that_does_not_take_its_reply_is_given_up(connect: Connect, echo_server: uvicorn.Server) -> None:
    client = await connect()
    client.stop_reading()
    await client.send(post(path="/large"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not echo_server.server_state.connections:
            await asyncio.sleep(0.01)
        while echo_server.server_state.connections:
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("path", ["/large", "/parts"])
async def test_a_client_that_takes_its_reply_gets_all_of_it(connect: Connect, path: str) -> None:
    client = await connect()
    await client.send(post(path=path))
    assert len((await client.reply())[1]) == LARGE_REPLY_BYTES
    await client.send(post())
    assert (await client.reply())[0] == 200


async def test_a_reply_in_parts_has_its_time_once(
    connect: Connect, echo_server: uvicorn.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its timer runs on when the client has taken a part, and stops at the end."""
    runs_on: list[bool] = []
    resume = BoundedProtocol.resume_writing

    def observed(self: BoundedProtocol) -> None:
        resume(self)
        runs_on.append(self._reply_timer.is_running)

    monkeypatch.setattr(BoundedProtocol, "resume_writing", observed)
    client = await connect()
    await client.send(post(path="/parts"))
    assert len((await client.reply())[1]) == LARGE_REPLY_BYTES
    await client.send(post())
    assert (await client.reply())[0] == 200
    assert len(runs_on) > 1
    assert all(runs_on[:-1])
    (protocol,) = echo_server.server_state.connections
    assert isinstance(protocol, BoundedProtocol)
    assert not protocol._reply_timer.is_running


@pytest.mark.parametrize(
    ("start", "drip"),
    [
        (b"0\r\nx: ", b"y" * 1000),
        (b"1;", b"x" * 1000),
        (b"", b"1;" + b"x" * 1000 + b"\r\ny\r\n"),
    ],
    ids=["trailer", "extension", "extensions"],
)
async def test_framing_without_end_is_refused(connect: Connect, start: bytes, drip: bytes) -> None:
    client = await connect()
    reading = asyncio.create_task(client.rest())
    await client.send(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
    await client.send(start)
    while not reading.done():
        await client.send(drip)
        await asyncio.sleep(0.005)
    assert b" 431 " in await reading


@pytest.mark.parametrize("start", [b"0\r\nx: ", b"1;"], ids=["trailer", "extension"])
async def test_a_large_body_pays_for_no_large_framing(connect: Connect, start: bytes) -> None:
    client = await connect()
    reading = asyncio.create_task(client.rest())
    body = b"a" * (LIMITS.head_bytes_max * 4)
    await client.send(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
    await client.send(b"%x\r\n%s\r\n%s" % (len(body), body, start))
    await client.send(b"y" * (LIMITS.head_bytes_max * 3))
    assert b" 431 " in await reading


async def test_the_lines_of_a_head_are_bounded_before_it_is_whole(connect: Connect) -> None:
    client = await connect()
    await client.send(b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a:b\r\n" * (HEADERS_MAX + 1))
    assert (await client.reply())[0] == 431


async def test_a_head_that_comes_at_once_is_bounded_before_it_is_whole(connect: Connect) -> None:
    client = await connect()
    await client.send(b"GET / HTTP/1.1\r\nhost: x\r\nx: " + b"a" * (LIMITS.head_bytes_max * 2))
    assert (await client.reply())[0] == 431


async def test_the_smallest_chunks_are_taken(connect: Connect) -> None:
    client = await connect()
    await client.send(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(CHUNKS_MAX - 1):
        await client.send(b"1\r\nx\r\n")
    await client.send(b"0\r\n\r\n")
    status, body = await client.reply()
    assert (status, len(json.loads(body)[1])) == (200, CHUNKS_MAX - 1)


async def test_more_chunks_than_any_client_sends_are_refused(connect: Connect) -> None:
    client = await connect()
    await client.send(b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
    await client.send(b"1\r\nx\r\n" * CHUNKS_MAX + b"0\r\n\r\n")
    status, body = await client.reply()
    assert (status, json.loads(body)["code"]) == (400, 3)
    assert await client.is_hung_up_on()


async def test_a_server_that_stops_answers_what_still_comes_and_says_that_it_was_the_last(
    echo_server: uvicorn.Server, connect: Connect
) -> None:
    fresh, idle, silent = await connect(), await connect(), await connect()
    await idle.send(post())
    assert (await idle.reply())[0] == 200
    await silent.send(post())
    assert (await silent.reply())[0] == 200
    echo_server.should_exit = True
    await asyncio.sleep(0.15)  # the server looks every tenth of a second
    for client in fresh, idle:
        await client.send(post())
        reply = await client.rest()
        assert reply.startswith(b"HTTP/1.1 200 ")
        assert b"\r\nconnection: close\r\n" in reply
    assert await silent.rest() == b""


async def test_a_server_that_stops_lets_a_request_in_pieces_arrive(
    echo_server: uvicorn.Server, connect: Connect
) -> None:
    client = await connect()
    head, body = post()[:-5], post()[-5:]
    await client.send(head)
    await asyncio.sleep(0.1)
    echo_server.should_exit = True
    await asyncio.sleep(DRAIN_SECONDS + 0.3)
    await client.send(body)
    reply = await client.rest()
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert b"\r\nconnection: close\r\n" in reply
