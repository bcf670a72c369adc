"""What of an organization is another since a version: all of it and nothing else, or nothing if that is much."""

from __future__ import annotations

from msgspec.structs import replace

import sample
import stored
from counterseal.contract.shapes import Effect
from counterseal.organizations import (
    Advance,
    ApiKeyAdded,
    ApiKeyRemoved,
    Change,
    Difference,
    Gone,
    OrganizationDeleted,
    OrganizationRenamed,
    Policy,
    PolicySet,
    Snapshot,
    UserAdded,
    UserChanged,
    UserRemoved,
)
from counterseal.store import Store
from counterseal.store.postgres import PostgresStore
from sample import ORGANIZATION_ID, PARENT_ID, uuid

ANN, BOB = sample.user(uuid(1)), sample.user(uuid(2))
FIRST, SECOND = (sample.api_key(ANN.id, created_ms=sample.NOW_MS + at) for at in range(2))


async def advance_from(store: Store, version: int) -> Advance:
    return (await store.advances({ORGANIZATION_ID: version}))[ORGANIZATION_ID]


async def difference_after(store: Store, *changes: Change) -> Difference | None:
    before = await stored.snapshot(store, ORGANIZATION_ID)
    await stored.change(store, ORGANIZATION_ID, *changes)
    advance = await advance_from(store, before.version)
    assert (advance.rests_on, advance.version) == (before.version, before.version + 1)
    return advance.difference


async def begun(store: Store) -> Snapshot:
    return await stored.change(store, ORGANIZATION_ID, UserAdded(user=ANN), ApiKeyAdded(api_key=FIRST))


async def test_of_one_that_is_as_it_was_nothing_is_read(store: Store) -> None:
    await begun(store)
    assert await store.advances({ORGANIZATION_ID: 2, PARENT_ID: 1, uuid(99): 1}) == {
        ORGANIZATION_ID: Advance(2, 2, Difference()),
        PARENT_ID: Advance(1, 1, Difference()),
    }
    assert await store.advances({}) == {}


async def test_a_new_item_and_one_in_the_place_of_another_are_read_alone(store: Store) -> None:
    await begun(store)
    renamed = replace(ANN, name="Ann")
    found = await difference_after(store, ApiKeyAdded(api_key=SECOND), UserChanged(user=renamed))
    assert found == Difference(items=(renamed, SECOND))


async def test_what_is_gone_is_named(store: Store) -> None:
    await begun(store)
    found = await difference_after(store, ApiKeyRemoved(api_key=FIRST))
    assert found == Difference(gone=(Gone("api_key", ANN.id, FIRST.id),))


async def test_what_has_come_and_gone_since_is_not_read(store: Store) -> None:
    before = await begun(store)
    await stored.change(store, ORGANIZATION_ID, UserAdded(user=BOB))
    await stored.change(store, ORGANIZATION_ID, UserRemoved(user_id=BOB.id))
    assert await advance_from(store, before.version) == Advance(2, 4, Difference())


async def test_a_user_who_is_gone_and_there_again_has_another_place_and_other_keys(store: Store) -> None:
    before = await stored.change(
        store, ORGANIZATION_ID, *(UserAdded(user=user) for user in (ANN, BOB)), ApiKeyAdded(api_key=FIRST)
    )
    await stored.change(store, ORGANIZATION_ID, UserRemoved(user_id=ANN.id))
    now = await stored.change(store, ORGANIZATION_ID, UserAdded(user=ANN), ApiKeyAdded(api_key=SECOND))
    brought_up = (await advance_from(store, before.version)).of(before)
    assert brought_up == now
    assert list(now.users) == [BOB.id, ANN.id]
    assert list(brought_up.users) == list(now.users)


async def test_of_a_deleted_organization_a_tombstone_is_left(store: Store) -> None:
    before = await begun(store)
    now = await stored.change(store, ORGANIZATION_ID, OrganizationDeleted(deleted_ms=sample.NOW_MS))
    brought_up = (await advance_from(store, before.version)).of(before)
    assert brought_up == now
    assert brought_up.policies is before.policies


async def test_much_or_large_is_not_told_and_what_is_told_of_others_stays_right(store: Store) -> None:
    await begun(store)
    many = [UserAdded(user=sample.user(uuid(0x100 + number))) for number in range(100)]
    assert await difference_after(store, *many) is None
    advances = await store.advances({ORGANIZATION_ID: 2, PARENT_ID: 1})
    assert {id_: each.version for id_, each in advances.items()} == {ORGANIZATION_ID: 3, PARENT_ID: 1}
    large = Policy(
        id=uuid(0x700),
        name="large",
        effect=Effect.ALLOW,
        condition="true" + " " * 5000,
        consensus=None,
        time=None,
        notes="",
        created_ms=sample.NOW_MS,
        updated_ms=sample.NOW_MS,
    )
    assert await difference_after(store, PolicySet(policy=large)) is None


async def test_an_advance_is_of_one_version_alone(store: Store) -> None:
    before = await begun(store)
    after = await stored.change(store, ORGANIZATION_ID, OrganizationRenamed(name="another"))
    advance = await advance_from(store, before.version)
    assert advance.of(before) == after
    assert advance.of(after) is None
    assert (await advance_from(store, after.version + 1)).difference is None  # a version that has not been


async def test_a_turn_tells_what_is_another_since_what_is_remembered(store: Store) -> None:
    if not isinstance(store, PostgresStore):
        return
    before = await begun(store)
    await stored.change(store, ORGANIZATION_ID, ApiKeyAdded(api_key=SECOND))
    remembered = {ORGANIZATION_ID: before.version}
    async with store.turn([ORGANIZATION_ID, PARENT_ID], [(PARENT_ID, b"f")], remembered=remembered) as turn:
        assert turn.advances_held[ORGANIZATION_ID] == Advance(2, 3, Difference(items=(SECOND,)))
        assert turn.advances_held[PARENT_ID].difference is None  # nobody remembers any of it
        assert turn.versions_held == {ORGANIZATION_ID: 3, PARENT_ID: 1}
