"""Commits of one transaction as rows: what all of them together make of what is stored.

Later commits of a batch rest on earlier ones. What several of them do to one item, key or row is brought together here:
no stored row is written twice, so a store may run all of it as one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from counterseal.ledger.effects import Effect, digest_of, item_line, organization_line, packed
from counterseal.organizations import RemovedAll, Step
from counterseal.store.errors import Conflict
from counterseal.store.records import Commit, NewDelivery, NewEvent, RowChanges, SealedRow, StoredActivity, StoredVote
from counterseal.store.sql import tables, webhook_queue
from counterseal.store.sql.holders import Family, Holders, family_of
from counterseal.store.sql.lives import Lives
from counterseal.store.sql.query import Given, Row, Write
from counterseal.store.sql.removals import Removal
from counterseal.store.sql.resource_changes import ResourceChanges
from counterseal.store.uuids import NOBODY, to_bytes

THE_EVIDENCE = b""
"""The message of a vote that was cast by the very bytes of its activity, which the first vote has. No body is empty."""


class Work(NamedTuple):
    """Which organizations and rows have to be as they were, and what is to be written then; all in one transaction.

    Those of which something is altered are looked at by what alters them, see ``Alter.guard``. ``removals`` are done
    first, after what has to be as it was is seen to be so.
    """

    versions: Given | None
    revisions: Given | None
    writes: tuple[Write, ...]
    removals: tuple[Removal, ...] = ()


def work_of(commits: Sequence[Commit], *, keeps_ledger: bool = True) -> Work:
    """What has to be done to make a batch durable. Raises Conflict for a batch that contradicts itself."""
    batch = _Batch(keeps_ledger=keeps_ledger)
    for commit in commits:
        batch.add(commit)
    return batch.work()


class _Batch:
    def __init__(self, *, keeps_ledger: bool) -> None:
        self._keeps_ledger = keeps_ledger
        self._stored: dict[str, int] = {}  # versions that the batch rests on
        self._now: dict[str, int] = {}  # and what it makes of them
        self._organizations: list[Row] = []
        self._lives = Lives()
        self._holders = Holders()
        self._resources = ResourceChanges()
        self._removals: list[Removal] = []
        self._added: dict[str, Row] = {}
        self._altered: dict[str, Row] = {}
        self._votes: list[Row] = []
        self._sealed: dict[tuple[bytes, bytes], bytes] = {}
        self._erased: dict[tuple[bytes, bytes], None] = {}
        self._events: list[Row] = []
        self._pending: list[Row] = []
        self._deliveries: list[NewDelivery] = []

    def add(self, commit: Commit) -> None:
        for organization_id, version in commit.rests_on:
            self._rest(organization_id, version)
        effects = [self._step(step) for step in commit.steps]
        for changes in commit.rows:
            self._change(changes)
        if commit.activity is not None:
            self._decide(commit.activity, commit.new_votes, is_new=commit.is_new)
        for secret in commit.secrets:
            self._seal(secret)
        self._events += map(_event_row, commit.events)
        self._deliveries += commit.deliveries
        if self._keeps_ledger:
            self._pending += _pending_rows(commit, packed(filter(None, effects)) or None)

    def work(self) -> Work:
        stored = [(to_bytes(id_), self._now[id_], was) for id_, was in sorted(self._stored.items()) if was > 0]
        changed = [row for row in stored if row[1] != row[2]]
        unchanged = [row[:2] for row in stored if row[1] == row[2]]
        sealed = [(*place, secret) for place, secret in self._sealed.items()]
        return Work(
            versions=Given(tables.VERSIONS, unchanged) if unchanged else None,
            revisions=self._resources.rests_on(),
            writes=(
                *tables.SET_VERSIONS.of(changed),
                *tables.ORGANIZATIONS.insert(self._organizations),
                *self._lives.writes(),
                *self._holders.writes(),
                *tables.ACTIVITIES.insert([*self._added.values()]),
                *tables.SET_ACTIVITIES.of([*self._altered.values()]),
                *tables.VOTES.insert(self._votes),
                *self._resources.writes(),
                *tables.SECRETS.delete([place for place in self._erased if place not in self._sealed]),
                *tables.REPLACE_SECRETS.of([row for row in sealed if row[:2] in self._erased]),
                *tables.SECRETS.insert([row for row in sealed if row[:2] not in self._erased]),
                *tables.EVENTS.insert(self._events),
                *webhook_queue.add(self._deliveries),
                *tables.NEW_IN_LEDGER.insert(self._pending),
            ),
            removals=tuple(self._removals),
        )

    def _rest(self, organization_id: str, version: int) -> None:
        self._stored.setdefault(organization_id, version)
        now = self._now.setdefault(organization_id, version)
        if now != version:
            raise Conflict(f"version {version} was decided on within a batch that made {now} of it")

    def _step(self, step: Step) -> Effect | None:
        """What the ledger says of it, if there is one."""
        after = step.after
        self._rest(after.id, step.rests_on)
        self._now[after.id] = after.version
        family = parent_id, created_ms, organization_id = family_of(after)
        if step.rests_on == 0:
            is_parent = after.parent_id is None
            self._organizations.append((organization_id, None if is_parent else parent_id, created_ms, after.version))
        changes = []
        for touched in step.touched:
            changes.append(self._lives.touch(touched, organization_id, after.version))
            self._holders.turn_over(family, touched.before, touched.after)
        if not self._keeps_ledger:
            return None
        lines = [item_line(*change) for change in changes]
        if step.rests_on == 0:
            lines.append(organization_line(None if after.parent_id is None else parent_id, created_ms))
        return Effect(organization_id, after.version, digest_of(lines))

    def _change(self, changes: RowChanges) -> None:
        family = _, _, organization_id = family_of(changes.organization)
        for change in changes.changes:
            if isinstance(change, RemovedAll):
                self._remove_all(family, change)
                continue
            before, after = self._resources.add(organization_id, change)
            self._holders.turn_over(family, before, after)

    def _remove_all(self, family: Family, change: RemovedAll) -> None:
        """What this batch has put goes here; what is stored goes when it is written."""
        gone, known = self._resources.remove_all(family[2], change)
        for row in gone:
            self._holders.turn_over(family, row, None)
            self._erase((family[2], to_bytes(row.id)))
        self._removals.append(Removal(family, change, known))

    def _decide(self, activity: StoredActivity, new_votes: tuple[StoredVote, ...], *, is_new: bool) -> None:
        if is_new or activity.id in self._added:
            self._added[activity.id] = _activity_row(activity)
        else:
            self._altered[activity.id] = _altered_row(activity)
        evidence, first = activity.votes[0], len(activity.votes) - len(new_votes)
        for ordinal, vote in enumerate(new_votes, first):
            self._votes.append(_vote_row(vote, ordinal, evidence))

    def _seal(self, secret: SealedRow) -> None:
        place = to_bytes(secret.organization_id), to_bytes(secret.id)
        if secret.sealed is None:
            self._erase(place)
        else:
            self._sealed[place] = secret.sealed

    def _erase(self, place: tuple[bytes, bytes]) -> None:
        self._sealed.pop(place, None)
        self._erased[place] = None


def _activity_row(activity: StoredActivity) -> Row:
    return (
        to_bytes(activity.id),
        to_bytes(activity.organization_id),
        activity.type,
        activity.fingerprint,
        int(activity.status),
        activity.result,
        activity.failure,
        activity.created_ms,
        activity.updated_ms,
        msgspec.json.encode(activity.resolved).decode() if activity.resolved else None,
    )


def _altered_row(activity: StoredActivity) -> Row:
    return (
        to_bytes(activity.id),
        to_bytes(activity.organization_id),
        int(activity.status),
        activity.result,
        activity.failure,
        activity.updated_ms,
    )


def _vote_row(vote: StoredVote, ordinal: int, evidence: StoredVote) -> Row:
    is_the_same = ordinal > 0 and vote.message == evidence.message
    return (
        to_bytes(vote.activity_id),
        ordinal,
        to_bytes(vote.id),
        to_bytes(vote.user_id),
        to_bytes(vote.credential_id),
        vote.public_key,
        vote.scheme,
        vote.signature,
        THE_EVIDENCE if is_the_same else vote.message,
        int(vote.selection),
        vote.organization_version,
        vote.created_ms,
        None if vote.decision is None else vote.decision.decode(),
    )


def _pending_rows(commit: Commit, effects: bytes | None) -> list[Row]:
    """What the ledger has to tell: of each vote, and of each organization that begins."""
    activity = commit.activity
    begun: list[Row] = [(to_bytes(each.after.id), NOBODY, 1, None) for each in commit.steps if each.rests_on == 0]
    if activity is None:
        return begun
    first = len(activity.votes) - len(commit.new_votes)
    id_, organization_id = to_bytes(activity.id), to_bytes(activity.organization_id)
    last = len(activity.votes) - 1
    return [
        (organization_id, id_, ordinal, effects if ordinal == last else None)
        for ordinal in range(first, len(activity.votes))
    ] + begun


def _event_row(event: NewEvent) -> Row:
    return to_bytes(event.id), to_bytes(event.organization_id), event.topic, event.data
