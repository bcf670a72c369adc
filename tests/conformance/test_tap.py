"""What the tap tells of the bytes that it hands on, in whatever pieces they come."""

from __future__ import annotations

import pytest

from conformance.tap import Dialogue, Exchange

ASKED = (
    b"POST /public/v1/query/whoami HTTP/1.1\r\nHost: x\r\nUser-Agent: a/1\r\nContent-Length: 2\r\n\r\n{}"
    b"POST /public/v1/submit/create_users?x=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    b"Upgrade: h2c\r\nHTTP2-Settings: AA\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    b"HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n"
    b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
)
ANSWERED = (
    b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{"a":1}'
    b"HTTP/1.1 100 Continue\r\n\r\n"
    b'HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{"b\r\n4\r\n":2}\r\n0\r\n\r\n'
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
)
TOLD = [
    ("POST", "/public/v1/query/whoami", 200, b'{"a":1}'),
    ("POST", "/public/v1/submit/create_users", 400, b'{"b":2}'),
    ("HEAD", "/health", 200, b""),
    ("GET", "/health", 200, b"ok"),
]


def _brief(exchanges: list[Exchange]) -> list[tuple[str, str, int, bytes]]:
    return [(each.method, each.path, each.status, each.reply) for each in exchanges]


def _pieces(text: bytes, size: int) -> list[bytes]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 4096])
def test_exchanges_are_told_in_order(size: int) -> None:
    told: list[Exchange] = []
    dialogue = Dialogue(told.append)
    for piece in _pieces(ASKED, size):
        dialogue.asked(piece)
    for piece in _pieces(ANSWERED, size):
        dialogue.answered(piece)
    assert _brief(told) == TOLD
    assert told[0].headers["user-agent"] == "a/1"
    assert told[1].headers["upgrade"] == "h2c"


def test_a_reply_before_the_request_is_whole_is_told() -> None:
    told: list[Exchange] = []
    dialogue = Dialogue(told.append)
    dialogue.asked(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
    dialogue.answered(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n{}")
    assert _brief(told) == [("POST", "/a", 413, b"{}")]


def test_what_is_not_http_is_not_told() -> None:
    told: list[Exchange] = []
    dialogue = Dialogue(told.append)
    dialogue.asked(b"\x16\x03\x01\r\n\r\n")
    dialogue.answered(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    assert told == []
