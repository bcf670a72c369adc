"""The database is lost, at every moment that matters, and comes back: what was acknowledged is there, and nothing else
is said of the rest than what is known of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

import sample
import stored
from counterseal.organizations import UserAdded
from counterseal.store import StoredActivity, StoreError, Unknown
from counterseal.store.postgres import DatabaseUrl, Limits, PostgresStore
from line import Line, line
from postgres_server import PASSWORD, USER, PostgresServer, running_postgres
from sample import ORGANIZATION_ID, uuid

HASTY = Limits(silence_s=0.5, connect_s=0.5, lock_s=2.0, idle_in_transaction_s=1.0)
COMMIT, WRITE = b"COMMIT\x00", b"write_0"


@pytest.fixture
def place(postgres: PostgresServer) -> str:
    """The URL of a new store but for its host and port."""
    _, _, options = postgres.new_database().rpartition("&")
    return f"postgresql://{USER}:{PASSWORD}@{{}}/postgres?{options}"


@pytest_asyncio.fixture
async def wire(postgres: PostgresServer) -> AsyncIterator[Line]:
    """What is between the store and the server."""
    async with line(postgres.port) as made:
        yield made


@pytest_asyncio.fixture
async def store(place: str, wire: Line) -> AsyncIterator[PostgresStore]:
    """A store at the other end of the line, with an organization."""
    made = await PostgresStore.create(DatabaseUrl(place.format(f"127.0.0.1:{wire.port}")), HASTY)
    await stored.make(made, ORGANIZATION_ID)
    yield made
    await made.close()


@asynccontextmanager
async def another(postgres: PostgresServer, place: str) -> AsyncIterator[PostgresStore]:
    """Another machine, whose line is sound."""
    opened = await PostgresStore.open(DatabaseUrl(place.format(f"127.0.0.1:{postgres.port}")))
    yield opened
    await opened.close()


async def add_user(store: PostgresStore, number: int) -> StoredActivity:
    """The activity that did."""
    activity = sample.activity()
    await stored.change(store, ORGANIZATION_ID, UserAdded(user=sample.user(uuid(number))), activity=activity)
    return activity


async def is_there(store: PostgresStore, activity: StoredActivity) -> bool:
    return await store.activity(ORGANIZATION_ID, activity.id) == activity


@pytest.mark.parametrize("is_durable", [False, True])
async def test_a_line_that_is_cut_at_commit_leaves_unknown_what_was_done(
    store: PostgresStore, wire: Line, is_durable: bool
) -> None:
    activity = sample.activity()
    step = await stored.step(store, ORGANIZATION_ID, UserAdded(user=sample.user()))
    wire.cut_before, wire.cut_after = (None, COMMIT) if is_durable else (COMMIT, None)
    with pytest.raises(Unknown):
        await store.commit([sample.commit(activity, step)])
    wire.cut_before = wire.cut_after = None
    async with store.turn([ORGANIZATION_ID], [(ORGANIZATION_ID, activity.fingerprint)]) as turn:  # waits for the other
        assert turn.versions_held == {ORGANIZATION_ID: 2 if is_durable else 1}
        assert bool(turn.known) is is_durable
    assert await is_there(store, activity) is is_durable


@pytest.mark.parametrize("moment", [b"BEGIN", WRITE])
async def test_a_line_that_is_cut_before_leaves_nothing(store: PostgresStore, wire: Line, moment: bytes) -> None:
    activity = sample.activity()
    step = await stored.step(store, ORGANIZATION_ID, UserAdded(user=sample.user()))
    wire.cut_before = moment
    with pytest.raises(StoreError):
        await store.commit([sample.commit(activity, step)])
    wire.cut_before = None
    assert await store.versions([ORGANIZATION_ID]) == {ORGANIZATION_ID: 1}
    await store.commit([sample.commit(activity, step)])
    assert await is_there(store, activity)


async def test_a_line_that_hangs_is_given_up(
    store: PostgresStore, wire: Line, postgres: PostgresServer, place: str
) -> None:
    step = await stored.step(store, ORGANIZATION_ID, UserAdded(user=sample.user()))
    wire.hang_before = COMMIT
    with pytest.raises(Unknown):
        await store.commit([sample.commit(sample.activity(), step)])
    for _ in range(2):  # neither on an old connection nor on a new one
        with pytest.raises(StoreError):
            await store.versions([ORGANIZATION_ID])
    async with another(postgres, place) as other:
        assert await other.versions([ORGANIZATION_ID]) == {ORGANIZATION_ID: 1}
        await add_user(other, 2)  # the server has given the first one up as well


async def test_one_connection_that_hangs_takes_the_others_along(store: PostgresStore, wire: Line) -> None:
    await asyncio.gather(*(store.snapshot(ORGANIZATION_ID) for _ in range(4)))
    old = [*store._pool._idle]
    assert len(old) == 4
    wire.hang()
    with pytest.raises(StoreError):
        await store.snapshot(ORGANIZATION_ID)
    assert store._pool._idle == []
    assert all(connection.is_closed() for connection in old)


async def test_a_commit_that_is_given_up_is_cut_and_never_cancelled(store: PostgresStore, wire: Line) -> None:
    step = await stored.step(store, ORGANIZATION_ID, UserAdded(user=sample.user()))
    arrived = asyncio.Event()
    wire.hang_before, wire.on_hang = COMMIT, arrived.set
    committing = asyncio.create_task(store.commit([sample.commit(sample.activity(), step)]))
    await arrived.wait()
    connections = wire.connections
    committing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await committing
    await asyncio.sleep(0)
    assert wire.connections == connections  # a request to cancel would be one more
    assert store._pool._idle == []


async def test_hosts_that_are_down_silent_or_read_only_are_passed_over(
    postgres: PostgresServer, place: str, wire: Line
) -> None:
    wire.hang()
    hosts = f"127.0.0.1:1,127.0.0.1:{wire.port},127.0.0.1:{postgres.port}"
    store = await PostgresStore.create(DatabaseUrl(place.format(hosts)), HASTY)
    connections = wire.connections
    await asyncio.gather(*(store.versions([uuid(number)]) for number in range(3)), stored.make(store, ORGANIZATION_ID))
    assert wire.connections == connections  # the one that answered is asked first
    await store.close()


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgresServer]:
    """A server that is killed."""
    with running_postgres() as server:
        yield server


async def test_a_server_that_is_killed_and_comes_back(mortal: PostgresServer) -> None:
    store = await PostgresStore.create(DatabaseUrl(mortal.new_database()), HASTY)
    await stored.make(store, ORGANIZATION_ID)
    acknowledged: list[StoredActivity] = []
    unknown: list[StoredActivity] = []
    is_dead = False

    async def load(worker: int) -> None:
        number = 0
        while not is_dead:
            number += 1
            activity = sample.activity()
            user = UserAdded(user=sample.user(uuid(0x1000 * worker + number)))
            try:
                async with store.turn([ORGANIZATION_ID], []) as turn:
                    step = await stored.step(turn, ORGANIZATION_ID, user)
                    await turn.commit([sample.commit(activity, step)])
            except Unknown:
                unknown.append(activity)
            except StoreError:
                await asyncio.sleep(0.01)
            else:
                acknowledged.append(activity)

    workers = [asyncio.create_task(load(number)) for number in range(1, 5)]
    while len(acknowledged) < 20:
        await asyncio.sleep(0.01)
    mortal.kill()
    is_dead = True
    await asyncio.gather(*workers)
    with pytest.raises(StoreError):
        await store.ping()
    mortal.start()
    await store.ping()
    durable = [each for each in unknown if await is_there(store, each)]
    assert all([await is_there(store, each) for each in acknowledged])
    version = len(acknowledged) + len(durable) + 1
    assert await store.versions([ORGANIZATION_ID]) == {ORGANIZATION_ID: version}
    assert len((await stored.snapshot(store, ORGANIZATION_ID)).users) == version - 1
    await add_user(store, 0x9999)
    await store.close()


async def test_a_server_that_takes_no_writes_is_none(mortal: PostgresServer) -> None:
    url = DatabaseUrl(mortal.new_database())
    store = await PostgresStore.create(url)
    await stored.make(store, ORGANIZATION_ID)
    mortal.run("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
    try:
        with pytest.raises(StoreError):
            for number in range(1, 1000):  # the settings are read anew whenever the server comes to it
                await add_user(store, number)
        with pytest.raises(StoreError, match="read-write"):
            await store.ping()  # the connection from before was given up
    finally:
        mortal.run("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")
    await add_user(store, 1000)
    await store.close()
