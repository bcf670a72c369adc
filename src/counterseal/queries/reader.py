"""What queries may read of the store: one organization and, as its parent's right, what happened below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from counterseal.organizations import Row, Snapshot
from counterseal.store import ActivityStatus, Reads, StoredActivity, SubOrganizationFilter

Kind = TypeVar("Kind", bound=Row)


class Reader:
    """The store, bound to the organization that was asked about; no query can name another one."""

    def __init__(self, store: Reads, organization: Snapshot) -> None:
        self._store = store
        self._id = organization.id
        self._may_have_children = not organization.is_sub_organization

    async def activity(self, activity_id: str) -> StoredActivity | None:
        """One activity of the organization itself."""
        return await self._store.activity(self._id, activity_id)

    async def activity_of_family(self, activity_id: str) -> StoredActivity | None:
        """One activity of the organization or of one of its sub-organizations."""
        found = await self.activity(activity_id)
        if found is None and self._may_have_children:
            return await self._store.sub_organization_activity(self._id, activity_id)
        return found

    async def activity_ids(
        self,
        *,
        statuses: Sequence[ActivityStatus],
        types: Sequence[str],
        limit: int,
        before: str | None,
        after: str | None,
    ) -> list[str]:
        """See ``Reads.activity_ids``."""
        return await self._store.activity_ids(
            self._id, statuses=statuses, types=types, limit=limit, before=before, after=after
        )

    async def policy_ids_as_of(self, activity: StoredActivity, version: int) -> list[str]:
        """The policies that the organization of an activity, which this reader has given, had at a version."""
        return await self._store.policy_ids_as_of(activity.organization_id, version)

    async def sub_organization_ids(
        self, *, matching: SubOrganizationFilter | None, limit: int, before: str | None, after: str | None
    ) -> list[str]:
        """See ``Reads.sub_organization_ids``."""
        return await self._store.sub_organization_ids(
            self._id, matching=matching, limit=limit, before=before, after=after
        )

    async def all_of(self, kind: type[Kind], *, at_most: int) -> list[Kind]:
        """All rows of a kind of which there are no more, because a limit says so; the oldest first."""
        return (await self._store.page(self._id, kind, limit=at_most, before=None, after=None))[::-1]
