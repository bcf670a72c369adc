"""Snapshots of the organizations in use, bounded in bytes. They are replaced only after a commit."""

from __future__ import annotations

from collections import OrderedDict

from counterseal.organizations import Snapshot
from counterseal.store import Store

# What CPython takes, measured roughly and rounded up: the bound need not be exact, only proportional.
_ORGANIZATION_BYTES = 2_000
_USER_BYTES = 1_000
_API_KEY_BYTES = 800


class Snapshots:
    """The current snapshot of any organization, from memory or from the store."""

    def __init__(self, store: Store, *, bytes_max: int = 128 * 1024 * 1024) -> None:
        self._store = store
        self._bytes_max = bytes_max
        self._bytes = 0
        self._cached: OrderedDict[str, Snapshot] = OrderedDict()

    async def get(self, organization_id: str) -> Snapshot | None:
        """The organization as last committed; None when there is none."""
        snapshot = self._cached.get(organization_id)
        if snapshot is not None:
            self._cached.move_to_end(organization_id)
            return snapshot
        loaded = await self._store.snapshot(organization_id)
        if loaded is not None:
            self.publish(loaded)
        return loaded

    def publish(self, snapshot: Snapshot) -> None:
        """Show this version from now on, unless a newer one is shown already."""
        shown = self._cached.pop(snapshot.id, None)
        if shown is not None:
            self._bytes -= _size(shown)
            if shown.version > snapshot.version:
                snapshot = shown
        self._cached[snapshot.id] = snapshot
        self._bytes += _size(snapshot)
        while self._bytes > self._bytes_max and len(self._cached) > 1:
            _, dropped = self._cached.popitem(last=False)
            self._bytes -= _size(dropped)


def _size(snapshot: Snapshot) -> int:
    return _ORGANIZATION_BYTES + _USER_BYTES * len(snapshot.users) + _API_KEY_BYTES * len(snapshot.api_keys)
