"""What every store must do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

import sample
from counterseal.organizations import (
    ApiKeyAdded,
    ApiKeyRemoved,
    OrganizationDeleted,
    OrganizationRenamed,
    UserAdded,
    fold,
)
from counterseal.store import (
    ActivityStatus,
    Store,
    StoredActivity,
    StoredSecret,
    StoreError,
    SubOrganizationFilter,
    Trait,
    VoteSelection,
)
from sample import ORGANIZATION_ID, PARENT_ID, uuid
from stored import change, make, step


async def add_sub_organization(store: Store, number: int, name: str = "Sample", *, at: int = 1) -> str:
    renamed = OrganizationRenamed(name=name)
    await make(store, uuid(number), renamed, parent_id=PARENT_ID, created_ms=sample.LONG_AGO_MS + at)
    return uuid(number)


async def ids(store: Store, **filters: object) -> list[str]:
    arguments = {"statuses": [], "types": [], "limit": 100, "before": None, "after": None} | filters
    return await store.activity_ids(ORGANIZATION_ID, **arguments)  # type: ignore[arg-type]


async def sub_ids(store: Store, *, name: str | None = None, **page: object) -> list[str]:
    matching = None if name is None else SubOrganizationFilter(trait=Trait.NAME, value=name)
    arguments = {"matching": matching, "limit": 100, "before": None, "after": None} | page
    return await store.sub_organization_ids(PARENT_ID, **arguments)  # type: ignore[arg-type]


async def test_an_unknown_organization_has_no_snapshot(store: Store) -> None:
    assert await store.snapshot(uuid(99)) is None


async def test_a_new_organization_reads_as_it_was_made(store: Store) -> None:
    snapshot = await store.snapshot(ORGANIZATION_ID)
    assert snapshot is not None
    assert snapshot == sample.organization(parent_id=PARENT_ID)


async def test_activities_are_found_by_fingerprint_and_by_id(store: Store) -> None:
    activity = sample.activity(result=None, failure=b'{"code":7}', status=ActivityStatus.FAILED)
    await store.commit([sample.commit(activity)])
    assert await store.activity_by_fingerprint(ORGANIZATION_ID, activity.fingerprint) == activity
    assert await store.activity(ORGANIZATION_ID, activity.id) == activity


async def test_activities_belong_to_their_organization_alone(store: Store) -> None:
    activity = sample.activity()
    await store.commit([sample.commit(activity)])
    assert await store.activity_by_fingerprint(PARENT_ID, activity.fingerprint) is None
    assert await store.activity(PARENT_ID, activity.id) is None


async def test_two_organizations_may_have_activities_of_the_same_bytes(store: Store) -> None:
    activity = sample.activity()
    twin = sample.activity(PARENT_ID, fingerprint=activity.fingerprint)
    await store.commit([sample.commit(activity), sample.commit(twin)])
    assert await store.activity_by_fingerprint(PARENT_ID, activity.fingerprint) == twin


async def test_of_many_fingerprints_those_are_known_that_have_an_activity_there(store: Store) -> None:
    activity, twin = sample.activity(), sample.activity(PARENT_ID)
    await store.commit([sample.commit(activity), sample.commit(twin)])
    here, there = (ORGANIZATION_ID, activity.fingerprint), (PARENT_ID, twin.fingerprint)
    swapped = [(ORGANIZATION_ID, twin.fingerprint), (PARENT_ID, activity.fingerprint)]
    others = [(ORGANIZATION_ID, bytes([number]) * 32) for number in range(124)]
    assert await store.known_fingerprints([*others, here, there, *swapped]) == {here, there}
    assert await store.known_fingerprints([here, here]) == {here}
    assert await store.known_fingerprints(others) == set()


async def test_votes_are_added_to_an_activity_in_their_order(store: Store) -> None:
    pending = sample.activity(status=ActivityStatus.CONSENSUS_NEEDED, result=None)
    await store.commit([sample.commit(pending)])
    rejection = sample.vote(pending.id, uuid(2), selection=VoteSelection.REJECTED, message=b"\x7b\xc3\xa4\x7d")
    values = {name: getattr(pending, name) for name in pending.__struct_fields__}
    rejected = StoredActivity(
        **values | {"status": ActivityStatus.REJECTED, "votes": (*pending.votes, rejection), "updated_ms": 5}
    )
    commit = sample.commit(rejected, is_new=False)
    await store.commit([type(commit)(activity=rejected, is_new=False, new_votes=(rejection,))])
    assert await store.activity(ORGANIZATION_ID, pending.id) == rejected


async def test_lists_are_newest_first_and_paged_by_id(store: Store) -> None:
    activities = [sample.activity(id=uuid(0x7000 + at)) for at in range(5)]
    await store.commit([sample.commit(each) for each in (activities[2], activities[0], *activities[3:], activities[1])])
    oldest_first = [activity.id for activity in activities]
    newest_first = oldest_first[::-1]
    assert await ids(store) == newest_first
    assert await ids(store, limit=2) == newest_first[:2]
    assert await ids(store, after=newest_first[1], limit=2) == newest_first[2:4]
    assert await ids(store, after=newest_first[-1]) == []
    assert await ids(store, before=newest_first[3], limit=2) == newest_first[1:3]
    assert await ids(store, before=newest_first[3], after=newest_first[0]) == newest_first[1:3]
    assert await ids(store, before=newest_first[0]) == []


async def test_lists_admit_any_value_of_a_filter_and_need_both_filters(store: Store) -> None:
    kinds = [
        (ActivityStatus.COMPLETED, "ACTIVITY_TYPE_CREATE_API_KEYS_V2"),
        (ActivityStatus.COMPLETED, "ACTIVITY_TYPE_CREATE_API_KEYS"),
        (ActivityStatus.FAILED, "ACTIVITY_TYPE_CREATE_API_KEYS"),
        (ActivityStatus.REJECTED, "ACTIVITY_TYPE_CREATE_USERS_V4"),
    ]
    activities = [sample.activity(status=status, type=type_) for status, type_ in kinds]
    await store.commit([sample.commit(activity) for activity in activities])
    first, second, third, fourth = (activity.id for activity in activities)
    assert await ids(store, statuses=[ActivityStatus.COMPLETED]) == [second, first]
    assert await ids(store, statuses=[ActivityStatus.FAILED, ActivityStatus.REJECTED]) == [fourth, third]
    assert await ids(store, types=[kinds[1][1]]) == [third, second]
    assert await ids(store, types=[kinds[1][1]], statuses=[ActivityStatus.FAILED]) == [third]
    assert await ids(store, types=[kinds[3][1]], statuses=[ActivityStatus.FAILED]) == []


async def test_sub_organizations_are_listed_newest_first_and_paged(store: Store) -> None:
    made = [ORGANIZATION_ID]
    for at, number in enumerate((0x70, 0x60, 0x50, 0x51)):
        made.append(await add_sub_organization(store, number, at=min(at + 1, 3)))  # the last two at the same time
    assert await sub_ids(store) == made[::-1]
    assert await sub_ids(store, limit=1) == [made[4]]
    assert await sub_ids(store, after=made[4], limit=2) == [made[3], made[2]]
    assert await sub_ids(store, after=made[3], limit=2) == [made[2], made[1]]
    assert await sub_ids(store, before=made[3]) == [made[4]]
    assert await sub_ids(store, before=made[0], limit=2) == [made[2], made[1]]
    assert await sub_ids(store, after=uuid(0x99)) == []


async def test_sub_organizations_are_listed_by_their_exact_name(store: Store) -> None:
    twins = [await add_sub_organization(store, number, "Twin") for number in (0x51, 0x52)]
    await add_sub_organization(store, 0x53, "twin")
    assert await sub_ids(store, name="Twin") == twins[::-1]
    assert await sub_ids(store, name="Tw%") == []


async def test_a_deleted_sub_organization_is_not_listed(store: Store) -> None:
    await change(store, ORGANIZATION_ID, OrganizationDeleted(deleted_ms=5))
    assert await sub_ids(store) == []
    snapshot = await store.snapshot(ORGANIZATION_ID)
    assert snapshot is not None
    assert snapshot.deleted_ms == 5


async def test_organizations_are_found_by_the_keys_that_are_in_them(store: Store) -> None:
    key = sample.api_key(seconds=1, created_ms=0)
    await change(store, ORGANIZATION_ID, UserAdded(user=sample.user()), ApiKeyAdded(api_key=key))
    twin = sample.api_key(uuid(2), public_key=key.public_key)
    await change(store, PARENT_ID, UserAdded(user=sample.user(uuid(2))), ApiKeyAdded(api_key=twin))
    assert await store.sub_organization_ids_by_public_key(PARENT_ID, key.public_key) == [ORGANIZATION_ID]
    assert await store.sub_organization_ids_by_public_key(ORGANIZATION_ID, key.public_key) == []
    assert sorted(await store.organization_ids_by_public_key(key.public_key)) == sorted([ORGANIZATION_ID, PARENT_ID])
    await change(store, ORGANIZATION_ID, ApiKeyRemoved(api_key=key))
    assert await store.sub_organization_ids_by_public_key(PARENT_ID, key.public_key) == []
    assert await store.organization_ids_by_public_key(key.public_key) == [PARENT_ID]


async def test_a_parent_finds_the_activities_of_its_own_sub_organizations(store: Store) -> None:
    await make(store, uuid(0xCC))
    of_sub, of_parent = sample.activity(), sample.activity(PARENT_ID)
    await store.commit([sample.commit(of_sub), sample.commit(of_parent)])
    assert await store.sub_organization_activity(PARENT_ID, of_sub.id) == of_sub
    assert await store.sub_organization_activity(PARENT_ID, of_parent.id) is None
    assert await store.sub_organization_activity(uuid(0xCC), of_sub.id) is None


async def test_a_user_is_remembered_as_of_every_version(store: Store) -> None:
    user, key = sample.user(), sample.api_key()
    await change(store, ORGANIZATION_ID, UserAdded(user=user))
    await change(store, ORGANIZATION_ID, ApiKeyAdded(api_key=key))
    await change(store, ORGANIZATION_ID, ApiKeyRemoved(api_key=key))
    assert await store.user_as_of(ORGANIZATION_ID, user.id, 1) is None
    assert await store.user_as_of(ORGANIZATION_ID, user.id, 2) == user
    assert await store.user_as_of(ORGANIZATION_ID, user.id, 3) == sample.user(user.id, key)
    assert await store.user_as_of(ORGANIZATION_ID, user.id, 4) == user
    assert await store.user_as_of(PARENT_ID, user.id, 4) is None


async def test_a_commit_that_fails_at_its_end_leaves_nothing(
    store: Store, reopen: Callable[[], Awaitable[Store]]
) -> None:
    first, clash = sample.activity(), sample.activity()
    clash = sample.activity(fingerprint=first.fingerprint)
    key = sample.api_key()
    changes = await step(store, ORGANIZATION_ID, UserAdded(user=sample.user()), ApiKeyAdded(api_key=key))
    before = await store.snapshot(ORGANIZATION_ID)
    with pytest.raises(StoreError):
        await store.commit([sample.commit(first, changes), sample.commit(clash)])
    again = await reopen()
    for each in store, again:
        assert await each.snapshot(ORGANIZATION_ID) == before
        assert await each.activity(ORGANIZATION_ID, first.id) is None
        assert await each.organization_ids_by_public_key(key.public_key) == []
    await again.close()
    await store.commit([sample.commit(first, changes)])
    assert await store.activity(ORGANIZATION_ID, first.id) == first


async def test_what_must_be_unique_is(store: Store) -> None:
    activity, user, key = sample.activity(), sample.user(), sample.api_key()
    await store.commit([sample.commit(activity)])
    await change(store, ORGANIZATION_ID, UserAdded(user=user), ApiKeyAdded(api_key=key))
    same_key = sample.api_key(public_key=key.public_key)
    for refused in (
        sample.commit(sample.activity(fingerprint=activity.fingerprint)),
        sample.commit(sample.activity(PARENT_ID, id=activity.id)),
        sample.commit(None, sample.made(ORGANIZATION_ID)),
        sample.commit(None, await step(store, ORGANIZATION_ID, ApiKeyAdded(api_key=same_key))),
        sample.commit(sample.activity(uuid(99))),
        sample.commit(sample.activity(votes=(sample.vote(uuid(99)),))),
    ):
        with pytest.raises(StoreError):
            await store.commit([refused])


async def test_a_public_key_may_pass_on_within_one_commit(store: Store) -> None:
    old = sample.api_key()
    await change(store, ORGANIZATION_ID, UserAdded(user=sample.user()), ApiKeyAdded(api_key=old))
    middle, new = (sample.api_key(public_key=old.public_key) for _ in range(2))
    first = await step(store, ORGANIZATION_ID, ApiKeyRemoved(api_key=old), ApiKeyAdded(api_key=middle))
    second = fold(first.after, ORGANIZATION_ID, [ApiKeyRemoved(api_key=middle), ApiKeyAdded(api_key=new)])
    await store.commit([sample.commit(sample.activity(), each) for each in (first, second)])
    snapshot = await store.snapshot(ORGANIZATION_ID)
    assert snapshot is not None
    assert snapshot.version == 4
    assert snapshot.api_keys == {old.public_key: new}


async def test_sealed_secrets_are_kept_and_never_replaced(store: Store, reopen: Callable[[], Awaitable[Store]]) -> None:
    assert await store.sealed_secrets() == []
    first = [StoredSecret(name=name, public_key="04", sealed=b"\x00" + name.encode()) for name in ("b", "a")]
    await store.add_sealed_secrets(first)
    others = [StoredSecret(name=name, public_key="05", sealed=b"new") for name in ("a", "c")]
    await store.add_sealed_secrets(others)
    again = await reopen()
    assert await again.sealed_secrets() == [first[1], first[0], others[1]]
    await again.close()


async def test_boot_proofs_are_found_by_their_keys_and_the_newest_as_such(
    store: Store, reopen: Callable[[], Awaitable[Store]]
) -> None:
    assert await store.latest_boot_proof() is None
    second, first = sample.boot_proof(2), sample.boot_proof(1)
    await store.add_boot_proof(second)
    await store.add_boot_proof(first)
    again = await reopen()
    assert await again.boot_proof(first.proof_key) == first
    assert await again.boot_proof(b"another") is None
    assert await again.latest_boot_proof() == second
    await again.close()


async def test_what_was_committed_is_there_after_opening_again(
    store: Store, reopen: Callable[[], Awaitable[Store]]
) -> None:
    activity = sample.activity()
    added = UserAdded(user=sample.user()), ApiKeyAdded(api_key=sample.api_key())
    await change(store, ORGANIZATION_ID, *added, activity=activity)
    again = await reopen()
    assert await again.activity(ORGANIZATION_ID, activity.id) == activity
    assert await again.snapshot(ORGANIZATION_ID) == await store.snapshot(ORGANIZATION_ID)
    await again.close()


async def test_a_closed_store_says_so(store: Store, reopen: Callable[[], Awaitable[Store]]) -> None:
    again = await reopen()
    await again.ping()
    await again.close()
    with pytest.raises(StoreError):
        await again.ping()
