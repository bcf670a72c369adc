"""Rows and secrets of an organization: by id, by key, in pages."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

import sample
import stored
from counterseal.organizations import Put, Removed, Row
from counterseal.store import NewEvent, RowChanges, RowKey, SealedRow, Store
from sample import COLOUR, DOOR_NAME, ORGANIZATION_ID, PARENT_ID, Door, door, uuid


async def change(store: Store, *changes: Put | Removed, organization_id: str = ORGANIZATION_ID) -> None:
    organization = await stored.snapshot(store, organization_id)
    await store.commit([sample.commit(None, rows=(RowChanges(organization=organization, changes=changes),))])


async def found(store: Store, key: RowKey, organization_id: str = ORGANIZATION_ID) -> list[Row]:
    return [*(await store.rows(organization_id, [key]))[key]]


async def page(store: Store, **members: Any) -> list[Door]:
    asked = {"limit": 10, "before": None, "after": None} | members
    return await store.page(ORGANIZATION_ID, Door, **asked)


def of_colour(colour: str) -> RowKey:
    return RowKey(kind=Door, key=COLOUR, value=colour)


def named(name: str) -> RowKey:
    return RowKey(kind=Door, key=DOOR_NAME, value=name)


async def test_they_are_found_by_id_and_by_every_key_in_their_own_organization(store: Store) -> None:
    green, red = replace(door(1), revision=1), replace(door(2, colour="red"), revision=1)
    await change(store, Put(row=door(2, colour="red")), Put(row=door(1)))
    by_id = RowKey(kind=Door, value=red.id)
    keys = [by_id, named("door 1"), named("door 2"), of_colour("red"), of_colour("blue")]
    assert await store.rows(ORGANIZATION_ID, keys) == {
        by_id: (red,),
        named("door 1"): (green,),
        named("door 2"): (red,),
        of_colour("red"): (red,),
        of_colour("blue"): (),
    }
    assert await found(store, by_id, PARENT_ID) == []
    assert await found(store, named("door 1"), PARENT_ID) == []
    assert await store.rows(ORGANIZATION_ID, []) == {}


async def test_what_several_have_is_in_the_order_of_ids(store: Store) -> None:
    await change(store, *(Put(row=door(number)) for number in (3, 1, 2)))
    assert [row.id for row in await found(store, of_colour("green"))] == [door(number).id for number in (1, 2, 3)]


async def test_what_is_replaced_or_removed_leaves_its_keys(store: Store) -> None:
    await change(store, Put(row=door(1)), Put(row=door(2)))
    (first,), (second,) = await found(store, named("door 1")), await found(store, named("door 2"))
    renamed = replace(first, name="gate")
    await change(store, Put(row=renamed, replaces=first), Removed(row=second))
    assert await found(store, named("door 1")) == await found(store, named("door 2")) == []
    assert await found(store, named("gate")) == [replace(renamed, revision=2)]
    assert await store.count(ORGANIZATION_ID, Door, at_most=10) == 1
    await change(store, Put(row=door(3, name="door 1")))


async def test_pages_are_newest_first_and_go_on_by_id(store: Store) -> None:
    doors = [door(number, colour="red" if number % 2 else "green") for number in range(6)]
    await change(store, *(Put(row=each) for each in doors))
    newest = [each.id for each in doors][::-1]
    for where, ids in ((None, newest), ((COLOUR, "red"), newest[::2])):
        assert [each.id for each in await page(store, where=where)] == ids
        assert [each.id for each in await page(store, where=where, limit=2)] == ids[:2]
        assert [each.id for each in await page(store, where=where, after=ids[0], limit=2)] == ids[1:3]
        assert [each.id for each in await page(store, where=where, before=ids[2], limit=1)] == ids[1:2]
        assert [each.id for each in await page(store, where=where, before=ids[2], after=ids[0])] == ids[1:2]
    assert await store.count(ORGANIZATION_ID, Door, at_most=4) == 4


async def test_secrets_are_kept_replaced_by_nothing_and_belong_to_one(store: Store) -> None:
    one, two = (SealedRow(organization_id=ORGANIZATION_ID, id=uuid(number), sealed=b"\x00s") for number in (1, 2))
    await store.commit([sample.commit(None, secrets=(one, two))])
    assert await store.secrets(ORGANIZATION_ID, [one.id, two.id, uuid(3)]) == {one.id: b"\x00s", two.id: b"\x00s"}
    assert await store.secrets(PARENT_ID, [one.id]) == {}
    await store.commit([sample.commit(None, secrets=(replace(one, sealed=None),))])
    assert await store.secrets(ORGANIZATION_ID, [one.id, two.id]) == {two.id: b"\x00s"}


async def test_events_are_taken(store: Store) -> None:
    event = NewEvent(id=uuid(1), organization_id=ORGANIZATION_ID, topic="activity", data=b"{}")
    await store.commit([sample.commit(None, events=(event,))])
