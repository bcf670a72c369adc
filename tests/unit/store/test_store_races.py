"""Of many who decide on the same version, one is first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import sample
import stored
from counterseal.organizations import UserAdded
from counterseal.store import Conflict, Store
from sample import ORGANIZATION_ID, uuid


async def test_of_many_at_once_one_is_first(store: Store, reopen: Callable[[], Awaitable[Store]]) -> None:
    others = [await reopen() for _ in range(3)]
    for version in range(1, 6):
        steps = [
            await stored.step(store, ORGANIZATION_ID, UserAdded(user=sample.user(uuid(0x100 * version + number))))
            for number in range(4)
        ]
        commits = [
            each.commit([sample.commit(sample.activity(), step)])
            for each, step in zip([store, *others], steps, strict=True)
        ]
        ended = await asyncio.gather(*commits, return_exceptions=True)
        assert ended.count(None) == 1
        assert all(one is None or isinstance(one, Conflict) for one in ended)
        assert await store.versions([ORGANIZATION_ID]) == {ORGANIZATION_ID: version + 1}
    assert len((await stored.snapshot(store, ORGANIZATION_ID)).users) == 5
    for each in others:
        await each.close()
