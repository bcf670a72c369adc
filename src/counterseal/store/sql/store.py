"""All of ``Store`` that is the same whatever the database: which read answers what."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TypeVar

from counterseal.organizations import CREDENTIAL_ID, PUBLIC_KEY, Advance, Key, Row, Snapshot, User
from counterseal.store.records import (
    ActivityStatus,
    RowKey,
    StoredActivity,
    StoredBootProof,
    StoredSecret,
    SubOrganizationFilter,
)
from counterseal.store.sql import activities, advances, boot_proofs, organizations, resources, sealed_secrets, unscoped
from counterseal.store.sql.activity_lists import read_activity_ids
from counterseal.store.sql.query import Read
from counterseal.store.sql.sub_organizations import read_sub_organization_ids

Value = TypeVar("Value")
Kind = TypeVar("Kind", bound=Row)


class SqlReads(ABC):
    """The reads of a store. See ``Store`` for what each gives."""

    @abstractmethod
    async def _read(self, read: Callable[..., Read[Value]], *arguments: object) -> Value:
        """What ``read(*arguments)`` returns, all of one moment. It may be begun more than once."""

    async def snapshot(self, organization_id: str) -> Snapshot | None:
        """See ``Store``."""
        return await self._read(organizations.read_snapshot, organization_id)

    async def versions(self, organization_ids: Sequence[str]) -> dict[str, int]:
        """See ``Store``."""
        return await self._read(organizations.read_versions, organization_ids) if organization_ids else {}

    async def advances(self, versions: Mapping[str, int]) -> dict[str, Advance]:
        """See ``Store``."""
        return await self._read(advances.read_advances, versions) if versions else {}

    async def known_fingerprints(self, asked: Sequence[activities.Pair]) -> set[activities.Pair]:
        """See ``Store``."""
        return await self._read(activities.read_known_fingerprints, asked) if asked else set()

    async def activity_by_fingerprint(self, organization_id: str, fingerprint: bytes) -> StoredActivity | None:
        """See ``Store``."""
        return await self._read(activities.read_activity_by_fingerprint, organization_id, fingerprint)

    async def activity(self, organization_id: str, activity_id: str) -> StoredActivity | None:
        """See ``Store``."""
        return await self._read(activities.read_activity, organization_id, activity_id)

    async def activity_ids(
        self,
        organization_id: str,
        *,
        statuses: Sequence[ActivityStatus],
        types: Sequence[str],
        limit: int,
        before: str | None,
        after: str | None,
    ) -> list[str]:
        """See ``Store``."""
        page = partial(read_activity_ids, statuses=statuses, types=types, limit=limit, before=before, after=after)
        return await self._read(page, organization_id)

    async def user_as_of(self, organization_id: str, user_id: str, version: int) -> User | None:
        """See ``Store``."""
        return await self._read(organizations.read_user_as_of, organization_id, user_id, version)

    async def snapshot_as_of(self, organization_id: str, version: int) -> Snapshot | None:
        """See ``Store``."""
        return await self._read(organizations.read_snapshot_as_of, organization_id, version)

    async def policy_ids_as_of(self, organization_id: str, version: int) -> list[str]:
        """See ``Store``."""
        return await self._read(organizations.read_policy_ids_as_of, organization_id, version)

    async def organization_id_of_activity(self, activity_id: str) -> str | None:
        """See ``Store``."""
        return await self._read(unscoped.read_organization_id_of_activity, activity_id)

    async def sub_organization_ids(
        self,
        parent_id: str,
        *,
        matching: SubOrganizationFilter | None,
        limit: int,
        before: str | None,
        after: str | None,
    ) -> list[str]:
        """See ``Store``."""
        page = partial(read_sub_organization_ids, matching=matching, limit=limit, before=before, after=after)
        return await self._read(page, parent_id)

    async def sub_organization_ids_by_public_key(self, parent_id: str, public_key: str) -> list[str]:
        """See ``Store``."""
        return await self._read(unscoped.read_sub_organization_ids_by_key, parent_id, PUBLIC_KEY, public_key)

    async def sub_organization_activity(self, parent_id: str, activity_id: str) -> StoredActivity | None:
        """See ``Store``."""
        return await self._read(unscoped.read_sub_organization_activity, parent_id, activity_id)

    async def organization_ids_by_public_key(self, public_key: str) -> list[str]:
        """See ``Store``."""
        return await self._read(unscoped.read_organization_ids_by_key, PUBLIC_KEY, public_key)

    async def sub_organization_ids_by_credential_id(self, parent_id: str, credential_id: str) -> list[str]:
        """See ``Store``."""
        return await self._read(unscoped.read_sub_organization_ids_by_key, parent_id, CREDENTIAL_ID, credential_id)

    async def organization_ids_by_credential_id(self, credential_id: str) -> list[str]:
        """See ``Store``."""
        return await self._read(unscoped.read_organization_ids_by_key, CREDENTIAL_ID, credential_id)

    async def organization_ids(self, *, after: str | None, limit: int) -> list[str]:
        """See ``Store``."""
        return await self._read(unscoped.read_organization_ids, after, limit)

    async def rows(self, organization_id: str, keys: Sequence[RowKey]) -> dict[RowKey, tuple[Row, ...]]:
        """See ``Store``."""
        return await self._read(resources.read_rows, organization_id, keys) if keys else {}

    async def page(
        self,
        organization_id: str,
        kind: type[Kind],
        *,
        limit: int,
        before: str | None,
        after: str | None,
        where: tuple[Key, str] | None = None,
        oldest_first: bool = False,
    ) -> list[Kind]:
        """See ``Store``."""
        page = partial(
            resources.read_page, limit=limit, before=before, after=after, where=where, oldest_first=oldest_first
        )
        return await self._read(page, organization_id, kind)

    async def count(
        self, organization_id: str, kind: type[Row], *, at_most: int, where: tuple[Key, str] | None = None
    ) -> int:
        """See ``Store``."""
        return await self._read(partial(resources.read_count, at_most=at_most, where=where), organization_id, kind)

    async def secrets(self, organization_id: str, ids: Sequence[str]) -> dict[str, bytes]:
        """See ``Store``."""
        return await self._read(resources.read_secrets, organization_id, ids) if ids else {}

    async def sealed_secrets(self) -> list[StoredSecret]:
        """See ``Store``."""
        return await self._read(sealed_secrets.read_sealed_secrets)

    async def boot_proof(self, proof_key: bytes) -> StoredBootProof | None:
        """See ``Store``."""
        return await self._read(boot_proofs.read_boot_proof, proof_key)

    async def latest_boot_proof(self) -> StoredBootProof | None:
        """See ``Store``."""
        return await self._read(boot_proofs.read_latest_boot_proof)

    async def ping(self) -> None:
        """See ``Store``."""
        await self._read(organizations.read_anything)
