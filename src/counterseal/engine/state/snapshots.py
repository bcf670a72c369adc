"""Snapshots of the organizations in use, bounded in bytes. They are replaced only after a commit.

A process that is not the only one is told what another commits. Should it not know in time, it learns that it is stale
before it answers: the store's revision tells whether anything was committed elsewhere, and then the organization's
version whether that concerned it. A store that other machines write to has no revision and is asked for the version, of
each organization once a request: what was so after a request came is never too old for it. With a version comes what is
another since the one in memory, which is brought up by that; all is loaded only where that is much.
"""

from __future__ import annotations

import asyncio
import math
from collections import OrderedDict
from collections.abc import Iterable
from contextvars import ContextVar

from counterseal.organizations import Advance, OrganizationChanges, Snapshot, apply_changes
from counterseal.store import Reads, Store, Turn

_ENTRY_BYTES = 500
"""What the cache itself takes for each."""

_request_began: ContextVar[float] = ContextVar("the moment at which the present request began", default=math.inf)


class Snapshots:
    """The current snapshot of any organization, from memory (``hits``) or from the store (``misses``)."""

    def __init__(self, store: Store, *, bytes_max: int = 128 * 1024 * 1024, is_only_writer: bool = True) -> None:
        self.hits = 0
        self.misses = 0
        self._store = store
        self._bytes_max = bytes_max
        self._bytes = 0
        self._cached: OrderedDict[str, _Entry] = OrderedDict()
        self._loads: dict[str, _Load] = {}
        self._is_only_writer = is_only_writer
        self._moments = 0  # of a store without revisions: counted
        self._revision: int | None = None

    def begin_request(self) -> None:
        """What this task asks for is, from now on, as it was at this moment or later."""
        _request_began.set(self._moments)

    def new_moment(self) -> int:
        """After all those at which a request began: take it before something is read, for ``publish``."""
        self._moments += 1
        return self._moments

    async def get(self, organization_id: str) -> Snapshot | None:
        """The organization as last committed; None when there is none."""
        while True:
            entry = self._cached.get(organization_id)
            if entry is not None:
                snapshot = entry.snapshot if self._is_only_writer else await self._brought_up(entry)
                if snapshot is not None:
                    if organization_id in self._cached:  # it may have had to make room meanwhile
                        self._cached.move_to_end(organization_id)
                    self.hits += 1
                    return snapshot
            load = self._loads.get(organization_id)
            if load is None:
                return await self._load(organization_id)
            await load.ended.wait()

    def versions_with_parents(self, organization_ids: Iterable[str]) -> dict[str, int]:
        """The versions of these and of their parents that are in memory, be they current or not."""
        found: dict[str, int] = {}
        for id_ in organization_ids:
            entry = self._cached.get(id_)
            if entry is None:
                continue
            found[id_] = entry.snapshot.version
            parent = self._cached.get(entry.snapshot.parent_id or "")
            if parent is not None:
                found[parent.snapshot.id] = parent.snapshot.version
        return found

    async def at(self, organization_id: str, advance: Advance, reads: Reads) -> Snapshot | None:
        """The organization at what is known to be its present version, to which it has advanced."""
        entry = self._cached.get(organization_id)
        snapshot = None if entry is None else self._advanced(entry.snapshot, advance)
        if snapshot is not None:
            self._cached.move_to_end(organization_id)
            self.hits += 1
            return snapshot
        self.misses += 1
        loaded = await reads.snapshot(organization_id)
        return None if loaded is None else self.publish(loaded)

    def publish(self, snapshot: Snapshot, *, seen_at: int | None = None) -> Snapshot:
        """Show this version from now on, unless a newer one is shown already. Which of the two is shown.

        ``seen_at``: a moment after which it was the present one.
        """
        shown = self._cached.pop(snapshot.id, None)
        if shown is not None:
            self._bytes -= _size(shown.snapshot)
            if shown.snapshot.version > snapshot.version:
                snapshot = shown.snapshot
        self._cached[snapshot.id] = _Entry(snapshot, max(seen_at or 0, 0 if shown is None else shown.seen_at))
        self._bytes += _size(snapshot)
        load = self._loads.get(snapshot.id)
        if load is not None:
            load.published = snapshot
        while self._bytes > self._bytes_max and len(self._cached) > 1:
            _, dropped = self._cached.popitem(last=False)
            self._bytes -= _size(dropped.snapshot)
        return snapshot

    def follow(self, committed: OrganizationChanges) -> None:
        """Another process has committed this: the next version of an organization that is in memory is made here."""
        entry = self._cached.get(committed.organization_id)
        if entry is not None and committed.version == entry.snapshot.version + 1:
            self.publish(apply_changes(entry.snapshot, entry.snapshot.id, committed.changes))

    async def _load(self, organization_id: str) -> Snapshot | None:
        """From the store, which may take a while: meanwhile others wait for the same, and commits are published."""
        self.misses += 1
        load = self._loads[organization_id] = _Load()
        try:
            moment = 0 if self._is_only_writer else self._moment()
            loaded = await self._store.snapshot(organization_id)
        finally:
            del self._loads[organization_id]
            load.ended.set()
        if loaded is None:
            return None
        # What was published meanwhile may be newer, and may have been dropped again.
        if load.published is not None and load.published.version > loaded.version:
            loaded = load.published
        return self.publish(loaded, seen_at=moment)

    async def _brought_up(self, entry: _Entry) -> Snapshot | None:
        """The present snapshot, which may be the one of the entry. None if it has to be loaded."""
        snapshot, revision = entry.snapshot, self._revision_now()
        if entry.seen_at > _request_began.get() if revision is None else entry.seen_at == revision:
            return snapshot
        moment = self._moment()
        advance = (await self._store.advances({snapshot.id: snapshot.version})).get(snapshot.id)
        if advance is None:
            return None
        if advance.version == snapshot.version:
            entry.seen_at = moment
            return snapshot
        shown = self._cached.get(snapshot.id)
        if shown is not None and shown.snapshot.version >= advance.version:  # another has brought it up meanwhile
            snapshot = shown.snapshot
        return self._advanced(snapshot, advance, seen_at=moment)

    def _advanced(self, snapshot: Snapshot, advance: Advance, *, seen_at: int | None = None) -> Snapshot | None:
        """The snapshot of this, or a later, version, of which it was known at a moment that it is the present one."""
        advanced = snapshot if snapshot.version >= advance.version else advance.of(snapshot)
        return None if advanced is None else self.publish(advanced, seen_at=seen_at)

    def _moment(self) -> int:
        revision = self._revision_now()
        return self.new_moment() if revision is None else revision

    def _revision_now(self) -> int | None:
        """The store is asked once a turn of the event loop: what is answered in this turn came before it was asked."""
        if self._revision is None:
            self._revision = self._store.revision()
            asyncio.get_running_loop().call_soon(self._forget_revision)
        return self._revision

    def _forget_revision(self) -> None:
        self._revision = None


class SnapshotsOfTurn:
    """The same in a turn, which has locked some organizations and knows their versions."""

    def __init__(self, snapshots: Snapshots, turn: Turn) -> None:
        self._snapshots = snapshots
        self._turn = turn
        self._began = snapshots.new_moment()

    async def get(self, organization_id: str) -> Snapshot | None:
        """The organization as last committed; None when there is none."""
        advance = self._turn.advances_held.get(organization_id)
        if advance is None:
            return await self._snapshots.get(organization_id)
        return await self._snapshots.at(organization_id, advance, self._turn)

    def publish(self, snapshot: Snapshot) -> None:
        """Show this version from now on: it was the present one when the turn ended."""
        self._snapshots.publish(snapshot, seen_at=self._began)


class _Entry:
    """A snapshot, and at which moment it was last known to be current; gone with it when room is made."""

    __slots__ = ("seen_at", "snapshot")

    def __init__(self, snapshot: Snapshot, seen_at: int) -> None:
        self.snapshot = snapshot
        self.seen_at = seen_at


class _Load:
    """One that is under way: when it has ended, and the newest version that was published since it began."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.published: Snapshot | None = None


def _size(snapshot: Snapshot) -> int:
    return _ENTRY_BYTES + snapshot.bytes_held
