"""A webhook endpoint that is switched off because nothing arrives there: the one change that nobody has asked for."""

from __future__ import annotations

from collections.abc import Set

from msgspec.structs import replace

from counterseal.engine.state.snapshots import Snapshots
from counterseal.engine.write.writer import Follower
from counterseal.organizations import OrganizationChanges, Put, WebhookEndpoint, fold
from counterseal.store import Commit, Conflict, RowChanges, RowKey, Store

_ATTEMPTS = 5


class Deactivation:
    """Beside the writer: the commit holds only on the version that it was made for, as all commits do.

    Who has decided on that version meanwhile decides anew. ``followers`` are those of the writer, if it has any.
    """

    def __init__(self, snapshots: Snapshots, store: Store, *, followers: Set[Follower]) -> None:
        self._snapshots = snapshots
        self._store = store
        self._followers = followers

    async def deactivate(self, organization_id: str, endpoint_id: str, channel_id: str) -> bool:
        """Switch the endpoint off if that is its channel. Whether it was done. Raises StoreError, Unknown."""
        for _ in range(_ATTEMPTS):
            try:
                return await self._try(organization_id, endpoint_id, channel_id)
            except Conflict:
                continue
        return False

    async def _try(self, organization_id: str, endpoint_id: str, channel_id: str) -> bool:
        moment = self._snapshots.new_moment()
        organization = await self._snapshots.get(organization_id)
        key = RowKey(kind=WebhookEndpoint, value=endpoint_id)
        (before,) = (await self._store.rows(organization_id, [key]))[key] or (None,)
        if organization is None or not isinstance(before, WebhookEndpoint) or before.channel_id != channel_id:
            return False
        after, changes = replace(before, is_active=False).closed()
        step = fold(organization, organization.id, changes)
        rows = RowChanges(organization=step.after, changes=(Put(row=after, replaces=before),))
        commit = Commit(activity=None, is_new=False, new_votes=(), steps=(step,), rows=(rows,))
        await self._store.commit([commit])
        self._snapshots.publish(step.after, seen_at=moment)
        changed = OrganizationChanges(organization_id=organization.id, version=step.after.version, changes=changes)
        for follower in self._followers:
            follower([changed])
        return True
