"""A database that says nothing any more, instead of breaking: those who ask are told 503, and once it answers again the
same bytes are one activity, also if what had been on its way arrives late, or its sender has died meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from composed import ComposedServer, Reply, user_params
from counterseal.crypto import Curve, generate_key_pair, sign_stamp
from counterseal.store import Store
from counterseal.store.postgres import DatabaseUrl, Limits, PostgresStore
from counterseal.store.postgres.connection import Connector
from line import Line, line, line_beside
from postgres_server import PASSWORD, USER, PostgresServer
from served import RunningServer, activity_body

HASTY = Limits(silence_s=1.0, connect_s=1.0, lock_s=4.0, idle_in_transaction_s=1.5, place_s=2.0)
BEGIN, WRITE, COMMIT = b"BEGIN", b"write_0", b"COMMIT\x00"
PATH = "/public/v1/submit/create_users"
CROWD = 3
PATIENCE = 100

pytestmark = pytest.mark.slow


def url_of(postgres: PostgresServer, port: int) -> str:
    """Of a new store, reached through a port."""
    _, _, options = postgres.new_database().rpartition("&")
    return f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres?{options}"


@pytest_asyncio.fixture
async def wire(postgres: PostgresServer) -> AsyncIterator[Line]:
    """What is between the server and its database."""
    async with line(postgres.port) as made:
        yield made


@pytest_asyncio.fixture
async def server(tmp_path: Path, postgres: PostgresServer, wire: Line) -> AsyncIterator[ComposedServer]:
    """One that does not wait for long."""
    url = DatabaseUrl(url_of(postgres, wire.port))

    def hasty(patient: Store) -> Store:
        assert isinstance(patient, PostgresStore)
        patient._pool._lose_server()  # closes its connections
        return PostgresStore(Connector(url, HASTY), HASTY)

    composed = await ComposedServer.start(tmp_path, database=url, wrap_store=hasty)
    yield composed
    wire.flow()
    await composed.app.stop()


async def send_until_done(server: ComposedServer, body: bytes) -> Reply:
    for _ in range(PATIENCE):
        reply = await server.post(PATH, body, by=server.root)
        if reply.status != 503:
            return reply
        await asyncio.sleep(0.05)
    raise TimeoutError


@pytest.mark.parametrize("moment", [BEGIN, WRITE, COMMIT], ids=["begin", "write", "commit"])
@pytest.mark.parametrize("arrives", [False, True], ids=["does not arrive", "is not answered"])
@pytest.mark.parametrize("rests_s", [0.0, 2 * HASTY.idle_in_transaction_s], ids=["at once", "late"])
async def test_what_was_sent_meanwhile_is_done_once(
    server: ComposedServer, wire: Line, moment: bytes, arrives: bool, rests_s: float
) -> None:
    names = [f"user {number}" for number in range(CROWD)]
    keys = [generate_key_pair(Curve.P256) for _ in names]
    bodies = [
        server.activity_body("CREATE_USERS_V4", {"users": [user_params(name, key)]})
        for name, key in zip(names, keys, strict=True)
    ]
    assert (await server.query("whoami")).status == 200
    wire.hang_before, wire.hang_after = (None, moment) if arrives else (moment, None)
    replies = await asyncio.gather(*(server.post(PATH, body, by=server.root) for body in bodies))
    assert {reply.status for reply in replies} == {503}
    assert (await server.query("whoami")).status == 503
    assert (await server.call("GET", "/readyz")).status == 503
    await asyncio.sleep(rests_s)
    wire.flow()
    done = [await send_until_done(server, body) for body in bodies]
    assert {reply.status for reply in done} == {200}
    users = (await server.query("list_users")).json["users"]
    assert sorted(user["userName"] for user in users) == ["root", *names]
    assert len({reply.activity["id"] for reply in done}) == CROWD
    assert (await server.call("GET", "/readyz")).status == 200


@pytest.fixture
def long_line(postgres: PostgresServer) -> Iterator[Line]:
    """To the machine of a server that will lose its power."""
    with line_beside(postgres.port) as made:
        yield made


@pytest.mark.parametrize("arrives", [False, True], ids=["before its commit", "before the answer"])
@pytest.mark.parametrize("is_noticed", [False, True], ids=["machine", "process"])
def test_a_server_that_dies_in_the_middle_of_a_turn(
    tmp_path: Path, postgres: PostgresServer, long_line: Line, arrives: bool, is_noticed: bool
) -> None:
    """``is_noticed``: its machine tells the database that it is gone."""
    url = url_of(postgres, postgres.port)
    dying = RunningServer(tmp_path / "data", tmp_path / "log-0", database=url)
    other = dying.another(tmp_path / "log-1")
    far = url.replace(f":{postgres.port}/", f":{long_line.port}/")
    dying = dying.another(tmp_path / "log-0", data=dying.data, database=far)
    hangs = threading.Event()
    long_line.on_hang = hangs.set
    dying.start()
    other.start()
    try:
        new = {"users": [user_params("ann", generate_key_pair(Curve.P256))]}
        body = activity_body(dying.organization_id, "CREATE_USERS_V4", new)
        stamp = sign_stamp(dying.key, body)
        long_line.hang_before, long_line.hang_after = (None, COMMIT) if arrives else (COMMIT, None)
        sender = threading.Thread(target=_send_in_vain, args=(dying, body, stamp))
        sender.start()
        assert hangs.wait(30)
        dying.kill()
        sender.join()
        if is_noticed:
            long_line.cut()
        _send_until_done(other, PATH, activity_body(other.organization_id, "CREATE_USERS_V4", _user("bob")))
        _send_until_done(other, PATH, body)
        names = [user["userName"] for user in other.query("list_users")[1]["users"]]
        assert sorted(names) == ["ann", "bob", "root"]
        long_line.cut()
        long_line.flow()
        dying.start()
        assert dying.post(PATH, body, stamp)[1] == other.post(PATH, body, stamp)[1]
    finally:
        dying.stop()
        other.stop()


def _user(name: str) -> dict[str, object]:
    return {"users": [user_params(name, generate_key_pair(Curve.P256))]}


def _send_in_vain(server: RunningServer, body: bytes, stamp: str) -> None:
    with pytest.raises(OSError):
        server.post(PATH, body, stamp)


def _send_until_done(server: RunningServer, path: str, body: bytes) -> None:
    for _ in range(PATIENCE):
        status, reply = server.post(path, body, sign_stamp(server.key, body))
        if status == 200:
            return
        assert status == 503, reply
    raise TimeoutError
