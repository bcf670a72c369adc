"""What every store must do. One contract test-suite runs against each implementation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar, runtime_checkable

from counterseal.organizations import Advance, Key, Row, Snapshot, User
from counterseal.store.ledger_rows import LedgerStore
from counterseal.store.outbox import Outbox
from counterseal.store.records import (
    ActivityStatus,
    Commit,
    RowKey,
    StoredActivity,
    StoredBootProof,
    StoredSecret,
    SubOrganizationFilter,
)

Kind = TypeVar("Kind", bound=Row)


class Reads(Protocol):
    """Durable organizations, their activities and rows. Every method raises StoreError, see ``errors``.

    Every read names its organization, but for the look-ups in ``unscoped``. What a read gives is of one moment.
    """

    async def snapshot(self, organization_id: str) -> Snapshot | None:
        """The organization loaded afresh from its rows; None when there is none."""
        ...

    async def versions(self, organization_ids: Sequence[str]) -> dict[str, int]:
        """The versions of those of the organizations that there are."""
        ...

    async def advances(self, versions: Mapping[str, int]) -> dict[str, Advance]:
        """The way from each of these versions to the present one, for those of the organizations that there are."""
        ...

    async def known_fingerprints(self, asked: Sequence[tuple[str, bytes]]) -> set[tuple[str, bytes]]:
        """Those of the given organizations and SHA-256s of which there is an activity."""
        ...

    async def activity_by_fingerprint(self, organization_id: str, fingerprint: bytes) -> StoredActivity | None:
        """The activity of this organization whose submission had this SHA-256."""
        ...

    async def activity(self, organization_id: str, activity_id: str) -> StoredActivity | None:
        """One activity of this organization."""
        ...

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
        """Newest first. Empty filters admit everything; ``after`` continues with older ids, ``before`` with newer.

        No value of a filter comes twice.
        """
        ...

    async def user_as_of(self, organization_id: str, user_id: str, version: int) -> User | None:
        """The user and its credentials as they were at that version of the organization."""
        ...

    async def snapshot_as_of(self, organization_id: str, version: int) -> Snapshot | None:
        """The organization as it was at that version; None for a version that has not been.

        Of what was there before schema version 4, name, features, root quorum and tags are those of the day on which
        the database was brought to it.
        """
        ...

    async def policy_ids_as_of(self, organization_id: str, version: int) -> list[str]:
        """The policies that the organization had at that version, by the times of their creation and their ids."""
        ...

    async def organization_id_of_activity(self, activity_id: str) -> str | None:
        """The organization of an activity: for the operator of this server, who has only its id."""
        ...

    async def sub_organization_ids(
        self,
        parent_id: str,
        *,
        matching: SubOrganizationFilter | None,
        limit: int,
        before: str | None,
        after: str | None,
    ) -> list[str]:
        """Live sub-organizations of this parent, newest first, each once; the cursors are ids of some of them."""
        ...

    async def sub_organization_ids_by_public_key(self, parent_id: str, public_key: str) -> list[str]:
        """Sub-organizations of this parent in which a live key has this public key (at most a few matter)."""
        ...

    async def sub_organization_activity(self, parent_id: str, activity_id: str) -> StoredActivity | None:
        """One activity of any sub-organization of this parent."""
        ...

    async def organization_ids_by_public_key(self, public_key: str) -> list[str]:
        """Organizations of any family in which a live key has this public key: for polls that name no organization."""
        ...

    async def sub_organization_ids_by_credential_id(self, parent_id: str, credential_id: str) -> list[str]:
        """Sub-organizations of this parent in which a live authenticator has this credential id, the oldest first."""
        ...

    async def organization_ids_by_credential_id(self, credential_id: str) -> list[str]:
        """Organizations of any family in which a live authenticator has this credential id, the oldest first."""
        ...

    async def organization_ids(self, *, after: str | None, limit: int) -> list[str]:
        """Organizations of all families, deleted ones too, by their ids: for the operator, who looks through all."""
        ...

    async def rows(self, organization_id: str, keys: Sequence[RowKey]) -> dict[RowKey, tuple[Row, ...]]:
        """What is found for each key, in the order of ids: one or none for an id or a unique key."""
        ...

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
        """Rows of a kind by id, newest first or oldest first; ``after`` goes on in that order, ``before`` goes back.

        With ``where`` only those that have this value for this key, which is not a unique one.
        """
        ...

    async def count(
        self, organization_id: str, kind: type[Row], *, at_most: int, where: tuple[Key, str] | None = None
    ) -> int:
        """How many rows of a kind there are, ``where`` as for ``page``. No more than so many are counted."""
        ...

    async def secrets(self, organization_id: str, ids: Sequence[str]) -> dict[str, bytes]:
        """Those of the organization's secrets that there are, sealed."""
        ...

    async def boot_proof(self, proof_key: bytes) -> StoredBootProof | None:
        """What vouches for a key of app proofs; it is of no organization."""
        ...

    async def latest_boot_proof(self) -> StoredBootProof | None:
        """That of the last start of a process that makes proofs."""
        ...


