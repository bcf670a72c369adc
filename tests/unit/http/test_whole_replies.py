"""Replies leave in one piece, whatever uvicorn writes separately. That they arrive whole is shown over real sockets."""

from __future__ import annotations

import asyncio
from typing import cast

from counterseal.http.whole_replies import WholeReplies

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class Wire:
    """A transport that keeps what it was given, write by write."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.written.append(data)

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


def made() -> tuple[Wire, WholeReplies]:
    wire = Wire()
    return wire, WholeReplies(cast(asyncio.Transport, wire))


def test_a_head_waits_for_its_body() -> None:
    wire, replies = made()
    for _ in range(2):
        replies.write(HEAD)
        replies.write(b"{}")
        replies.end()
    assert wire.written == [HEAD + b"{}", HEAD + b"{}"]


def test_a_large_body_is_not_copied() -> None:
    wire, replies = made()
    parts = [b"x" * 100_000, b"y" * 100_000]
    replies.write(HEAD)
    for part in parts:
        replies.write(part)
    replies.end()
    assert wire.written == [HEAD, *parts]
    assert wire.written[1] is parts[0]


def test_a_head_without_a_body_leaves_at_the_end() -> None:
    wire, replies = made()
    replies.write(HEAD)
    assert wire.written == []
    replies.end()
    replies.end()
    assert wire.written == [HEAD]


def test_leave_to_go_on_does_not_wait() -> None:
    wire, replies = made()
    replies.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert wire.written == [b"HTTP/1.1 100 Continue\r\n\r\n"]
    replies.write(HEAD)
    replies.write(b"{}")
    assert wire.written[1:] == [HEAD + b"{}"]


def test_the_rest_of_a_body_is_not_held_back() -> None:
    wire, replies = made()
    for data in HEAD, b"{", b"}":
        replies.write(data)
    assert wire.written == [HEAD + b"{", b"}"]


def test_closing_sends_what_there_is() -> None:
    wire, replies = made()
    assert not replies.is_closing()
    replies.write(HEAD)
    replies.close()
    assert (wire.written, wire.is_closed, replies.is_closing()) == ([HEAD], True, True)
