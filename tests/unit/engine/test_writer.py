"""The writer: what it does when it is closed, overrun, or broken. What it does around commits is in tests/faults."""

from __future__ import annotations

import asyncio

import pytest

from composed import ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine import Snapshots, writer
from counterseal.engine.draft import Draft

UNAVAILABLE = (503, 14, "")


async def create_user(server: ComposedServer, name: str = "ann") -> tuple[int, int, str] | None:
    reply = await server.submit("CREATE_USERS_V4", {"users": [user_params(name, generate_key_pair(Curve.P256))]})
    return None if reply.status == 200 else reply.error


async def test_a_queue_that_is_full_takes_no_more(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "QUEUE_MAX", 3)
    answers = await asyncio.gather(*(create_user(server, str(number)) for number in range(5)))
    assert sorted(answers, key=str) == [UNAVAILABLE] * 2 + [None] * 3
    assert await create_user(server) is None


async def test_batches_are_bounded(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "BATCH_MAX", 4)
    sizes: list[int] = []
    commit = server.store.commit
    monkeypatch.setattr(server.store, "commit", lambda commits: sizes.append(len(commits)) or commit(commits))
    assert set(await asyncio.gather(*(create_user(server, str(number)) for number in range(10)))) == {None}
    assert sizes == [4, 4, 2]


async def test_refusals_need_no_commit(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.store, "commit", None)
    reply = await server.submit("CREATE_USERS_V4", {"users": []})
    assert reply.error == (400, 3, "REQUEST_INVALID")


async def test_one_that_cannot_be_decided_spoils_no_other(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Draft.stage

    def fail_for_some(self: Draft, activity: object, **members: object) -> None:
        if b'"bad"' in activity.votes[0].message:  # type: ignore[attr-defined]
            raise RuntimeError("a fault")
        stage(self, activity, **members)  # type: ignore[arg-type]

    monkeypatch.setattr(Draft, "stage", fail_for_some)
    answers = await asyncio.gather(*(create_user(server, name) for name in ("good", "bad", "better")))
    assert answers == [None, (500, 13, "INTERNAL"), None]
    names = [user["userName"] for user in (await server.query("list_users")).json["users"]]
    assert names == ["root", "good", "better"]


async def test_a_writer_that_broke_leaves_nobody_waiting(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    assert await create_user(server, "first") is None
    with monkeypatch.context() as broken:
        broken.setattr(Snapshots, "publish", fail)
        assert await create_user(server) == UNAVAILABLE
    assert await create_user(server) == UNAVAILABLE
    assert (await server.call("GET", "/readyz")).status == 503
    assert (await server.query("whoami")).status == 200
    await server.app.stop()
    assert server.app.has_failed, "it is told by what the app is, and the store is closed all the same"
    await server.start_again()
    assert await create_user(server, "bob") is None


async def test_a_stopped_server_is_not_ready(server: ComposedServer) -> None:
    await server.app.stop()
    assert (await server.call("GET", "/readyz")).status == 503
    assert (await server.call("GET", "/livez")).status == 200
    assert await create_user(server) == UNAVAILABLE
    await server.start_again()
