"""The cache of snapshots: never older than what was shown, and bounded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import pytest
from msgspec.structs import replace

import sample
from counterseal.engine import Snapshots
from counterseal.organizations import Advance, Difference, OrganizationRenamed, Snapshot
from counterseal.store import Store
from sample import uuid


class Loader:
    """The one method of a store that the cache needs; counts how often it is asked."""

    def __init__(self, *snapshots: Snapshot) -> None:
        self.by_id = {snapshot.id: snapshot for snapshot in snapshots}
        self.asked: list[str] = []
        self.tells_differences = False

    async def snapshot(self, organization_id: str) -> Snapshot | None:
        self.asked.append(organization_id)
        return self.by_id.get(organization_id)

    def advance(self, organization_id: str, version: int) -> Advance:
        """To what there is now: its profile is all that is another, unless ``differences`` are too large to be told."""
        now = self.by_id[organization_id]
        return Advance(version, now.version, Difference(items=(now.profile,)) if self.tells_differences else None)


def cache(loader: Loader, **settings: Any) -> Snapshots:
    return Snapshots(cast(Store, loader), **settings)


def organization(number: int, *, users: int = 1, version: int = 1) -> Snapshot:
    return replace(
        sample.organization(*(sample.user(uuid(each)) for each in range(users))), id=uuid(number), version=version
    )


async def test_an_organization_is_loaded_once() -> None:
    loader = Loader(organization(1))
    snapshots = cache(loader)
    assert await snapshots.get(uuid(1)) is await snapshots.get(uuid(1))
    assert loader.asked == [uuid(1)]


async def test_an_organization_that_is_not_there_is_asked_for_again() -> None:
    loader = Loader()
    snapshots = cache(loader)
    assert await snapshots.get(uuid(1)) is None
    loader.by_id[uuid(1)] = organization(1)
    assert await snapshots.get(uuid(1)) is loader.by_id[uuid(1)]


async def test_an_older_version_never_replaces_a_newer_one() -> None:
    snapshots = cache(Loader())
    newer, older = organization(1, version=3), organization(1, version=2)
    snapshots.publish(newer)
    snapshots.publish(older)
    assert await snapshots.get(uuid(1)) is newer


async def test_what_has_not_been_used_longest_makes_room() -> None:
    loader = Loader(*(organization(number, users=10) for number in range(1, 5)))
    snapshots = cache(loader, bytes_max=27_000)  # some three of them
    for number in 1, 2, 3, 1, 4, 1:
        await snapshots.get(uuid(number))
    assert loader.asked == [uuid(number) for number in (1, 2, 3, 4)]
    await snapshots.get(uuid(2))
    assert loader.asked[-1] == uuid(2)


async def test_one_organization_larger_than_the_bound_is_still_served() -> None:
    loader = Loader(organization(1, users=100))
    snapshots = cache(loader, bytes_max=1)
    assert await snapshots.get(uuid(1)) is await snapshots.get(uuid(1))
    assert loader.asked == [uuid(1)]


async def test_growing_organizations_are_counted_at_their_present_size() -> None:
    loader = Loader(organization(1), organization(2))
    snapshots = cache(loader, bytes_max=10_000)
    await snapshots.get(uuid(1))
    await snapshots.get(uuid(2))
    snapshots.publish(organization(2, users=20, version=2))
    await snapshots.get(uuid(1))
    assert loader.asked == [uuid(1), uuid(2), uuid(1)]


async def test_what_another_process_commits_is_folded_here() -> None:
    loader = Loader(organization(1, version=4))
    snapshots = cache(loader)
    before = await snapshots.get(uuid(1))
    assert before is not None
    snapshots.follow(sample.changed(uuid(1), 5, OrganizationRenamed(name="new")))
    after = await snapshots.get(uuid(1))
    assert after is not None
    assert after == replace(before, name="new", version=5, bytes_held=before.bytes_held + len("new") - len(before.name))
    assert loader.asked == [uuid(1)]


@pytest.mark.parametrize("version", [3, 4, 6])
async def test_only_the_very_next_version_can_be_folded(version: int) -> None:
    loader = Loader(organization(1, version=4))
    snapshots = cache(loader)
    before = await snapshots.get(uuid(1))
    snapshots.follow(sample.changed(uuid(1), version, OrganizationRenamed(name="new")))
    assert await snapshots.get(uuid(1)) is before


async def test_organizations_that_nobody_looks_at_are_not_followed() -> None:
    loader = Loader()
    snapshots = cache(loader)
    snapshots.follow(sample.changed(uuid(1), 1, OrganizationRenamed(name="new")))
    assert await snapshots.get(uuid(1)) is None


class Shared(Loader):
    """A store that other processes write to."""

    def __init__(self, *snapshots: Snapshot) -> None:
        super().__init__(*snapshots)
        self.now = 1
        self.looks = 0

    def revision(self) -> int:
        self.looks += 1
        return self.now

    async def advances(self, versions: Mapping[str, int]) -> dict[str, Advance]:
        return {id_: self.advance(id_, version) for id_, version in versions.items()}


async def test_the_store_is_asked_once_a_turn_and_again_in_the_next() -> None:
    shared = Shared(organization(1), organization(2))
    snapshots = cache(shared, is_only_writer=False)
    for _ in range(2):
        await snapshots.get(uuid(1))
        await snapshots.get(uuid(2))
    assert shared.looks == 1
    shared.now, shared.by_id[uuid(1)] = 2, organization(1, version=2)
    await asyncio.sleep(0)
    assert await snapshots.get(uuid(1)) is shared.by_id[uuid(1)]
    assert shared.looks == 2


class OfOthers(Loader):
    """A store that other machines write to, which has no revision."""

    def __init__(self, *snapshots: Snapshot) -> None:
        super().__init__(*snapshots)
        self.questions = 0

    def revision(self) -> None:
        return

    async def advances(self, versions: Mapping[str, int]) -> dict[str, Advance]:
        self.questions += 1
        return {id_: self.advance(id_, version) for id_, version in versions.items()}


async def test_a_request_asks_for_a_version_once_and_the_next_asks_again() -> None:
    others = OfOthers(organization(1))
    snapshots = cache(others, is_only_writer=False)
    await snapshots.get(uuid(1))
    for number in range(1, 4):
        snapshots.begin_request()
        for _ in range(3):
            assert await snapshots.get(uuid(1)) is others.by_id[uuid(1)]
        assert others.questions == number
        others.by_id[uuid(1)] = organization(1, version=number + 1)
    assert others.asked == [uuid(1)] * 3


async def test_what_is_another_is_all_that_is_read_of_one_in_memory() -> None:
    others = OfOthers(organization(1))
    others.tells_differences = True
    snapshots = cache(others, is_only_writer=False)
    before = await snapshots.get(uuid(1))
    assert before is not None
    now = replace(before, name="a longer name than it had", version=3)
    now = others.by_id[uuid(1)] = replace(now, bytes_held=before.bytes_held + len(now.name) - len(before.name))
    after, again = await asyncio.gather(snapshots.get(uuid(1)), snapshots.get(uuid(1)))
    assert after == now
    assert again is after  # whoever comes second finds it done
    assert after.users is before.users
    assert (others.asked, snapshots.hits, snapshots.misses) == ([uuid(1)], 2, 1)


async def test_one_that_is_brought_up_is_counted_once() -> None:
    others = OfOthers(organization(1), organization(2))
    others.tells_differences = True
    snapshots = cache(others, is_only_writer=False, bytes_max=7_000)  # two of them
    for version in range(1, 50):
        others.by_id[uuid(1)] = replace(others.by_id[uuid(1)], version=version)
        await snapshots.get(uuid(1))
        await snapshots.get(uuid(2))
    assert others.asked == [uuid(1), uuid(2)]


async def test_what_was_told_of_another_version_is_not_used() -> None:
    others = OfOthers(organization(1, version=4))
    others.tells_differences = True
    snapshots = cache(others, is_only_writer=False)
    await snapshots.get(uuid(1))
    others.by_id[uuid(1)] = organization(1, version=6)
    others.advance = lambda id_, version: Advance(version - 1, 6, Difference())  # type: ignore[method-assign]
    assert await snapshots.get(uuid(1)) is others.by_id[uuid(1)]
    assert others.asked == [uuid(1)] * 2


async def test_who_began_no_request_always_asks() -> None:
    others = OfOthers(organization(1))
    snapshots = cache(others, is_only_writer=False)

    async def look() -> None:
        for _ in range(3):
            await snapshots.get(uuid(1))

    await asyncio.create_task(look())
    assert others.questions == 2  # the first has loaded it


async def test_what_was_seen_before_a_request_began_is_not_new_enough_for_it() -> None:
    others = OfOthers(organization(1))
    snapshots = cache(others, is_only_writer=False)
    seen_at = snapshots.new_moment()
    snapshots.begin_request()
    snapshots.publish(organization(1), seen_at=seen_at)  # by a turn that began before, and ends now
    others.by_id[uuid(1)] = organization(1, version=2)
    assert await snapshots.get(uuid(1)) is others.by_id[uuid(1)]


async def test_what_a_turn_that_began_after_a_request_leaves_is_new_enough_for_it() -> None:
    others = OfOthers(organization(1))
    snapshots = cache(others, is_only_writer=False)
    snapshots.begin_request()
    published = snapshots.publish(organization(1), seen_at=snapshots.new_moment())
    assert await snapshots.get(uuid(1)) is published
    assert others.questions == 0


class Slow(Loader):
    """A store that takes its time: a load ends once ``go_on`` is set, and gives what there was when it began."""

    def __init__(self, *snapshots: Snapshot) -> None:
        super().__init__(*snapshots)
        self.go_on = asyncio.Event()

    async def snapshot(self, organization_id: str) -> Snapshot | None:
        found = await super().snapshot(organization_id)
        await self.go_on.wait()
        return found


async def test_those_who_want_the_same_wait_for_one_load() -> None:
    slow = Slow(organization(1))
    snapshots = cache(slow)
    wanting = [asyncio.create_task(snapshots.get(uuid(1))) for _ in range(5)]
    await asyncio.sleep(0)
    slow.go_on.set()
    assert {id(each) for each in await asyncio.gather(*wanting)} == {id(slow.by_id[uuid(1)])}
    assert slow.asked == [uuid(1)]


async def test_what_is_published_during_a_load_is_newer_even_if_it_was_dropped_again() -> None:
    slow = Slow(organization(1, version=4))
    snapshots = cache(slow, bytes_max=1)
    wanting = asyncio.create_task(snapshots.get(uuid(1)))
    await asyncio.sleep(0)
    newer = organization(1, version=5)
    snapshots.publish(newer)
    snapshots.publish(organization(2))  # there is room for one
    slow.go_on.set()
    assert await wanting is newer
    assert await snapshots.get(uuid(1)) is newer


async def test_if_whoever_loads_gives_up_another_does() -> None:
    slow = Slow(organization(1))
    snapshots = cache(slow)
    first, second = (asyncio.create_task(snapshots.get(uuid(1))) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    slow.go_on.set()
    assert await second is slow.by_id[uuid(1)]
    assert slow.asked == [uuid(1), uuid(1)]


class SlowAndShared(Slow, Shared):
    """Both."""


async def test_a_load_that_began_before_another_process_committed_is_not_enough() -> None:
    store = SlowAndShared(organization(1, version=4))
    snapshots = cache(store, is_only_writer=False)
    first = asyncio.create_task(snapshots.get(uuid(1)))
    await asyncio.sleep(0)
    store.now, store.by_id[uuid(1)] = 2, organization(1, version=5)
    later = asyncio.create_task(snapshots.get(uuid(1)))  # a request that has come after the commit
    await asyncio.sleep(0)
    store.go_on.set()
    old, new = await first, await later
    assert old is not None
    assert (old.version, new) == (4, store.by_id[uuid(1)])
