"""Events on their way to webhooks: in order within a line, never lost while somebody takes and somebody adds."""

from __future__ import annotations

import asyncio

import pytest

import sample
from counterseal.store import Conflict, Ending, Line, NewDelivery, Store
from counterseal.store.outbox import LEASE_MS
from counterseal.store.sql.webhook_queue import RUN, SMALL_BYTES
from outbox_samples import ENDPOINT, HERE, THERE, delivery, ended
from sample import NOW_MS, ORGANIZATION_ID, PARENT_ID, uuid


async def tell(store: Store, *deliveries: NewDelivery) -> None:
    await store.commit([sample.commit(sample.activity(), deliveries=deliveries)])


async def lines(store: Store, channel: str = HERE, *, after_ms: int = 1000) -> list[Line]:
    return await store.lines_due(channel, now_ms=NOW_MS + after_ms, limit=10)


def bodies(found: list[Line]) -> list[list[str]]:
    return [[event.body.decode() for event in line.events] for line in found]


async def test_a_line_has_its_events_in_the_order_of_commits(store: Store) -> None:
    await tell(store, delivery(3), delivery(1), delivery(7, to=THERE))
    await tell(store, delivery(2))
    (line,) = await lines(store)
    assert bodies([line]) == [["event 3", "event 1", "event 2"]]
    assert (line.owner_id, line.endpoint_id, line.tries, line.due_ms) == (PARENT_ID, ENDPOINT, 0, NOW_MS + 3)
    assert [event.event_id for event in line.events] == [uuid(3), uuid(1), uuid(2)]
    assert bodies(await lines(store, THERE)) == [["event 7"]]
    assert await store.channels_due() == {HERE: NOW_MS + 3, THERE: NOW_MS + 7}
    assert await store.oldest_delivery_ms() == NOW_MS + 1


async def test_what_is_delivered_is_gone_and_the_next_is_due(store: Store) -> None:
    await tell(store, delivery(1), delivery(2))
    (line,) = await lines(store)
    await store.settle([ended(line, due=50)])
    assert await lines(store, after_ms=49) == []
    (line,) = await lines(store, after_ms=50)
    assert bodies([line]) == [["event 2"]]
    await store.settle([ended(line), ended(line)])  # said twice, it counts once
    assert await lines(store) == []
    assert await store.channels_due() == {}
    assert await store.oldest_delivery_ms() is None


async def test_who_speaks_of_an_event_that_was_taken_takes_no_other(store: Store) -> None:
    await tell(store, delivery(1))
    (line,) = await lines(store)
    await store.settle([ended(line)])
    await tell(store, delivery(2))  # it has the number that the first had
    await store.settle([ended(line), ended(line, Ending.BURIED), ended(line, Ending.TRIED, due=500)])
    (now,) = await lines(store)
    assert (bodies([now]), now.tries) == ([["event 2"]], 0)
    assert now.events[0].sequence == line.events[0].sequence
    assert await store.dead_letters(owner_id=None, after=None, limit=5) == []


async def test_what_was_tried_in_vain_waits_with_all_behind_it(store: Store) -> None:
    await tell(store, delivery(1), delivery(2))
    (line,) = await lines(store)
    await store.settle([ended(line, Ending.TRIED, due=5000)])
    assert await lines(store, after_ms=4999) == []
    assert await store.channels_due() == {HERE: NOW_MS + 5000}
    (line,) = await lines(store, after_ms=5000)
    assert (bodies([line]), line.tries) == ([["event 1", "event 2"]], 1)


async def test_what_is_given_up_is_kept_and_counted_until_one_arrives(store: Store) -> None:
    await tell(store, *map(delivery, (1, 2, 3, 4)))
    (line,) = await lines(store)
    await store.settle([ended(line, Ending.BURIED, at=at, reason="status 410") for at in (0, 1)])
    assert await store.deaths_in_a_row(HERE) == 2
    letters = await store.dead_letters(owner_id=PARENT_ID, after=None, limit=5)
    assert [(letter.event_id, letter.reason, letter.created_ms) for letter in letters] == [
        (uuid(1), "status 410", NOW_MS + 1),
        (uuid(2), "status 410", NOW_MS + 2),
    ]
    assert await store.dead_letters(owner_id=PARENT_ID, after=letters[0], limit=5) == letters[1:]
    assert await store.dead_letters(owner_id=ORGANIZATION_ID, after=None, limit=5) == []
    await store.settle([ended(line, at=2)])
    assert await store.deaths_in_a_row(HERE) == 0
    assert await store.revive(letters[0], channel_id=THERE, now_ms=NOW_MS)
    assert not await store.revive(letters[0], channel_id=THERE, now_ms=NOW_MS)
    assert bodies(await lines(store, THERE)) == [["event 1"]]
    assert bodies(await lines(store)) == [["event 4"]]
    await store.forget_dead_letters(before_event_id=uuid(2))
    assert await store.dead_letters(owner_id=None, after=None, limit=5) == letters[1:]
    await store.forget_dead_letters(before_event_id=uuid(3))
    assert await store.dead_letters(owner_id=None, after=None, limit=5) == []


