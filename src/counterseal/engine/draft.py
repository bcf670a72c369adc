"""What a batch has decided and not yet committed: later requests of the batch must see it, nobody else may."""

from __future__ import annotations

from counterseal.activities import NewOrganization
from counterseal.engine.snapshots import Snapshots
from counterseal.organizations import Change, Snapshot, apply_changes
from counterseal.store import Commit, OrganizationChanges, Store, StoredActivity, StoredVote


class Draft:
    """The store and the snapshots, with one batch's uncommitted decisions laid over them."""

    def __init__(self, snapshots: Snapshots, store: Store) -> None:
        self._committed = snapshots
        self._store = store
        self._snapshots: dict[str, Snapshot] = {}
        self._activities: dict[tuple[str, bytes], StoredActivity] = {}
        self.commits: list[Commit] = []

    async def snapshot(self, organization_id: str) -> Snapshot | None:
        """The organization as this batch has left it so far."""
        return self._snapshots.get(organization_id) or await self._committed.get(organization_id)

    async def activity_by_fingerprint(self, organization_id: str, fingerprint: bytes) -> StoredActivity | None:
        """The activity as this batch has left it so far."""
        staged = self._activities.get((organization_id, fingerprint))
        return staged or await self._store.activity_by_fingerprint(organization_id, fingerprint)

    def stage(
        self,
        activity: StoredActivity,
        *,
        is_new: bool,
        new_votes: tuple[StoredVote, ...],
        organization: Snapshot,
        changes: tuple[Change, ...] = (),
        new_organization: NewOrganization | None = None,
    ) -> None:
        """Add one decision: all of it or, if folding fails, nothing."""
        steps: list[tuple[Snapshot | None, str, tuple[Change, ...]]] = []
        if changes:
            steps.append((organization, organization.id, changes))
        if new_organization is not None:
            steps.append((None, new_organization.id, new_organization.changes))
        folded = [apply_changes(before, id_, what) for before, id_, what in steps]
        self._snapshots.update((snapshot.id, snapshot) for snapshot in folded)
        self._activities[activity.organization_id, activity.fingerprint] = activity
        organizations = tuple(
            OrganizationChanges(organization_id=snapshot.id, version=snapshot.version, changes=what)
            for snapshot, (_, _, what) in zip(folded, steps, strict=True)
        )
        self.commits.append(Commit(activity=activity, is_new=is_new, new_votes=new_votes, organizations=organizations))

    def publish(self) -> None:
        """Show the new snapshots: their rows are durable now."""
        for snapshot in self._snapshots.values():
            self._committed.publish(snapshot)