class Store(Reads, LedgerStore, Outbox, Protocol):
    """Where everything is. Every method raises StoreError, see ``errors``."""

    keeps_ledger: bool
    """Whether commits are put into the ledger. All processes of a store have to agree."""

    def revision(self) -> int | None:
        """A number that is another one whenever another process has committed since; cheap enough for every request.

        None if the store cannot tell that cheaply: then ``versions`` has to be asked.
        """
        ...

    async def commit(self, commits: Sequence[Commit]) -> None:
        """Make all of them durable in one transaction, or raise and leave nothing.

        Raises Conflict if an organization has another version than what was decided rests on, or if what only one can
        have (a fingerprint, the next vote of an activity, a public key of an organization, a row) has been taken
        meanwhile. Raises Unknown if it cannot be told whether all of it is durable or nothing.
        """
        ...

    async def sealed_secrets(self) -> list[StoredSecret]:
        """Every sealed record of the key store."""
        ...

    async def add_sealed_secrets(self, secrets: Sequence[StoredSecret]) -> None:
        """Add sealed records. Of a name that is there already, the record stays as it is."""
        ...

    async def add_boot_proof(self, proof: StoredBootProof) -> None:
        """Add that of a new key."""
        ...

    async def ping(self) -> None:
        """Raise StoreError unless the store can be read."""
        ...

    async def close(self) -> None:
        """Finish and release everything."""
        ...


class Turn(Reads, Protocol):
    """One transaction: what is read of the organizations that it has locked stays so until it ends."""

    versions_held: Mapping[str, int]
    """The versions of those of the organizations that there are; of others that were remembered, as the turn began."""

    advances_held: Mapping[str, Advance]
    """The same with what of them is another since the versions that were remembered."""

    known: AbstractSet[tuple[str, bytes]]
    """Those of the fingerprints asked for of which there is an activity."""

    async def commit(self, commits: Sequence[Commit]) -> None:
        """As ``Store.commit``, in this transaction, which it ends."""
        ...


@runtime_checkable
class SharedStore(Store, Protocol):
    """A store to which other machines write as well, so that what is decided on has to be held fast."""

    async def get_ready(self) -> None:
        """Make beforehand what every turn needs: the first would wait for it. What cannot be made is made later."""
        ...

    def turn(
        self,
        organization_ids: Sequence[str],
        fingerprints: Sequence[tuple[str, bytes]],
        *,
        remembered: Mapping[str, int] | None = None,
    ) -> AbstractAsyncContextManager[Turn]:
        """Wait for whoever is deciding in these organizations, and keep others out until the end.

        ``remembered`` are versions of some of them that the caller has in memory, and of others, which are not locked.

        Nothing is left of a turn that ends without a commit. Raises StoreError if the wait is too long.
        """
        ...
