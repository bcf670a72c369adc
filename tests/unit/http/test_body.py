"""Reading a body within its limits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from counterseal.contract.errors import BodyTooLarge, InvalidRequest
from counterseal.http.body import DISCARDED_BYTES_MAX, ClientGone, RequestBody


class Incoming:
    """What a server receives; after the last message nothing more comes."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)

    async def __call__(self) -> dict[str, Any]:
        return self.messages.pop(0) if self.messages else await asyncio.Future()


def part(body: bytes, *, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def read(*messages: dict[str, Any], bytes_max: int = 10, seconds_max: float = 5) -> bytes:
    return await RequestBody(Incoming(*messages), []).read(bytes_max=bytes_max, seconds_max=seconds_max)


async def test_parts_are_joined() -> None:
    assert await read(part(b"one", more=True), part(b"", more=True), part(b"two")) == b"onetwo"
    assert await read(part(b"")) == b""
    assert await read({"type": "http.request"}) == b""


async def test_reading_stops_at_the_limit_and_not_before() -> None:
    assert await read(part(b"x" * 10)) == b"x" * 10
    assert await read(part(b"x" * 9, more=True), part(b"x")) == b"x" * 10
    for messages in (
        [part(b"x" * 11)],
        [part(b"x" * 11, more=True)],
        [part(b"x", more=True), part(b"x" * 10, more=True)],
    ):
        with pytest.raises(BodyTooLarge):
            await read(*messages)


async def test_a_client_that_hangs_up_is_gone() -> None:
    with pytest.raises(ClientGone):
        await read({"type": "http.disconnect"})
    with pytest.raises(ClientGone):
        await read(part(b"half", more=True), {"type": "http.disconnect"})


@pytest.mark.parametrize("messages", [[], [part(b"half", more=True)]])
async def test_a_body_that_does_not_come_is_not_waited_for(messages: list[dict[str, Any]]) -> None:
    with pytest.raises(InvalidRequest, match="did not arrive in time"):
        await read(*messages, seconds_max=0.001)


class TestIsOver:
    """Whether another request may follow."""

    async def test_a_body_that_was_read_is_over(self) -> None:
        body = RequestBody(Incoming(part(b"whole")), [])
        await body.read(bytes_max=10, seconds_max=5)
        assert await body.is_over()

    async def test_a_body_that_could_not_be_read_is_not_waited_for_again(self) -> None:
        body = RequestBody(Incoming(part(b"x" * 11, more=True)), [])
        with pytest.raises(BodyTooLarge):
            await body.read(bytes_max=10, seconds_max=5)
        assert not await body.is_over()

    async def test_a_small_body_that_nobody_wants_is_thrown_away(self) -> None:
        incoming = Incoming(part(b"x" * (DISCARDED_BYTES_MAX - 1), more=True), part(b"x"))
        assert await RequestBody(incoming, []).is_over()
        assert incoming.messages == []
        assert await RequestBody(Incoming(part(b"")), []).is_over()

    async def test_a_large_one_is_not(self) -> None:
        large = part(b"x" * (DISCARDED_BYTES_MAX + 1), more=True)
        assert not await RequestBody(Incoming(large), []).is_over()
        announced = [(b"content-length", b"%d" % (DISCARDED_BYTES_MAX + 1))]
        assert not await RequestBody(Incoming(), announced).is_over()

    async def test_nobody_is_asked_for_a_body_that_is_not_wanted(self) -> None:
        assert not await RequestBody(Incoming(), [(b"expect", b"100-continue")]).is_over()

    async def test_one_that_does_not_come_is_waited_for_a_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("counterseal.http.body.DISCARD_SECONDS_MAX", 0.001)
        assert not await RequestBody(Incoming(), []).is_over()
        with pytest.raises(ClientGone):
            await RequestBody(Incoming({"type": "http.disconnect"}), []).is_over()
