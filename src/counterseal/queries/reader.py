"""What queries may read of the store: one organization and, as its parent's right, what happened below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from counterseal.ledger import ProofFile
from counterseal.organizations import ActivityProofs, Key, Row, Snapshot
from counterseal.store import ActivityStatus, RowKey, Store, StoredActivity, StoredBootProof, SubOrganizationFilter
from counterseal.store.ledger_proofs import Consistency, consistency_proof, inclusion_proofs

Kind = TypeVar("Kind", bound=Row)


class Reader:
    """The store, bound to the organization that was asked about; no query can name another one."""

    def __init__(self, store: Store, organization: Snapshot) -> None:
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

    async def ledger_proofs(self, activity_id: str) -> list[ProofFile]:
        """That what was decided on an activity of the organization is in the ledger."""
        return await inclusion_proofs(self._store, self._id, activity_id)

    async def ledger_consistency(self, old_size: int) -> Consistency | None:
        """See ``consistency_proof``."""
        return await consistency_proof(self._store, old_size)

    async def policy_ids_as_of(self, activity: StoredActivity, version: int) -> list[str]:
        """The policies that the organization of an activity, which this reader has given, had at a version."""
        return await self._store.policy_ids_as_of(activity.organization_id, version)

    async def proofs_of(self, activity: StoredActivity) -> list[ActivityProofs]:
        """Those of an activity that this reader has given, in one row or none."""
        key = RowKey(kind=ActivityProofs, value=activity.id)
        found = (await self._store.rows(activity.organization_id, [key]))[key]
        return [row for row in found if isinstance(row, ActivityProofs)]

    async def as_of(self, activity: StoredActivity, version: int) -> Snapshot | None:
        """The organization of an activity, which this reader has given, at a version."""
        return await self._store.snapshot_as_of(activity.organization_id, version)

    async def parent_as_of(self, organization: Snapshot, version: int) -> Snapshot | None:
        """The parent of one that this reader has given, at a version: for users of the parent only."""
        parent_id = organization.parent_id
        return None if parent_id is None else await self._store.snapshot_as_of(parent_id, version)

    async def boot_proof(self, proof_key: bytes) -> StoredBootProof | None:
        """What vouches for a key of app proofs; it is of no organization."""
        return await self._store.boot_proof(proof_key)

    async def latest_boot_proof(self) -> StoredBootProof | None:
        """That of the last start."""
        return await self._store.latest_boot_proof()

    async def sub_organization_ids(
        self, *, matching: SubOrganizationFilter | None, limit: int, before: str | None, after: str | None
    ) -> list[str]:
        """See ``Reads.sub_organization_ids``."""
        return await self._store.sub_organization_ids(
            self._id, matching=matching, limit=limit, before=before, after=after
        )

    async def all_of(self, kind: type[Kind], *, at_most: int) -> list[Kind]:
        """All rows of a kind of which there are no more, because a limit says so; the oldest first."""
        return await self.page(kind, limit=at_most)

    async def page(
        self,
        kind: type[Kind],
        *,
        limit: int,
        before: str | None = None,
        after: str | None = None,
        where: tuple[Key, str] | None = None,
        oldest_first: bool = True,
    ) -> list[Kind]:
        """Rows of a kind; see ``Reads.page``. A cursor need not be the id of a row that is there."""
        return await self._store.page(
            self._id, kind, limit=limit, before=before, after=after, where=where, oldest_first=oldest_first
        )

    async def row(self, kind: type[Kind], id_: str) -> Kind | None:
        """The row of this id."""
        found = await self.rows(kind, [id_])
        return found[0] if found else None

    async def rows(self, kind: type[Kind], values: Sequence[str], *, by: Key | None = None) -> list[Kind]:
        """The rows of these ids, or those that have one of these values for a key: for each, the oldest first."""
        keys = [RowKey(kind=kind, key=by, value=value) for value in values]
        found = await self._store.rows(self._id, keys)
        return [row for key in keys for row in found[key] if isinstance(row, kind)]
