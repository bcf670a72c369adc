"""What happens around a commit: no reply leaves before it has returned, and a batch that fails has never been."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from composed import Actor, ComposedServer, Reply, key_params, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.store import Conflict, StoreError, Unknown
from gate import Gate
from store_kinds import StoreKind

UNAVAILABLE = (503, 14, "")


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest_asyncio.fixture
async def server(tmp_path: Path, store_kind: StoreKind, gate: Gate) -> AsyncIterator[ComposedServer]:
    composed = await ComposedServer.start(tmp_path, wrap_store=gate.before, database=store_kind.new_database())
    yield composed
    gate.open.set()
    await composed.app.stop()


def creation(server: ComposedServer, name: str) -> Any:
    return server.submit("CREATE_USERS_V4", {"users": [user_params(name, generate_key_pair(Curve.P256))]})


async def names(server: ComposedServer) -> list[str]:
    return [user["userName"] for user in (await server.query("list_users")).json["users"]]


async def settled(tasks: Sequence[asyncio.Task[Reply]]) -> None:
    """Give the event loop, and a database, every chance to finish what can be finished."""
    for _ in range(200):
        await asyncio.sleep(0.0005)
    assert not any(task.done() for task in tasks)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise TimeoutError


async def test_no_reply_leaves_before_its_commit_has_returned(server: ComposedServer, gate: Gate) -> None:
    gate.open.clear()
    first = asyncio.create_task(creation(server, "first"))
    await settled([first])
    assert await names(server) == ["root"], "and nobody sees what is not durable"
    assert (await server.query("list_activities")).json["activities"] == []
    gate.open.set()
    assert (await first).result["userIds"]
    assert await names(server) == ["root", "first"]


async def test_what_comes_during_a_commit_goes_into_the_next_one(server: ComposedServer, gate: Gate) -> None:
    gate.open.clear()
    tasks = [asyncio.create_task(creation(server, "0"))]
    await settled(tasks)
    tasks += [asyncio.create_task(creation(server, str(number))) for number in range(1, 8)]
    await until(lambda: len(server.app._writing.writer._waiting) == 7)
    gate.open.set()
    assert {reply.status for reply in await asyncio.gather(*tasks)} == {200}
    assert gate.batches == [1, 7]


async def test_clients_that_wait_for_their_answers_take_turns_in_groups_of_like_size(
    server: ComposedServer, gate: Gate
) -> None:
    gate.seconds = 0.01

    async def create_some(name: str) -> None:
        for number in range(4):
            assert (await creation(server, f"{name}-{number}")).status == 200

    async with asyncio.TaskGroup() as clients:
        clients.create_task(create_some("alone"))
        await asyncio.sleep(0.005)  # now its first commit is under way: else it would stay alone
        for number in range(19):
            clients.create_task(create_some(str(number)))
    assert gate.batches[:4] == [1, 13, 7, 13]
    assert sum(gate.batches) == 80


async def test_a_commit_is_on_its_way_before_those_are_answered_whose_commit_has_ended(
    server: ComposedServer, gate: Gate
) -> None:
    gate.seconds = 0.01
    commits_begun: list[int] = []

    async def create(name: str) -> None:
        assert (await creation(server, name)).status == 200
        commits_begun.append(len(gate.batches))

    async with asyncio.TaskGroup() as clients:
        clients.create_task(create("first"))
        await asyncio.sleep(0.005)
        clients.create_task(create("second"))
    assert commits_begun == [2, 2]


async def test_the_same_bytes_during_their_commit_wait_for_it(server: ComposedServer, gate: Gate) -> None:
    gate.open.clear()
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("ann", generate_key_pair(Curve.P256))]})
    path = "/public/v1/submit/create_users"
    tasks = [asyncio.create_task(server.post(path, body, by=server.root)) for _ in range(5)]
    await settled(tasks)
    gate.open.set()
    replies = await asyncio.gather(*tasks)
    assert len({reply.body for reply in replies}) == 1
    assert await names(server) == ["root", "ann"]


async def test_a_refusal_is_told_while_a_commit_is_held_only_with_its_batch(server: ComposedServer, gate: Gate) -> None:
    gate.open.clear()
    first = asyncio.create_task(creation(server, "first"))
    await settled([first])
    refused = asyncio.create_task(server.submit("CREATE_USERS_V4", {"users": []}))
    await settled([first, refused])
    gate.open.set()
    assert (await refused).status == 400


async def test_a_caller_who_has_gone_takes_nobody_along(server: ComposedServer, gate: Gate) -> None:
    gate.open.clear()
    tasks = [asyncio.create_task(creation(server, name)) for name in ("gone", "there")]
    await settled(tasks)
    tasks[0].cancel()
    gate.open.set()
    assert (await tasks[1]).status == 200
    assert set(await names(server)) == {"root", "gone", "there"}


@pytest.mark.parametrize(
    "failure", [StoreError("disk full"), Conflict("late"), Unknown("cut"), RuntimeError("anything"), OSError("I/O")]
)
async def test_a_commit_that_fails_fails_its_whole_batch_and_nothing_else(
    server: ComposedServer, gate: Gate, failure: Exception
) -> None:
    key = generate_key_pair(Curve.P256)
    parameters = {"userId": server.root.user_id, "apiKeys": [key_params(key)]}
    body = server.activity_body("CREATE_API_KEYS_V2", parameters)
    path = "/public/v1/submit/create_api_keys"
    gate.failure = failure
    users = [creation(server, str(number)) for number in range(4)]
    replies = await asyncio.gather(server.post(path, body, by=server.root), *users)
    assert [reply.error for reply in replies] == [UNAVAILABLE] * 5
    assert await names(server) == ["root"]
    new = Actor(server.root.organization_id, server.root.user_id, key)
    assert (await server.query("whoami", by=new)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")
    assert (await server.query("list_activities")).json["activities"] == []

    gate.failure = None
    assert (await creation(server, "after")).status == 200
    assert (await server.post(path, body, by=server.root)).result["apiKeyIds"]
    assert (await server.query("whoami", by=new)).status == 200


@pytest_asyncio.fixture
async def doomed(server: ComposedServer, gate: Gate) -> AsyncIterator[Gate]:
    """It holds the next commit and then fails it, and no other."""
    gate.open.clear()
    gate.failure, gate.failures_left = StoreError("disk full"), 1
    yield gate


async def held_in_turn(*calls: Any) -> list[asyncio.Task[Reply]]:
    """Each call's submission decided, while the first one's commit is held."""
    tasks: list[asyncio.Task[Reply]] = []
    for call in calls:
        tasks.append(asyncio.create_task(call))
        await settled(tasks)
    return tasks


def same_key_twice(server: ComposedServer) -> list[Any]:
    key = generate_key_pair(Curve.P256)
    parameters = [{"userId": server.root.user_id, "apiKeys": [key_params(key, name=name)]} for name in ("a", "b")]
    return [server.submit("CREATE_API_KEYS_V2", each) for each in parameters]


async def test_what_is_on_its_way_to_the_disk_counts_for_what_comes_next(server: ComposedServer, gate: Gate) -> None:
    gate.open.clear()
    first, second = await held_in_turn(*same_key_twice(server))
    gate.open.set()
    assert (await first).status == 200
    assert (await second).error == (409, 6, "")


async def test_what_stood_on_a_commit_that_failed_is_decided_anew(server: ComposedServer, doomed: Gate) -> None:
    first, second = await held_in_turn(*same_key_twice(server))
    doomed.open.set()
    assert (await first).error == UNAVAILABLE
    assert (await second).result["apiKeyIds"], "the key that stood in its way has never been"
    assert len((await server.query("list_activities")).json["activities"]) == 1


async def test_the_same_bytes_after_a_commit_that_failed_are_an_activity_of_their_own(
    server: ComposedServer, doomed: Gate
) -> None:
    body = server.activity_body("CREATE_USERS_V4", {"users": [user_params("ann", generate_key_pair(Curve.P256))]})
    path = "/public/v1/submit/create_users"
    first, second = await held_in_turn(*(server.post(path, body, by=server.root) for _ in range(2)))
    doomed.open.set()
    assert (await first).error == UNAVAILABLE
    assert (await second).result["userIds"]
    assert await names(server) == ["root", "ann"]


async def test_a_vote_after_one_that_was_not_stored_takes_its_place(server: ComposedServer, gate: Gate) -> None:
    second, third = await server.add_user("second"), await server.add_user("third")
    await server.set_root_quorum(2, server.root, second, third)
    pending = (await creation(server, "ann")).activity
    gate.open.clear()
    gate.failure, gate.failures_left = StoreError("disk full"), 1
    vote = {"fingerprint": pending["fingerprint"]}
    lost, last = await held_in_turn(*(server.submit("APPROVE_ACTIVITY", vote, by=by) for by in (second, third)))
    gate.open.set()
    assert (await lost).error == UNAVAILABLE
    assert (await last).result["userIds"]
    assert [each["userId"] for each in (await last).activity["votes"]] == [server.root.user_id, third.user_id]


async def test_a_vote_that_could_not_be_stored_has_not_been_cast(server: ComposedServer, gate: Gate) -> None:
    second = await server.add_user("second")
    await server.set_root_quorum(2, server.root, second)
    pending = (await creation(server, "ann")).activity
    vote = {"fingerprint": pending["fingerprint"]}
    gate.failure = StoreError("disk full")
    assert (await server.submit("APPROVE_ACTIVITY", vote, by=second)).error == UNAVAILABLE
    assert (await server.submit("REJECT_ACTIVITY", vote, by=second)).error == UNAVAILABLE
    gate.failure = None
    assert (await server.query("get_activity", activityId=pending["id"])).activity == pending
    assert (await server.submit("APPROVE_ACTIVITY", vote, by=second)).result["userIds"]


async def test_stopping_finishes_what_is_waiting_and_takes_nothing_more(server: ComposedServer, gate: Gate) -> None:
    gate.open.clear()
    waiting = asyncio.create_task(creation(server, "waiting"))
    await until(lambda: bool(gate.batches))
    stopping = asyncio.create_task(server.app.stop())
    await asyncio.sleep(0)
    late = await creation(server, "late")
    assert late.error == UNAVAILABLE
    gate.open.set()
    await stopping
    assert (await waiting).status == 200
    await server.start_again()
    assert await names(server) == ["root", "waiting"]
