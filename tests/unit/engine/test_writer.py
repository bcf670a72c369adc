"""The writer: what it does when it is closed, overrun, or broken. What it does around commits is in tests/faults."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from composed import Actor, ComposedServer, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine import Snapshots
from counterseal.engine.decide.decider import Decider
from counterseal.engine.decide.submission import LARGE_BYTES
from counterseal.engine.state.draft import Draft
from counterseal.engine.write import intake, writer
from counterseal.store import Commit
from counterseal.world.turns import REST
from gate import Gate

UNAVAILABLE = (503, 14, "")


async def create_user(
    server: ComposedServer, name: str = "ann", *, by: Actor | None = None
) -> tuple[int, int, str] | None:
    users = [user_params(name, generate_key_pair(Curve.P256))]
    reply = await server.submit("CREATE_USERS_V4", {"users": users}, by=by)
    return None if reply.status == 200 else reply.error


async def test_a_queue_that_is_full_takes_no_more(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "QUEUE_MAX", 3)
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


async def test_a_batch_is_full_when_deciding_has_taken_long(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    commit = server.store.commit
    monkeypatch.setattr(server.store, "commit", lambda commits: sizes.append(len(commits)) or commit(commits))
    server.clock.work_seconds = writer.BATCH_SECONDS / 2.5
    assert set(await asyncio.gather(*(create_user(server, str(number)) for number in range(7)))) == {None}
    assert sizes == [3, 3, 1]
    server.clock.work_seconds = writer.BATCH_SECONDS * 2
    assert set(await asyncio.gather(*(create_user(server, str(number)) for number in range(2)))) == {None}
    assert sizes[3:] == [1, 1], "one at least"


async def test_a_large_submission_has_a_batch_of_its_own_and_small_ones_go_between(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    (below,) = await server.add_sub_organization("below")
    batches: list[list[tuple[str, bool]]] = []
    commit = server.store.commit

    async def watched(commits: Sequence[Commit]) -> None:
        activities = [each.activity for each in commits if each.activity is not None]
        batches.append([(each.organization_id, len(each.votes[0].message) > LARGE_BYTES) for each in activities])
        await commit(commits)

    async def create_large(number: int) -> int:
        users = [user_params(f"{number} {at}", generate_key_pair(Curve.P256)) for at in range(70)]
        parameters = {"subOrganizationName": f"{number}", "rootUsers": users, "rootQuorumThreshold": 1}
        return (await server.submit("CREATE_SUB_ORGANIZATION_V8", parameters)).status

    monkeypatch.setattr(writer, "PIECE_SECONDS", 0)
    monkeypatch.setattr(server.store, "commit", watched)
    answers = await asyncio.gather(*map(create_large, range(3)), create_user(server), create_user(server, by=below))
    assert set(answers) <= {200, None}, answers
    assert all(len(batch) == 1 for batch in batches if any(is_large for _, is_large in batch)), batches
    assert sum(map(len, batches)) == len(answers)
    at = next(at for at, batch in enumerate(batches) if (below.organization_id, False) in batch)
    assert at < 3, "others wait for one large submission at most"


async def test_others_go_on_while_much_is_decided(server: ComposedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    turn, decided_in = 0, []
    answer = Decider.answer

    async def watched(*arguments: Any) -> Any:
        decided_in.append(turn)
        return await answer(*arguments)

    async def count_turns() -> None:
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    monkeypatch.setattr(Decider, "answer", watched)
    server.clock.work_seconds = writer.PIECE_SECONDS * 0.7
    counting = asyncio.create_task(count_turns())
    assert set(await asyncio.gather(*(create_user(server, str(number)) for number in range(4)))) == {None}
    counting.cancel()
    assert [later - earlier for earlier, later in pairwise(decided_in)] == [0, REST, 0]


async def test_whoever_hangs_up_while_it_waits_is_decided_and_holds_up_nobody(server: ComposedServer) -> None:
    server.clock.work_seconds = writer.BATCH_SECONDS
    asking = [asyncio.create_task(create_user(server, str(number))) for number in range(4)]
    for _ in range(3):
        await asyncio.sleep(0)
    asking[2].cancel()
    assert await asyncio.gather(*asking[:2], asking[3]) == [None] * 3
    names = {user["userName"] for user in (await server.query("list_users")).json["users"]}
    assert names >= {"root", "0", "1", "3"}


async def test_a_writer_that_is_cancelled_between_two_decisions_leaves_nobody_waiting(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def end() -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(writer, "rest", end)
    server.clock.work_seconds = writer.PIECE_SECONDS
    answers = await asyncio.gather(*(create_user(server, str(number)) for number in range(3)))
    assert answers == [UNAVAILABLE] * 3
    await server.app.stop()
    await server.store.close()
    await server.start_again()
    assert [user["userName"] for user in (await server.query("list_users")).json["users"]] == ["root"]


async def test_whoever_is_stored_is_told_before_much_more_is_decided(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Gate()
    server = await ComposedServer.start(tmp_path, wrap_store=store.before)
    order: list[str] = []
    answer = Decider.answer

    async def watched(*arguments: Any) -> Any:
        order.append("one is decided")
        return await answer(*arguments)

    async def create(name: str) -> None:
        assert await create_user(server, name) is None
        order.append(f"{name} is told")

    monkeypatch.setattr(Decider, "answer", watched)
    server.clock.work_seconds = writer.PIECE_SECONDS * 1.1
    store.open.clear()
    creating = [asyncio.create_task(create("ann"))]
    while not store.batches:
        await asyncio.sleep(0)
    creating += [asyncio.create_task(create(name)) for name in ("bob", "carol")]
    await asyncio.sleep(0.05)
    store.open.set()
    await asyncio.gather(*creating)
    assert order[:4] == ["one is decided", "one is decided", "ann is told", "one is decided"]
    await server.app.stop()
