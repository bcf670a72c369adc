"""The writer of one of several processes: whatever becomes of a commit, the activity is there once, and each is told
what became of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import sample
import stored
import units_of_tests
from composed import Actor, ComposedServer, Reply, user_params
from counterseal.crypto import Curve, generate_key_pair
from counterseal.engine.write.lanes import ATTEMPTS, LANES, TOGETHER_ATTEMPTS, TURN_MAX, Lanes
from counterseal.organizations import Advance, PrivateKeyTag, Snapshot, UserAdded, fold
from counterseal.store import Commit
from counterseal.store.postgres import DatabaseUrl, Limits, PostgresStore
from counterseal.store.postgres.turn import PostgresTurn
from faulty_store import End, FaultyStore
from postgres_server import PostgresServer

UNSEEN = [[End.CONFLICT], [End.LOST], [End.DURABLE], [End.LOST, End.LOST], [End.CONFLICT, End.DURABLE, End.LOST]]
UNAVAILABLE = (503, 14, "")

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture
async def server(tmp_path: Path, postgres: PostgresServer) -> AsyncIterator[ComposedServer]:
    """A fresh one whose store is in PostgreSQL."""
    composed = await ComposedServer.start(tmp_path, database=DatabaseUrl(postgres.new_database()))
    yield composed
    await composed.app.stop()


@pytest.fixture
def faults(server: ComposedServer) -> FaultyStore:
    return FaultyStore(shared(server))


def shared(server: ComposedServer) -> PostgresStore:
    assert isinstance(server.store, PostgresStore)
    return server.store


def new_user(server: ComposedServer, name: str) -> bytes:
    parameters = {"users": [user_params(name, generate_key_pair(Curve.P256))]}
    return server.activity_body("CREATE_USERS_V4", parameters)


async def send_user(server: ComposedServer, body: bytes, by: Actor | None = None) -> Reply:
    return await server.post("/public/v1/submit/create_users", body, by=by or server.root)


async def user_names(server: ComposedServer, by: Actor | None = None) -> list[str]:
    return [user["userName"] for user in (await server.query("list_users", by=by)).json["users"]]


async def activity_ids(server: ComposedServer) -> list[str]:
    """Those that made users."""
    found = await server.query("list_activities", filterByType=["ACTIVITY_TYPE_CREATE_USERS_V4"])
    return [activity["id"] for activity in found.json["activities"]]


async def together(server: ComposedServer, *sent: Coroutine[Any, Any, Reply]) -> list[Reply]:
    """What these are told, which go into one turn: they have come while the one before had to wait."""
    async with shared(server).turn([server.root.organization_id], []):
        opener = asyncio.create_task(server.submit("CREATE_USER_TAG", {"userTagName": "opener", "userIds": []}))
        await asyncio.sleep(0.3)
        tasks = [asyncio.create_task(each) for each in sent]
        await asyncio.sleep(0.3)
    assert (await opener).status == 200
    return await asyncio.gather(*tasks)


@pytest.mark.parametrize("ends", UNSEEN, ids=str)
async def test_however_a_commit_ends_the_activity_is_there_once(
    server: ComposedServer, faults: FaultyStore, ends: list[End]
) -> None:
    faults.ends.extend([None, *ends])
    bodies = [new_user(server, f"user {number}") for number in range(3)]
    replies = await together(server, *(send_user(server, body) for body in bodies))
    assert sorted(reply.activity["id"] for reply in replies) == sorted(await activity_ids(server))
    assert sorted(await user_names(server)) == ["root", "user 0", "user 1", "user 2"]
    assert [(await send_user(server, body)).activity["id"] for body in bodies] == [
        reply.activity["id"] for reply in replies
    ]
    assert not faults.ends


@pytest.mark.parametrize("ends", UNSEEN, ids=str)
async def test_what_only_its_maker_may_see_reaches_its_maker(
    server: ComposedServer, faults: FaultyStore, ends: list[End]
) -> None:
    faults.ends.extend([None, *ends])
    body = server.activity_body("CREATE_READ_ONLY_SESSION", {})
    path = "/public/v1/submit/create_read_only_session"
    replies = await together(server, *(server.post(path, body, by=server.root) for _ in range(4)))
    tokens = [reply.result["session"] for reply in replies]
    assert len([token for token in tokens if token]) == 1, "the same bytes again are told no secret"
    assert len({reply.activity["id"] for reply in replies}) == 1


@pytest.mark.parametrize("ends", UNSEEN, ids=str)
async def test_who_gives_up_its_own_key_is_told_that_it_is_done(
    server: ComposedServer, faults: FaultyStore, ends: list[End]
) -> None:
    ann = await server.add_user("ann")
    session = await server.add_key(ann, seconds=900)
    keys = (await server.query("get_api_keys", by=ann, userId=ann.user_id)).json["apiKeys"]
    (key_id,) = [key["apiKeyId"] for key in keys if key["credential"]["publicKey"] == session.public_key]
    faults.ends.extend(ends)
    parameters = {"userId": ann.user_id, "apiKeyIds": [key_id]}
    assert (await server.submit("DELETE_API_KEYS", parameters, by=session)).result == {"apiKeyIds": [key_id]}
    assert (await server.query("whoami", by=session)).error == (401, 16, "PUBLIC_KEY_NOT_FOUND")


@pytest.mark.parametrize("ends", UNSEEN, ids=str)
async def test_who_deletes_its_own_organization_is_told_that_it_is_done(
    server: ComposedServer, faults: FaultyStore, ends: list[End]
) -> None:
    (sub,) = await server.add_sub_organization("sub")
    faults.ends.extend(ends)
    reply = await server.submit("DELETE_SUB_ORGANIZATION", {"deleteWithoutExport": True}, by=sub)
    assert reply.result == {"subOrganizationUuid": sub.organization_id}


async def test_what_waits_when_its_organization_is_deleted_is_refused(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("sub")
    members = {"organization_id": sub.organization_id}
    delete = server.activity_body("DELETE_SUB_ORGANIZATION", {"deleteWithoutExport": True}, **members)
    late = server.activity_body("CREATE_USER_TAG", {"userTagName": "t", "userIds": []}, **members)
    deleted, refused = await together(
        server,
        server.post("/public/v1/submit/delete_sub_organization", delete, by=sub),
        server.post("/public/v1/submit/create_user_tag", late, by=sub),
    )
    assert deleted.status == 200
    assert refused.status in (400, 401, 404), refused.body
    assert await user_names(server) == ["root"]


async def test_a_commit_that_never_ends_well_is_given_up(server: ComposedServer, faults: FaultyStore) -> None:
    body = new_user(server, "ann")
    faults.ends.extend([End.CONFLICT] * ATTEMPTS)
    assert (await send_user(server, body)).error == UNAVAILABLE
    assert await user_names(server) == ["root"]
    assert (await send_user(server, body)).status == 200


async def test_what_conflicts_for_ever_spoils_none_but_itself(server: ComposedServer, faults: FaultyStore) -> None:
    bodies = [new_user(server, name) for name in ("bad", "good", "better")]
    faults.ends.extend([None] + [End.CONFLICT] * ATTEMPTS)
    replies = await together(server, *(send_user(server, body) for body in bodies))
    assert [reply.status for reply in replies] == [503, 200, 200]
    assert faults.commits[1:] == [3] * TOGETHER_ATTEMPTS + [1] * (ATTEMPTS - TOGETHER_ATTEMPTS) + [2]


async def test_a_commit_whose_end_cannot_be_found_out_is_not_said_to_have_failed(
    server: ComposedServer, faults: FaultyStore
) -> None:
    body = new_user(server, "ann")
    faults.ends.append(End.DURABLE)
    faults.fails_for = lambda name, _: name == "turn" and bool(faults.commits)
    reply = await send_user(server, body)
    assert reply.error == UNAVAILABLE
    assert "cannot be told" in reply.message
    faults.fails_for = lambda name, _: False
    again = await send_user(server, body)
    assert [again.activity["id"]] == await activity_ids(server)


async def test_an_organization_that_cannot_be_read_spoils_no_other(server: ComposedServer, faults: FaultyStore) -> None:
    bad, good = [(await server.add_sub_organization("root"))[0] for _ in range(2)]
    faults.fails_for = lambda name, arguments: name == "activity_by_fingerprint" and arguments[0] == bad.organization_id

    def vote(by: Actor) -> Coroutine[Any, Any, Reply]:
        return server.submit("APPROVE_ACTIVITY", {"fingerprint": f"sha256:{64 * '0'}"}, by=by)

    def tag(name: str, by: Actor) -> Coroutine[Any, Any, Reply]:
        return server.submit("CREATE_USER_TAG", {"userTagName": name, "userIds": []}, by=by)

    replies = await together(server, tag("one", server.root), tag("one", good), vote(bad), tag("two", server.root))
    assert [reply.status for reply in replies] == [200, 200, 503, 200]


async def test_a_fault_in_a_lane_is_told_to_those_in_it_and_the_server_goes_on(
    server: ComposedServer, faults: FaultyStore
) -> None:
    faults.ends.append(End.FAULT)
    body = new_user(server, "ann")
    assert (await send_user(server, body)).error == UNAVAILABLE
    assert (await server.call("GET", "/readyz")).status == 200
    assert (await send_user(server, body)).status == 200


async def test_what_is_told_as_done_is_told_after_a_commit_and_a_refusal_needs_none(
    server: ComposedServer, faults: FaultyStore
) -> None:
    body = new_user(server, "ann")
    assert (await send_user(server, body)).status == 200
    assert (await send_user(server, body)).status == 200
    assert faults.commits == [1, 0]
    assert (await send_user(server, server.activity_body("CREATE_USERS_V4", {"users": []}))).status == 400
    assert faults.commits == [1, 0]


async def test_a_client_that_goes_takes_nothing_from_the_others(server: ComposedServer) -> None:
    bodies = [new_user(server, name) for name in ("gone", "there")]
    async with shared(server).turn([server.root.organization_id], []):
        sent = [asyncio.create_task(send_user(server, body)) for body in bodies]
        await asyncio.sleep(0.3)
        sent[0].cancel()
    assert (await sent[1]).status == 200
    assert await user_names(server) == ["root", "gone", "there"]


async def test_an_organization_that_another_machine_has_locked_holds_up_no_other(server: ComposedServer) -> None:
    (sub,) = await server.add_sub_organization("sub")
    async with shared(server).turn([server.root.organization_id], []):
        crowd = [asyncio.create_task(send_user(server, new_user(server, str(number)))) for number in range(3)]
        await asyncio.sleep(0.3)
        for number in range(3):
            body = server.activity_body(
                "CREATE_USER_TAG", {"userTagName": str(number), "userIds": []}, organization_id=sub.organization_id
            )
            assert (await server.post("/public/v1/submit/create_user_tag", body, by=sub)).status == 200
        assert not any(each.done() for each in crowd)
    assert {reply.status for reply in await asyncio.gather(*crowd)} == {200}


async def test_lanes_leave_connections_to_those_who_read() -> None:
    assert Limits().connections_max >= 2 * LANES  # each lane may read beside its turn


async def test_more_than_one_turn_takes_are_all_decided_in_their_order(server: ComposedServer) -> None:
    async with shared(server).turn([server.root.organization_id], []):
        sent = [
            asyncio.create_task(send_user(server, new_user(server, f"{number:03}")))
            for number in range(TURN_MAX + TURN_MAX // 4)
        ]
        await asyncio.sleep(0.1)
    replies = await asyncio.gather(*sent)
    assert {reply.status for reply in replies} == {200}
    assert await user_names(server) == ["root", *(f"{number:03}" for number in range(TURN_MAX + TURN_MAX // 4))]


async def test_a_large_submission_has_a_turn_of_its_own(server: ComposedServer, faults: FaultyStore) -> None:
    users = [user_params(f"{at}", generate_key_pair(Curve.P256)) for at in range(70)]
    large = server.activity_body("CREATE_USERS_V4", {"users": users})
    first, second, *more = [new_user(server, name) for name in "abcde"]
    writer = server.app._writing.writer
    assert isinstance(writer, Lanes)
    sent: list[asyncio.Task[Reply]] = []
    async with shared(server).turn([server.root.organization_id], []):
        for body in (first, second, large, *more):
            sent.append(asyncio.create_task(send_user(server, body)))
            while not writer._busy or len(writer._waiting) < len(sent) - 1:
                await asyncio.sleep(0.001)
    replies = await asyncio.gather(*sent)
    assert {reply.status for reply in replies} == {200}
    assert faults.commits == [1, 1, 1, 3], "one under way, what came before it, it, and what came after it"


async def test_a_server_that_stops_finishes_what_waits(server: ComposedServer) -> None:
    async with shared(server).turn([server.root.organization_id], []):
        sent = [asyncio.create_task(send_user(server, new_user(server, str(number)))) for number in range(3)]
        await asyncio.sleep(0.5)
        stopping = asyncio.create_task(server.app._writing.stop())
        await asyncio.sleep(0)
        late = await send_user(server, new_user(server, "late"))
    await stopping
    assert {reply.status for reply in await asyncio.gather(*sent)} == {200}
    assert late.error == UNAVAILABLE
    assert await user_names(server) == ["root", "0", "1", "2"]


class Elsewhere:
    """What another machine has in memory of an organization, and writes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def user_added(self, name: str) -> Commit:
        """The next version."""
        user = sample.user(sample.uuid(len(self._snapshot.users)), name=name)
        step = fold(self._snapshot, self._snapshot.id, [UserAdded(user=user)])
        self._snapshot = step.after
        return sample.commit(None, step)


