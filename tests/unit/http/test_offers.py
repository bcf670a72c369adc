"""Offers to go on in another protocol (RFC 9110, section 7.8) change nothing: the request is read as without them."""

from __future__ import annotations

import json
from itertools import combinations, pairwise
from typing import Any

import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from uvicorn.server import ServerState

from counterseal.http.open_connections import ConnectionLimits
from counterseal.http.strict_reading import StrictReading
from echoes import Connect, post

H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA")
WEBSOCKET = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA==")
OTHERS = [
    ("connection: upgrade", "upgrade: TLS/1.0, HTTP/2.0"),
    ("connection: keep-alive, Upgrade", "upgrade: h2c"),
    ("upgrade: h2c", "connection: upgrade"),
    ("upgrade: h2c", "upgrade: websocket", "connection: upgrade"),
    ("upgrade: h2c",),
    ("connection: upgrade",),
    ("Upgrade:", "Connection: Upgrade"),
]
OFFERS = [H2C, WEBSOCKET, *OTHERS]
BODIES = {
    "length": ("content-length: 5", b"hello"),
    "chunks": ("transfer-encoding: chunked", b"2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nx-stamp: a\r\n\r\n"),
    "no chunks": ("transfer-encoding: chunked", b"0\r\n\r\n"),
    "empty": ("content-length: 0", b""),
    "none": ("x: y", b""),
    "like a request": ("content-length: 18", b"GET / HTTP/1.1\r\n\r\n"),
}


def message(offer: tuple[str, ...], framing: str, body: bytes) -> bytes:
    lines = ["POST /a HTTP/1.1", "Host: x", *offer, framing, "X-Stamp: s", "", ""]
    return "\r\n".join(lines).encode() + body


def reads(pieces: list[bytes]) -> list[Any]:
    """What is read of them: heads without ``upgrade``, whole bodies, ends."""
    config = uvicorn.Config(lambda *_: None, ws="none", lifespan="off", log_config=None)
    reading = Reading(config=config, server_state=ServerState(), app_state={}, _loop=object())
    for piece in pieces:
        reading.read(piece)
    return reading.found


class Reading(StrictReading):
    """Keeps what it reads."""

    limits = ConnectionLimits()

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.found: list[Any] = []
        self.body = b""

    def on_head(self) -> None:
        headers = [header for header in self.headers if header[0] != b"upgrade"]
        self.found.append((self.parser.get_method(), self.url, headers, self.parser.should_keep_alive()))
        self.body = b""

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_request(self) -> None:
        self.found.append(self.body)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("offer", OFFERS, ids=str)
def test_a_request_is_read_as_without_its_offer(offer: tuple[str, ...], body: tuple[str, bytes]) -> None:
    others = [line for line in offer if not line.lower().startswith("upgrade:")]
    plain = message(tuple(others), *body) + message((), "x: y", b"")
    expected = reads([plain])
    assert len(expected) == 4
    offered = message(offer, *body) + message((), "x: y", b"")
    assert reads([offered]) == expected
    assert reads([bytes([each]) for each in offered]) == expected
    for cut in range(1, len(offered)):
        assert reads([offered[:cut], offered[cut:]]) == expected


@pytest.mark.parametrize("body", [BODIES["length"], BODIES["chunks"]], ids=["length", "chunks"])
def test_cut_in_three_anywhere_about_the_head_s_end(body: tuple[str, bytes]) -> None:
    data = message(H2C, *body) * 2
    expected = reads([message(H2C[:1] + H2C[2:], *body) * 2])
    middle = data.index(b"\r\n\r\n")
    for first, second in combinations(range(middle - 8, middle + 12), 2):
        assert reads([data[:first], data[first:second], data[second:]]) == expected


@given(
    st.lists(st.tuples(st.sampled_from([(), *OFFERS]), st.sampled_from(list(BODIES.values()))), max_size=6),
    st.lists(st.integers(0, 2000), max_size=8),
)
def test_any_row_of_requests_in_any_pieces(requests: list[Any], cuts: list[int]) -> None:
    offered = b"".join(message(offer, *body) for offer, body in requests)
    plain = b"".join(
        message(tuple(line for line in offer if not line.lower().startswith("upgrade:")), *body)
        for offer, body in requests
    )
    at = [0, *sorted(min(cut, len(offered)) for cut in cuts), len(offered)]
    assert reads([offered[start:end] for start, end in pairwise(at)]) == reads([plain])


@pytest.mark.parametrize("offer", OFFERS, ids=str)
async def test_offers_are_answered_on_a_connection_that_goes_on(connect: Connect, offer: tuple[str, ...]) -> None:
    client = await connect()
    for body in b"hello", b"", b"x" * 100_000:
        await client.send(post(body, "/", *offer) + post(b"next"))
        status, reply = await client.reply()
        assert (status, json.loads(reply)[1]) == (200, body.decode())
        status, reply = await client.reply()
        assert (status, json.loads(reply)[1]) == (200, "next")


async def test_a_body_that_comes_after_its_offer(connect: Connect) -> None:
    client = await connect()
    head, body = post(b"hello", "/", *H2C, "expect: 100-continue")[:-5], b"hello"
    await client.send(head)
    assert await client.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    await client.send(body)
    assert json.loads((await client.reply())[1])[1] == "hello"


@pytest.mark.parametrize(
    "data",
    [
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x12\x04\x00\x00\x00\x00\x00",
        b"CONNECT example.org:443 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT example.org:443 HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
        post(b"", "/", *H2C, "content-length: 1"),
        post(b"", "/#x", *H2C),
        post(b"", "/", *H2C, "host: y"),
        post(b"", "/", *H2C, "transfer-encoding: chunked"),
    ],
    ids=lambda data: repr(data[:30]),
)
async def test_what_is_wrong_is_as_wrong_with_an_offer(connect: Connect, data: bytes) -> None:
    client = await connect()
    await client.send(data)
    status, body = await client.reply()
    assert (status, json.loads(body)["code"]) == (400, 3)
    assert await client.is_hung_up_on()
