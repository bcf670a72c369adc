"""What webhooks are told of what was decided: made before the commit, and committed with it.

An organization's own channels and its parent's are in the snapshots that the decision had at hand. Where there are
none, nothing is made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from counterseal.contract import timestamp
from counterseal.engine.decide.judge import Judge
from counterseal.engine.show.render import Renderer
from counterseal.engine.state.draft import Decided, Draft
from counterseal.keystore import Keystore
from counterseal.organizations import Put, Row, Snapshot
from counterseal.queries import ReplyIsLarge, Room, Viewer
from counterseal.store import Commit, NewDelivery, Reads, RowKey, StoredActivity
from counterseal.webhooks import activity_update, is_told
from counterseal.world import Random, Turns, dated_id

_NOT_AS_IT_IS = frozenset({"id", "organizationId", "status", "type", "fingerprint", "result"})
"""What the update looks at or alters; of the rest the JSON is taken as it was rendered."""


UPDATE_BYTES_MAX = 4 * 1024 * 1024
"""Of what is told of one activity, to each of up to twenty endpoints. Its body may be a megabyte, which is shown twice,
and once more for each of up to two hundred votes that were cast by the same bytes."""


class Announcer:
    """Adds what is to be told to the commits of a draft."""

    def __init__(self, judge: Judge, keystore: Keystore, random: Random) -> None:
        self._judge = judge
        self._keystore = keystore
        self._random = random
        self._turns = Turns()  # of its own: whoever writes waits for no one

    async def announce(self, draft: Draft) -> None:
        """See ``Announce``."""
        for decided in draft.decided:
            deliveries = await self._deliveries(draft, decided)
            if deliveries:
                place = decided.place
                draft.commits[place] = msgspec.structs.replace(draft.commits[place], deliveries=deliveries)

    async def _deliveries(self, draft: Draft, decided: Decided) -> tuple[NewDelivery, ...]:
        owners = [decided.organization]
        if decided.organization.parent_id is not None:
            parent = await draft.snapshot(decided.organization.parent_id)
            owners += [] if parent is None else [parent]
        activity = draft.commits[decided.place].activity
        if activity is None or not any(owner.webhook_channels for owner in owners):
            return ()
        return await self._told(draft, decided.place, activity, owners)

    async def _told(
        self, draft: Draft, place: int, activity: StoredActivity, owners: Iterable[Snapshot]
    ) -> tuple[NewDelivery, ...]:
        about = {"type": activity.type, "status": f"ACTIVITY_STATUS_{activity.status.name}"}
        told = [
            (owner, channel)
            for owner in owners
            for channel in owner.webhook_channels.values()
            if is_told(channel.filters, about)
        ]
        if not told:
            return ()
        now_ms = max(activity.updated_ms, activity.votes[-1].created_ms)
        body, event_id = await self._body(draft, place, activity, now_ms), dated_id(now_ms, self._random)
        return tuple(
            NewDelivery(
                channel_id=channel.id,
                organization_id=activity.organization_id,
                owner_id=owner.id,
                endpoint_id=channel.endpoint_id,
                event_id=event_id,
                created_ms=now_ms,
                body=body,
            )
            for owner, channel in told
        )

    async def _body(self, draft: Draft, place: int, activity: StoredActivity, now_ms: int) -> bytes:
        source = _AsCommitted(draft.store, draft.commits[place])
        renderer = Renderer(draft.committed, source, self._judge, self._keystore, self._turns)
        room = Room(UPDATE_BYTES_MAX)
        nobody = Viewer(organization_id="", user_id="", now_ms=now_ms, has_fresh_stamp=False, room=room)
        try:
            rendered = b"".join(await renderer.activity(activity, nobody))
        except ReplyIsLarge:
            return activity_update(_head_of(activity))
        members = msgspec.json.decode(rendered, type=dict[str, msgspec.Raw])
        shown: dict[str, Any] = {
            name: json.loads(bytes(member)) if name in _NOT_AS_IT_IS else member for name, member in members.items()
        }
        return activity_update(shown)


def _head_of(activity: StoredActivity) -> dict[str, Any]:
    """What receivers need to ask for the rest."""
    return {
        "id": activity.id,
        "organizationId": activity.organization_id,
        "status": f"ACTIVITY_STATUS_{activity.status.name}",
        "type": activity.type,
        "fingerprint": f"sha256:{activity.fingerprint.hex()}",
        "createdAt": timestamp(activity.created_ms),
        "updatedAt": timestamp(activity.updated_ms),
    }


class _AsCommitted:
    """What is stored, with the rows that a commit is about to add, such as proofs."""

    def __init__(self, store: Reads, commit: Commit) -> None:
        self._store = store
        self._added = [each.row for changes in commit.rows for each in changes.changes if isinstance(each, Put)]
        self.user_as_of = store.user_as_of

    async def rows(self, organization_id: str, keys: Sequence[RowKey]) -> dict[RowKey, tuple[Row, ...]]:
        """See ``Reads``; each key is an id."""
        found = await self._store.rows(organization_id, keys)
        return {key: tuple(row for row in self._added if key.fits(row)) or rows for key, rows in found.items()}
