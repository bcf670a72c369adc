"""Rows and secrets of an organization: by id, by key and in pages, and what others have is not seen."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

import sample
import stored
from counterseal.organizations import Put, Removed, RemovedAll, Row, RowChange
from counterseal.store import Commit, Conflict, NewEvent, RowChanges, RowKey, SealedRow, Store
from sample import COLOUR, DOOR_NAME, ORGANIZATION_ID, PARENT_ID, Door, door, uuid


async def put(store: Store, *changes: RowChange, in_: str = ORGANIZATION_ID) -> None:
    organization = await stored.snapshot(store, in_)
    rows = RowChanges(organization=organization, changes=changes)
    await store.commit([sample.commit(sample.activity(in_), rows=(rows,))])


async def found(store: Store, key: RowKey, *, in_: str = ORGANIZATION_ID) -> list[str]:
    return [row.id for row in (await store.rows(in_, [key]))[key]]


def doors(*numbers: int) -> list[str]:
    return [door(number).id for number in numbers]


async def test_rows_are_found_by_id_and_by_key_in_the_order_of_ids(store: Store) -> None:
    await put(store, *(Put(row=door(number)) for number in (3, 1, 2)), Put(row=door(4, colour=None)))
    by_id = RowKey(kind=Door, value=door(2).id)
    by_name = RowKey(kind=Door, key=DOOR_NAME, value="door 4")
    green = RowKey(kind=Door, key=COLOUR, value="green")
    blue = RowKey(kind=Door, key=COLOUR, value="blue")
    answer = await store.rows(ORGANIZATION_ID, [by_id, by_name, green, blue, by_id])
    assert {key: [row.id for row in rows] for key, rows in answer.items()} == {
        by_id: doors(2),
        by_name: doors(4),
        green: doors(1, 2, 3),
        blue: [],
    }
    assert answer[by_id] == (door(2, revision=1),)


async def test_what_is_replaced_and_removed_is_no_longer_found_by_what_it_had(store: Store) -> None:
    await put(store, Put(row=door(1)), Put(row=door(2)))
    first, second = door(1, revision=1), door(2, revision=1)
    await put(store, Put(row=replace(first, name="front", colour="red"), replaces=first), Removed(row=second))
    expected = {"door 1": [], "door 2": [], "front": doors(1)}
    for name, ids in expected.items():
        assert await found(store, RowKey(kind=Door, key=DOOR_NAME, value=name)) == ids
    assert await found(store, RowKey(kind=Door, key=COLOUR, value="green")) == []
    await put(store, Put(row=door(3, name="door 1")))
    assert await found(store, RowKey(kind=Door, key=DOOR_NAME, value="door 1")) == doors(3)


async def test_a_key_is_handed_on_within_one_batch(store: Store) -> None:
    await put(store, Put(row=door(1, name="front")))
    await put(store, Removed(row=door(1, name="front", revision=1)), Put(row=door(2, name="front")))
    assert await found(store, RowKey(kind=Door, key=DOOR_NAME, value="front")) == doors(2)


async def test_rows_of_other_organizations_are_not_seen(store: Store) -> None:
    await put(store, Put(row=door(1)), in_=PARENT_ID)
    await put(store, Put(row=door(2, name="door 1")))
    for key, ids in (
        (RowKey(kind=Door, value=door(1).id), []),
        (RowKey(kind=Door, key=DOOR_NAME, value="door 1"), doors(2)),
        (RowKey(kind=Door, key=COLOUR, value="green"), doors(2)),
    ):
        assert await found(store, key) == ids
    assert [row.id for row in await page(store)] == doors(2)
    assert await store.count(ORGANIZATION_ID, Door, at_most=10) == 1


async def page(store: Store, **asked: object) -> list[Door]:
    arguments = {"limit": 2, "before": None, "after": None} | asked
    return await store.page(ORGANIZATION_ID, Door, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("where", [None, (COLOUR, "green")])
async def test_pages_are_newest_first_and_go_on_in_both_directions(store: Store, where: object) -> None:
    others = [] if where is None else [Put(row=door(number, colour="red")) for number in (10, 11)]
    await put(store, *(Put(row=door(number)) for number in (1, 2, 3, 4, 5)), *others)
    for asked, numbers in (
        ({}, (5, 4)),
        ({"after": door(4).id}, (3, 2)),
        ({"after": door(2).id}, (1,)),
        ({"before": door(2).id}, (4, 3)),
        ({"before": door(1).id, "after": door(4).id}, (3, 2)),
        ({"before": door(5).id}, ()),
    ):
        assert [row.id for row in await page(store, where=where, **asked)] == doors(*numbers), asked


@pytest.mark.parametrize("where", [None, (COLOUR, "green")])
async def test_pages_may_be_oldest_first(store: Store, where: object) -> None:
    await put(store, *(Put(row=door(number)) for number in (1, 2, 3, 5, 6)))
    for asked, numbers in (
        ({}, (1, 2)),
        ({"after": door(2).id}, (3, 5)),
        ({"after": door(4).id}, (5, 6)),
        ({"before": door(6).id}, (3, 5)),
        ({"before": door(6).id, "after": door(1).id}, (2, 3)),
        ({"before": door(1).id}, ()),
    ):
        assert [row.id for row in await page(store, where=where, oldest_first=True, **asked)] == doors(*numbers), asked


async def test_a_long_page_is_of_one_moment_and_whole(store: Store) -> None:
    await put(store, *(Put(row=door(number)) for number in range(1, 501)))
    assert [row.id for row in await page(store, limit=1000)] == doors(*range(500, 0, -1))


async def test_rows_go_by_a_key_with_all_their_keys_and_secrets(store: Store) -> None:
    many = range(1, 451)  # more than are removed in one piece
    colours = {number: "red" if number % 50 == 0 else "green" for number in many}
    await put(store, *(Put(row=door(number, colour=colours[number])) for number in many))
    await put(store, Put(row=door(7, name="elsewhere")), in_=PARENT_ID)
    secrets = tuple(SealedRow(organization_id=ORGANIZATION_ID, id=door(number).id, sealed=b"s") for number in (1, 50))
    await store.commit([sample.commit(sample.activity(), secrets=secrets)])
    await put(store, RemovedAll(kind=Door, key=COLOUR, value="green"))
    left = [number for number in many if number % 50 == 0]
    assert [row.id for row in await page(store, limit=1000)] == doors(*reversed(left))
    assert await store.secrets(ORGANIZATION_ID, [door(1).id, door(50).id]) == {door(50).id: b"s"}
    assert await found(store, RowKey(kind=Door, key=DOOR_NAME, value="door 1")) == []
    await put(store, Put(row=door(600, name="door 1")))  # its name is free again
    assert await store.count(PARENT_ID, Door, at_most=9) == 1
    await put(store, RemovedAll(kind=Door))
    assert await store.count(ORGANIZATION_ID, Door, at_most=9) == 0


async def test_no_more_is_counted_than_is_asked_for(store: Store) -> None:
    await put(store, *(Put(row=door(number)) for number in range(5)))
    assert await store.count(ORGANIZATION_ID, Door, at_most=3) == 3
    assert await store.count(ORGANIZATION_ID, Door, at_most=9) == 5


async def test_a_kind_of_row_sees_no_other(store: Store) -> None:
    class Window(Row, frozen=True, kw_only=True, gc=False):
        KIND = "window"

    await put(store, Put(row=door(1)), Put(row=Window(id=door(1).id)))
    for kind in Door, Window:
        ((row,),) = (await store.rows(ORGANIZATION_ID, [RowKey(kind=kind, value=door(1).id)])).values()
        assert type(row) is kind
        assert await store.count(ORGANIZATION_ID, kind, at_most=9) == 1


async def test_secrets_are_read_by_their_organization_until_they_are_erased(store: Store) -> None:
    async def seal(id_: str, sealed: bytes | None) -> None:
        secret = SealedRow(organization_id=ORGANIZATION_ID, id=id_, sealed=sealed)
        await store.commit([sample.commit(sample.activity(), secrets=(secret,))])

    await seal(uuid(1), b"one")
    await seal(uuid(2), b"two")
    asked = [uuid(1), uuid(2), uuid(3)]
    assert await store.secrets(ORGANIZATION_ID, asked) == {uuid(1): b"one", uuid(2): b"two"}
    assert await store.secrets(PARENT_ID, asked) == {}
    assert await store.secrets(ORGANIZATION_ID, []) == {}
    await seal(uuid(1), None)
    assert await store.secrets(ORGANIZATION_ID, asked) == {uuid(2): b"two"}


@pytest.mark.parametrize("history", [(b"one", None), (b"one", None, b"two"), (b"one", None, b"two", None)])
async def test_of_what_one_batch_does_to_a_secret_the_last_counts(
    store: Store, history: tuple[bytes | None, ...]
) -> None:
    secrets = [SealedRow(organization_id=ORGANIZATION_ID, id=uuid(1), sealed=sealed) for sealed in history]
    await store.commit([sample.commit(sample.activity(), secrets=(secret,)) for secret in secrets])
    left = {} if history[-1] is None else {uuid(1): history[-1]}
    assert await store.secrets(ORGANIZATION_ID, [uuid(1)]) == left


async def test_a_secret_that_is_stored_is_replaced_within_one_batch(store: Store) -> None:
    def sealed(value: bytes | None) -> Commit:
        secret = SealedRow(organization_id=ORGANIZATION_ID, id=uuid(1), sealed=value)
        return sample.commit(sample.activity(), secrets=(secret,))

    await store.commit([sealed(b"one")])
    await store.commit([sealed(None), sealed(b"two")])
    assert await store.secrets(ORGANIZATION_ID, [uuid(1)]) == {uuid(1): b"two"}
    with pytest.raises(Conflict):
        await store.commit([sealed(b"three")])


async def test_an_event_is_told_once(store: Store) -> None:
    event = NewEvent(id=uuid(1), organization_id=ORGANIZATION_ID, topic="sample", data=b"{}")
    await store.commit([sample.commit(sample.activity(), events=(event,))])
    again = sample.activity()
    with pytest.raises(Conflict):
        await store.commit([sample.commit(again, events=(event,))])
    assert await store.activity(ORGANIZATION_ID, again.id) is None
