"""What a batch has decided and not yet committed: later requests must see it, nobody else may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import NamedTuple

import msgspec

from counterseal.activities import Outcome, Unit
from counterseal.engine.state.allowance import Account, Charge
from counterseal.engine.state.draft_rows import DraftRows, read_needs, read_parent
from counterseal.engine.state.snapshots import Snapshots, SnapshotsOfTurn
from counterseal.organizations import Change, OrganizationChanges, Put, Removed, RowChange, Snapshot, Step, View, fold
from counterseal.store import Commit, Reads, RowChanges, StoredActivity, StoredVote

Pair = tuple[str, bytes]
"""An organization's id and the SHA-256 of a submission in it."""


class Decided(NamedTuple):
    """An activity of which webhooks may have to be told: its place among the commits, and what it was decided on."""

    place: int
    organization: Snapshot


class Draft:
    """The store and the snapshots, with the uncommitted decisions of one batch laid ``over`` those of the one before.

    If the one before does not become durable, this one means nothing.
    """

    def __init__(self, snapshots: Snapshots | SnapshotsOfTurn, store: Reads, *, over: Draft | None = None) -> None:
        self.committed = snapshots
        self.store = store
        self._under = over
        self._snapshots: dict[str, Snapshot] = {}
        self._activities: dict[Pair, StoredActivity] = {}
        self._unknown: set[Pair] = set()
        self._rows: DraftRows = DraftRows(None if over is None else over._rows)
        self.commits: list[Commit] = []
        self.decided: list[Decided] = []
        self.changed: list[OrganizationChanges] = []
        self.charges: Counter[Account] = Counter()

    async def look_up(self, asked: Sequence[Pair]) -> None:
        """Ask the store in one go which fingerprints it knows. Nearly every submission is new."""
        self.know(asked, await self.store.known_fingerprints(asked) if asked else set())

    def know(self, asked: Sequence[Pair], known: Set[Pair]) -> None:
        """The same, as it has been told."""
        self._unknown.update(asked)
        self._unknown -= known

    async def snapshot(self, organization_id: str) -> Snapshot | None:
        """The organization as these batches have left it so far."""
        return self._staged_snapshot(organization_id) or await self.committed.get(organization_id)

    async def activity_by_fingerprint(self, organization_id: str, fingerprint: bytes) -> StoredActivity | None:
        """The activity as these batches have left it so far."""
        pair = (organization_id, fingerprint)
        staged = self._staged_activity(pair)
        if staged is not None or pair in self._unknown:
            return staged
        return await self.store.activity_by_fingerprint(organization_id, fingerprint)

    async def read_for(self, unit: Unit, intent: msgspec.Struct, view: View) -> None:
        """Whatever the unit looks at beside its organization, as these batches have left it so far."""
        await read_needs(unit, intent, view, self.store, over=self._rows)
        await read_parent(unit, intent, view, self.snapshot)

    def stage(
        self,
        activity: StoredActivity,
        *,
        is_new: bool,
        new_votes: tuple[StoredVote, ...],
        organization: Snapshot,
        outcome: Outcome | None = None,
        charge: Charge | None = None,
        counted: tuple[Put | Removed, ...] = (),
    ) -> None:
        """Add one decision: all of it or, if folding fails, nothing. ``counted`` is what a refusal leaves behind."""
        steps: list[Step] = []
        changed: list[OrganizationChanges] = []

        def fold_into(before: Snapshot | None, id_: str, changes: tuple[Change, ...]) -> None:
            step = fold(before, id_, changes)
            steps.append(step)
            changed.append(OrganizationChanges(organization_id=id_, version=step.after.version, changes=changes))

        if outcome is not None and outcome.changes:
            fold_into(organization, organization.id, outcome.changes)
        rests_on = () if steps else ((organization.id, organization.version),)
        if outcome is not None and outcome.new_organization is not None:
            fold_into(None, outcome.new_organization.id, outcome.new_organization.changes)
        for step in steps:
            self._snapshots[step.after.id] = step.after
        self._activities[activity.organization_id, activity.fingerprint] = activity
        self.changed += changed
        if charge is not None:
            self.charges[charge.account] += charge.size
        rows: tuple[RowChanges, ...] = ()
        if outcome is not None:
            rows = self._rows_of(outcome, organization, [step.after for step in steps])
            self._rows.seal(outcome.secrets)
        if counted:
            rows = self._row_changes(organization, counted)
        if organization.webhook_channels or organization.is_sub_organization:
            self.decided.append(Decided(len(self.commits), organization))
        self.commits.append(
            Commit(
                activity=activity,
                is_new=is_new,
                new_votes=new_votes,
                steps=tuple(steps),
                rests_on=rests_on,
                rows=rows,
                secrets=() if outcome is None else outcome.secrets,
                events=() if outcome is None else outcome.events,
            )
        )

    def count(self, rows: tuple[Put | Removed, ...], organization: Snapshot) -> None:
        """Add what a refusal leaves behind, and nothing else: there is no activity."""
        rests_on = ((organization.id, organization.version),)
        kept = self._row_changes(organization, rows)
        self.commits.append(Commit(activity=None, is_new=False, new_votes=(), rests_on=rests_on, rows=kept))

    def _rows_of(self, outcome: Outcome, organization: Snapshot, after: Sequence[Snapshot]) -> tuple[RowChanges, ...]:
        """Those of the organization, and those with which a new one begins: each as the decision leaves it."""
        rows: tuple[RowChanges, ...] = ()
        if outcome.rows:
            rows += self._row_changes(after[0] if outcome.changes else organization, outcome.rows)
        if outcome.new_organization is not None and outcome.new_organization.rows:
            rows += self._row_changes(after[-1], outcome.new_organization.rows)
        return rows

    def _row_changes(self, organization: Snapshot, rows: tuple[RowChange, ...]) -> tuple[RowChanges, ...]:
        self._rows.stage(organization.id, rows)
        return (RowChanges(organization=organization, changes=rows),)

    def charged(self, account: Account) -> int:
        """What an account will have spent by these batches so far."""
        return self.charges[account] + (0 if self._under is None else self._under.charged(account))

    def settle(self) -> None:
        """What this was laid over is durable and shown now: the store knows its activities, which it did not before."""
        if self._under is not None:
            self._unknown.difference_update(self._under._activities)
        self._under = None
        self._rows.settle()

    def publish(self) -> None:
        """Show the new snapshots: their rows are durable now."""
        for snapshot in self._snapshots.values():
            self.committed.publish(snapshot)

    def _staged_snapshot(self, organization_id: str) -> Snapshot | None:
        staged = self._snapshots.get(organization_id)
        if staged is None and self._under is not None:
            return self._under._staged_snapshot(organization_id)
        return staged

    def _staged_activity(self, pair: Pair) -> StoredActivity | None:
        staged = self._activities.get(pair)
        if staged is None and self._under is not None:
            return self._under._staged_activity(pair)
        return staged
