"""Organizations in a store, changed from version to version."""

from __future__ import annotations

import sample
from counterseal.organizations import Change, Snapshot, Step, fold
from counterseal.store import Reads, Store, StoredActivity


async def step(store: Store, organization_id: str, *changes: Change) -> Step:
    """What these changes would make of an organization that is there."""
    return fold(await snapshot(store, organization_id), organization_id, changes)


async def change(
    store: Store, organization_id: str, *changes: Change, activity: StoredActivity | None = None
) -> Snapshot:
    """Change an organization that is there, by an activity or by nobody. The organization as it is then."""
    taken = await step(store, organization_id, *changes)
    await store.commit([sample.commit(activity, taken)])
    return taken.after


async def make(
    store: Store,
    organization_id: str,
    *changes: Change,
    parent_id: str | None = None,
    created_ms: int = sample.LONG_AGO_MS,
) -> Snapshot:
    """A new organization, with these changes after its creation."""
    created = sample.creation([], root=[], parent_id=parent_id, created_ms=created_ms)
    taken = fold(None, organization_id, [*created, *changes])
    await store.commit([sample.commit(None, taken)])
    return taken.after


async def snapshot(store: Reads, organization_id: str) -> Snapshot:
    """One that must be there."""
    found = await store.snapshot(organization_id)
    assert found is not None
    return found
