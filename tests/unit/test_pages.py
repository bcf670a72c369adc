"""Pages beside the API: when a server is ready, and what many who ask at once cost."""

from __future__ import annotations

import asyncio

import pytest

from composed import ComposedServer
from counterseal.http import PageReply
from counterseal.pages import rationed


async def test_a_server_whose_writer_has_ended_is_not_ready(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> None:
        raise RuntimeError("nobody has foreseen this")

    assert (await server.call("GET", "/readyz")).status == 200
    assert not server.app.writer_ended.is_set()
    monkeypatch.setattr(server.app.engine._writer, "_decide_waiting", broken)
    assert (await server.submit("CREATE_USER_TAG", {"userTagName": "a", "userIds": []})).error == (503, 14, "")
    await asyncio.wait_for(server.app.writer_ended.wait(), 10)
    await asyncio.sleep(0)
    assert server.app.has_failed
    assert (await server.call("GET", "/readyz")).status == 503
    assert (await server.call("GET", "/livez")).status == 200
    assert (await server.query("whoami")).status == 200


async def test_a_writer_that_is_asked_to_stop_has_not_failed(server: ComposedServer) -> None:
    await server.app.stop()
    assert server.app.writer_ended.is_set()
    assert not server.app.has_failed
    await server.start_again()


async def test_a_page_is_made_once_for_all_who_ask_at_once() -> None:
    made, may_end = 0, asyncio.Event()

    async def page() -> PageReply:
        nonlocal made
        made += 1
        await may_end.wait()
        return PageReply(200, b"%d" % made)

    answer = rationed(page, seconds=0)
    asking = [asyncio.create_task(answer()) for _ in range(5)]
    await asyncio.sleep(0)
    asking[0].cancel()
    may_end.set()
    assert [reply.body for reply in await asyncio.gather(*asking[1:])] == [b"1"] * 4
    assert asking[0].cancelled()
    assert (await answer()).body == b"2"


async def test_a_page_is_made_anew_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    made, now = 0, 1000.0

    async def page() -> PageReply:
        nonlocal made
        made += 1
        return PageReply(200, b"%d" % made)

    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    answer = rationed(page, seconds=5)
    assert [(await answer()).body for _ in range(3)] == [b"1"] * 3
    now += 4.9
    assert (await answer()).body == b"1"
    now += 0.1
    assert (await answer()).body == b"2"