async def test_a_request_asks_for_the_version_of_its_organization_once(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, asked = shared(server), []
    ask = store.advances

    async def counted(versions: Mapping[str, int]) -> dict[str, Advance]:
        asked.append([*versions])
        return await ask(versions)

    monkeypatch.setattr(store, "advances", counted)
    assert (await server.query("whoami")).status == 200
    asked.clear()
    assert (await server.query("whoami")).status == 200
    assert asked == [[server.root.organization_id]]
    asked.clear()
    assert (await send_user(server, new_user(server, "ann"))).status == 200
    assert asked == [[server.root.organization_id]]


@pytest.mark.parametrize("ends", [*UNSEEN, [End.FAULT]], ids=str)
async def test_a_refusal_that_counts_is_counted_once_if_it_is_told(
    server: ComposedServer, faults: FaultyStore, ends: list[End], monkeypatch: pytest.MonkeyPatch
) -> None:
    units_of_tests.counting(monkeypatch)
    faults.ends.extend(ends)
    reply = await server.submit("CREATE_USER_TAG", {"userTagName": "wrong", "userIds": []})
    rows = await server.store.page(server.root.organization_id, PrivateKeyTag, limit=10, before=None, after=None)
    told = [reply.message.removeprefix("wrong: ").removesuffix(" of 3")] if reply.status == 400 else []
    assert [row.name for row in rows] == told
    assert reply.status == (503 if ends == [End.FAULT] else 400)


async def test_what_another_machine_wrote_is_read_with_the_question_for_versions(
    server: ComposedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await user_names(server) == ["root"]
    elsewhere = Elsewhere(await stored.snapshot(server.store, server.root.organization_id))
    loads: list[str] = []
    for kind in (PostgresStore, PostgresTurn):
        monkeypatch.setattr(kind, "snapshot", lambda _, organization_id: loads.append(organization_id))
    await shared(server).commit([elsewhere.user_added("ann")])
    assert await user_names(server) == ["root", "ann"]
    body = new_user(server, "cem")
    async with shared(server).turn([server.root.organization_id], []) as turn:
        sent = asyncio.create_task(send_user(server, body))
        await asyncio.sleep(0.05)  # it has been let in, and waits for the lock
        await turn.commit([elsewhere.user_added("bob")])
    assert (await sent).status == 200
    assert await user_names(server) == ["root", "ann", "bob", "cem"]
    assert loads == []