async def test_a_closed_channel_is_emptied(store: Store) -> None:
    await tell(store, delivery(1), delivery(2), delivery(3, in_=PARENT_ID), delivery(4, to=THERE))
    assert await store.drop_lines(HERE) == 2
    assert await store.drop_lines(HERE) == 0
    assert await store.channels_due() == {THERE: NOW_MS + 4}
    assert await store.oldest_delivery_ms() == NOW_MS + 4


async def test_few_events_are_read_at_a_time_and_large_ones_alone(store: Store) -> None:
    large = bytes(SMALL_BYTES + 1)
    await tell(store, delivery(0, body=large), *map(delivery, range(1, RUN)), delivery(RUN), delivery(RUN + 1))
    (line,) = await lines(store)
    assert [len(event.body) for event in line.events] == [len(large), *([7] * (RUN - 1))]
    await tell(store, delivery(20, to=THERE), delivery(21, to=THERE, body=large), delivery(22, to=THERE))
    assert bodies(await lines(store, THERE)) == [["event 20"]]


async def test_of_many_lines_those_that_wait_longest_come_first(store: Store) -> None:
    await tell(store, delivery(1), delivery(2, in_=PARENT_ID))
    first, second = await lines(store)
    assert (first.organization_id, second.organization_id) == (ORGANIZATION_ID, PARENT_ID)
    await store.settle([ended(first, Ending.TRIED, due=900)])
    assert [line.organization_id for line in await lines(store)] == [PARENT_ID, ORGANIZATION_ID]
    assert len(await store.lines_due(HERE, now_ms=NOW_MS + 1000, limit=1)) == 1


async def test_taking_and_adding_at_once_loses_nothing(store: Store) -> None:
    """Whoever adds to a line that is just being emptied finds it there, or begins it anew."""
    arrived: list[str] = []

    async def add() -> None:
        for number in range(30):
            await tell(store, delivery(number))

    async def take() -> None:
        while len(arrived) < 30:
            for line in await lines(store):
                arrived.extend(event.body.decode() for event in line.events)
                await store.settle([ended(line, at=at) for at in range(len(line.events))])
            await asyncio.sleep(0)

    async with asyncio.timeout(60):
        await asyncio.gather(add(), take())
    assert arrived == [f"event {number}" for number in range(30)]
    assert await store.channels_due() == {}


async def test_one_holder_has_a_lease_until_it_lapses_or_is_dropped(store: Store) -> None:
    assert await store.take_lease("webhooks", "one", now_ms=NOW_MS)
    assert not await store.take_lease("webhooks", "two", now_ms=NOW_MS + 1)
    assert await store.take_lease("webhooks", "one", now_ms=NOW_MS + 1000)
    assert not await store.take_lease("webhooks", "two", now_ms=NOW_MS + LEASE_MS)
    assert await store.take_lease("webhooks", "two", now_ms=NOW_MS + 1000 + LEASE_MS)
    assert not await store.take_lease("webhooks", "one", now_ms=NOW_MS + 1001 + LEASE_MS)
    await store.drop_lease("webhooks", "one")
    assert not await store.take_lease("webhooks", "one", now_ms=NOW_MS + 1001 + LEASE_MS)
    await store.drop_lease("webhooks", "two")
    assert await store.take_lease("webhooks", "one", now_ms=NOW_MS)


async def test_an_event_that_cannot_be_stored_leaves_no_activity(store: Store) -> None:
    activity = sample.activity()
    await store.commit([sample.commit(activity, deliveries=(delivery(1),))])
    with pytest.raises(Conflict):
        await store.commit([sample.commit(activity, deliveries=(delivery(2),))])
    assert bodies(await lines(store)) == [["event 1"]]
