"""What a commit rests on has to be so still, or nothing of it is written: somebody else was first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

import sample
import stored
from counterseal.organizations import OrganizationRenamed, Put, Removed, UserAdded
from counterseal.store import ActivityStatus, Commit, Conflict, RowChanges, RowKey, Store
from sample import ORGANIZATION_ID, PARENT_ID, Door, door, uuid


async def refused(store: Store, *commits: Commit) -> None:
    """They are, with all that stands before and after them."""
    bystander = sample.activity(PARENT_ID)
    before = [await store.snapshot(id_) for id_ in (PARENT_ID, ORGANIZATION_ID)]
    with pytest.raises(Conflict):
        await store.commit([sample.commit(bystander), *commits])
    assert await store.activity(PARENT_ID, bystander.id) is None
    assert [await store.snapshot(id_) for id_ in (PARENT_ID, ORGANIZATION_ID)] == before


async def test_an_organization_that_is_changed_has_the_version_that_was_decided_on(store: Store) -> None:
    step = await stored.step(store, ORGANIZATION_ID, OrganizationRenamed(name="mine"))
    await stored.change(store, ORGANIZATION_ID, OrganizationRenamed(name="theirs"))
    await refused(store, sample.commit(sample.activity(), step))


async def test_so_has_one_that_is_left_as_it_is(store: Store) -> None:
    one, other = sample.activity(), sample.activity()
    await store.commit([sample.commit(one, rests_on=((ORGANIZATION_ID, 1), (PARENT_ID, 1)))])
    assert await store.activity(ORGANIZATION_ID, one.id) == one
    await stored.change(store, PARENT_ID, OrganizationRenamed(name="theirs"))
    await refused(store, sample.commit(other, rests_on=((ORGANIZATION_ID, 1), (PARENT_ID, 1))))


async def test_one_that_is_not_there_has_no_version(store: Store) -> None:
    await refused(store, sample.commit(sample.activity(), rests_on=((uuid(99), 1),)))


async def test_of_several_organizations_one_is_enough(store: Store) -> None:
    steps = [await stored.step(store, id_, OrganizationRenamed(name="mine")) for id_ in (PARENT_ID, ORGANIZATION_ID)]
    await stored.change(store, ORGANIZATION_ID, OrganizationRenamed(name="theirs"))
    await refused(store, sample.commit(sample.activity(), *steps))


async def test_an_organization_is_made_once(store: Store) -> None:
    await refused(store, sample.commit(None, sample.made(ORGANIZATION_ID, parent_id=PARENT_ID)))


async def test_a_batch_may_rest_on_itself_but_not_contradict_itself(store: Store) -> None:
    first = await stored.step(store, ORGANIZATION_ID, UserAdded(user=sample.user(uuid(1))))
    await refused(
        store,
        sample.commit(sample.activity(), first),
        sample.commit(sample.activity(), rests_on=((ORGANIZATION_ID, 1),)),
    )
    await store.commit(
        [sample.commit(sample.activity(), first), sample.commit(sample.activity(), rests_on=((ORGANIZATION_ID, 2),))]
    )
    assert await store.versions([ORGANIZATION_ID]) == {ORGANIZATION_ID: 2}


async def test_a_fingerprint_is_taken_once(store: Store) -> None:
    first = sample.activity()
    await store.commit([sample.commit(first)])
    await refused(store, sample.commit(sample.activity(fingerprint=first.fingerprint)))


async def test_of_two_votes_that_are_cast_at_once_one_is_first(store: Store) -> None:
    pending = sample.activity(status=ActivityStatus.CONSENSUS_NEEDED)
    await store.commit([sample.commit(pending)])
    votes = [sample.vote(pending.id, uuid(number)) for number in (2, 3)]
    first, second = (
        Commit(
            activity=replace(pending, votes=(*pending.votes, vote)),
            is_new=False,
            new_votes=(vote,),
            rests_on=((ORGANIZATION_ID, 1),),
        )
        for vote in votes
    )
    await store.commit([first])
    await refused(store, second)
    assert await store.activity(ORGANIZATION_ID, pending.id) == first.activity


async def rows(store: Store, *changes: Put | Removed) -> Commit:
    organization = await stored.snapshot(store, ORGANIZATION_ID)
    return sample.commit(sample.activity(), rows=(RowChanges(organization=organization, changes=changes),))


async def doors(store: Store, *numbers: int) -> Sequence[Door | None]:
    keys = [RowKey(kind=Door, value=door(number).id) for number in numbers]
    found = await store.rows(ORGANIZATION_ID, keys)
    return [next((row for row in found[key] if isinstance(row, Door)), None) for key in keys]


async def test_a_key_that_only_one_row_may_have_is_taken_once(store: Store) -> None:
    await store.commit([await rows(store, Put(row=door(1, name="front")))])
    await refused(store, await rows(store, Put(row=door(2, name="front"))))
    await store.commit([await rows(store, Put(row=door(2, name="back")))])


async def test_a_row_that_is_replaced_or_removed_is_as_it_was_read(store: Store) -> None:
    await store.commit([await rows(store, Put(row=door(1)), Put(row=door(2)))])
    first, second = await doors(store, 1, 2)
    assert first is not None
    assert second is not None
    await store.commit([await rows(store, Put(row=replace(first, colour="red"), replaces=first), Removed(row=second))])
    await refused(store, await rows(store, Put(row=replace(first, colour="blue"), replaces=first)))
    await refused(store, await rows(store, Removed(row=first)))
    await refused(store, await rows(store, Put(row=replace(second, colour="blue"), replaces=second)))
    await refused(store, await rows(store, Put(row=door(1, name="another"))))
    left, gone = await doors(store, 1, 2)
    assert left is not None
    assert (left.colour, left.revision, gone) == ("red", 2, None)
