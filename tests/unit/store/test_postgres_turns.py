"""Turns of a store that others write to as well: what is read in one stays so, and others wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

import sample
import stored
from counterseal.organizations import Put, UserAdded, fold
from counterseal.store import Conflict, RowChanges, RowKey, SealedRow, StoreError
from counterseal.store.postgres import DatabaseUrl, Limits, PostgresStore
from postgres_server import PostgresServer
from sample import DOOR_NAME, ORGANIZATION_ID, PARENT_ID, Door, door, uuid

BOTH = [ORGANIZATION_ID, PARENT_ID]


@pytest_asyncio.fixture
async def url(postgres: PostgresServer) -> AsyncIterator[DatabaseUrl]:
    """A store with a parent and an organization."""
    url = DatabaseUrl(postgres.new_database())
    made = await PostgresStore.create(url)
    await stored.make(made, PARENT_ID)
    await stored.make(made, ORGANIZATION_ID, parent_id=PARENT_ID)
    await made.close()
    yield url


@pytest_asyncio.fixture
async def one(url: DatabaseUrl) -> AsyncIterator[PostgresStore]:
    """A machine."""
    opened = await PostgresStore.open(url)
    yield opened
    await opened.close()


@pytest_asyncio.fixture
async def other(url: DatabaseUrl) -> AsyncIterator[PostgresStore]:
    """Another one, which is not patient."""
    opened = await PostgresStore.open(url, Limits(lock_s=0.2))
    yield opened
    await opened.close()


async def test_it_says_how_organizations_stand_and_reads_what_a_decision_needs(one: PostgresStore) -> None:
    activity = sample.activity()
    await stored.change(one, ORGANIZATION_ID, UserAdded(user=sample.user()), activity=activity)
    asked = [(ORGANIZATION_ID, activity.fingerprint), (PARENT_ID, activity.fingerprint)]
    async with one.turn([*BOTH, uuid(99)], asked) as turn:
        assert turn.versions_held == {ORGANIZATION_ID: 2, PARENT_ID: 1}
        assert turn.known == {(ORGANIZATION_ID, activity.fingerprint)}
        assert await turn.snapshot(ORGANIZATION_ID) == await one.snapshot(ORGANIZATION_ID)
        assert await turn.activities_by_fingerprint(asked) == {asked[0]: activity}
        key = RowKey(kind=Door, key=DOOR_NAME, value="none")
        both = await asyncio.gather(turn.activity(ORGANIZATION_ID, activity.id), turn.rows(ORGANIZATION_ID, [key]))
        assert both == [activity, {key: ()}]
    async with one.turn([], []) as turn:
        assert (turn.versions_held, turn.known) == ({}, set())


async def test_what_is_decided_is_committed_in_it(one: PostgresStore, other: PostgresStore) -> None:
    activity = sample.activity()
    async with one.turn([ORGANIZATION_ID], []) as turn:
        now = await stored.snapshot(turn, ORGANIZATION_ID)
        step = fold(now, ORGANIZATION_ID, [UserAdded(user=sample.user())])
        put = RowChanges(organization=now, changes=(Put(row=door(1)),))
        await turn.commit([sample.commit(activity, step, rows=(put,))])
        with pytest.raises(StoreError, match="the turn is over"):
            await turn.snapshot(ORGANIZATION_ID)
        with pytest.raises(StoreError, match="the turn is over"):
            await turn.commit([])
    assert await other.snapshot(ORGANIZATION_ID) == step.after
    assert await other.activity(ORGANIZATION_ID, activity.id) == activity
    assert await other.count(ORGANIZATION_ID, Door, at_most=2) == 1


async def test_nothing_is_left_of_one_that_ends_otherwise(one: PostgresStore, other: PostgresStore) -> None:
    async with one.turn(BOTH, []):
        pass
    with pytest.raises(ZeroDivisionError):
        async with one.turn(BOTH, []):
            raise ZeroDivisionError
    step = await stored.step(one, ORGANIZATION_ID, UserAdded(user=sample.user()))
    wrong = sample.activity(votes=(sample.vote(uuid(99)),))
    with pytest.raises(StoreError):
        async with one.turn(BOTH, []) as turn:
            await turn.commit([sample.commit(wrong, step)])
    async with other.turn(BOTH, []) as turn:
        assert turn.versions_held == {ORGANIZATION_ID: 1, PARENT_ID: 1}


async def test_who_comes_later_sees_what_was_done_before(one: PostgresStore, url: DatabaseUrl) -> None:
    other = await PostgresStore.open(url)
    activity, step = sample.activity(), await stored.step(one, ORGANIZATION_ID, UserAdded(user=sample.user()))

    async def second() -> tuple[dict[str, int], set[tuple[str, bytes]]]:
        async with other.turn(BOTH, [(ORGANIZATION_ID, activity.fingerprint)]) as turn:
            return turn.versions_held, turn.known

    async with one.turn([ORGANIZATION_ID], []) as turn:
        waiting = asyncio.create_task(second())
        await waits_for_lock(one)
        await turn.commit([sample.commit(activity, step)])
    assert await waiting == ({ORGANIZATION_ID: 2, PARENT_ID: 1}, {(ORGANIZATION_ID, activity.fingerprint)})
    await other.close()


async def test_who_waits_too_long_is_told(one: PostgresStore, other: PostgresStore) -> None:
    step = await stored.step(other, ORGANIZATION_ID, UserAdded(user=sample.user()))
    async with one.turn([ORGANIZATION_ID], []):
        with pytest.raises(StoreError, match="lock timeout"):
            async with other.turn(BOTH, []):
                pytest.fail("not reached")
        with pytest.raises(StoreError, match="lock timeout"):
            await other.commit([sample.commit(None, step)])
        async with other.turn([PARENT_ID], []) as turn:  # beside it
            assert turn.versions_held == {PARENT_ID: 1}
    await other.commit([sample.commit(None, step)])


async def test_an_organization_that_was_not_locked_is_locked_for_the_commit(
    one: PostgresStore, other: PostgresStore
) -> None:
    of_parent = await stored.step(other, PARENT_ID, UserAdded(user=sample.user()))
    async with one.turn([ORGANIZATION_ID], []) as turn:
        await other.commit([sample.commit(None, of_parent)])
        with pytest.raises(Conflict):
            await turn.commit([sample.commit(sample.activity(), rests_on=((ORGANIZATION_ID, 1), (PARENT_ID, 1)))])
    async with one.turn([ORGANIZATION_ID], []) as turn:
        await turn.commit([sample.commit(sample.activity(), rests_on=((ORGANIZATION_ID, 1), (PARENT_ID, 2)))])


async def test_whatever_is_written_to_an_organization_waits_for_its_turn(
    one: PostgresStore, other: PostgresStore
) -> None:
    now = await stored.snapshot(one, ORGANIZATION_ID)
    commits = [
        sample.commit(sample.activity()),
        sample.commit(None, rows=(RowChanges(organization=now, changes=(Put(row=door(1)),)),)),
        sample.commit(None, secrets=(SealedRow(organization_id=ORGANIZATION_ID, id=uuid(1), sealed=b"s"),)),
        sample.commit(None, rests_on=((ORGANIZATION_ID, 1),)),
    ]
    async with one.turn([ORGANIZATION_ID], []):
        for commit in commits:
            with pytest.raises(StoreError, match="lock timeout"):
                await other.commit([commit])
    await other.commit(commits)


async def test_of_two_that_wait_for_each_other_one_has_a_conflict(one: PostgresStore, url: DatabaseUrl) -> None:
    other = await PostgresStore.open(url)
    steps = {id_: await stored.step(one, id_, UserAdded(user=sample.user())) for id_ in BOTH}
    have_begun = asyncio.Barrier(2)

    async def crosswise(store: PostgresStore, held: str, wanted: str) -> None:
        async with store.turn([held], []) as turn:
            await have_begun.wait()
            await turn.commit([sample.commit(None, steps[held], rests_on=((wanted, 1),))])

    ended = await asyncio.gather(crosswise(one, *BOTH), crosswise(other, *reversed(BOTH)), return_exceptions=True)
    assert [type(each) for each in ended if each is not None] == [Conflict]
    await other.close()


async def test_one_that_is_given_up_frees_what_it_held(one: PostgresStore, other: PostgresStore) -> None:
    begun = asyncio.Event()

    async def long() -> None:
        async with one.turn(BOTH, []):
            begun.set()
            await asyncio.Event().wait()

    turn = asyncio.create_task(long())
    await begun.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    async with other.turn(BOTH, []):
        pass


async def waits_for_lock(store: PostgresStore) -> None:
    """Return once somebody does."""
    while True:
        async with store._pool.session() as session:
            script = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            ((waiting,),) = await session._connection.fetch(script)
        if waiting:
            return
        await asyncio.sleep(0.01)
