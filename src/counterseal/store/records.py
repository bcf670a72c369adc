"""The values that cross the store's door. Rows are compact: an activity keeps no intent, its evidence has it."""

from __future__ import annotations

import enum

import msgspec

from counterseal.organizations import Key, Row, RowChange, Snapshot, Step, User, has


class ActivityStatus(enum.IntEnum):
    """The status of an activity by its number on the service's proto; the wire shows ``ACTIVITY_STATUS_<name>``."""

    COMPLETED = 3
    FAILED = 4
    CONSENSUS_NEEDED = 5
    REJECTED = 6

    @property
    def is_final(self) -> bool:
        """Whether no vote can alter it."""
        return self is not ActivityStatus.CONSENSUS_NEEDED


class VoteSelection(enum.IntEnum):
    """What a voter said; the wire shows ``VOTE_SELECTION_<name>``."""

    APPROVED = 1
    REJECTED = 2


class Trait(enum.StrEnum):
    """What a sub-organization may be looked for by: its name, or something of one of its users, live credentials or
    wallet accounts."""

    NAME = "NAME"
    USERNAME = "USERNAME"
    EMAIL = "EMAIL"  # the letters A to Z in either case
    PHONE_NUMBER = "PHONE_NUMBER"
    CREDENTIAL_ID = "CREDENTIAL_ID"  # base64url, as stamps carry it
    PUBLIC_KEY = "PUBLIC_KEY"  # lower-case hex, as stamps carry it
    WALLET_ACCOUNT_ADDRESS = "WALLET_ACCOUNT_ADDRESS"  # as its chain spells it; 0x and hex in any case


class SubOrganizationFilter(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Sub-organizations whose ``trait`` is exactly ``value``."""

    trait: Trait
    value: str


class StoredVote(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One stamped vote. ``message`` is the exact body that was stamped, ``signature`` the stamp's text.

    ``voter`` is at hand on a vote that was just cast and is not stored: of any other, ``user_as_of`` finds it.
    """

    id: str
    activity_id: str
    user_id: str
    credential_id: str
    public_key: str
    scheme: str
    signature: str
    message: bytes
    selection: VoteSelection
    organization_version: int  # the version its voter was judged by
    created_ms: int
    decision: bytes | None = None  # JSON: what the organization said after this vote, and why
    voter: User | None = None


class StoredActivity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An activity with its votes, oldest first; the first vote is the submission and its message the evidence."""

    id: str
    organization_id: str
    type: str
    fingerprint: bytes  # SHA-256 of the submission's body
    status: ActivityStatus
    result: bytes | None  # JSON of the wire's result object
    failure: bytes | None  # JSON of the wire's failure object
    created_ms: int
    updated_ms: int
    votes: tuple[StoredVote, ...]
    resolved: dict[str, str] = {}  # what its intent left to be looked up, as it was found at the submission
    made_by: str | None = None  # the id of the request that has just made it; of any other, and once stored, nothing


class RowKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Rows of a kind that have ``value`` for ``key``; without a key, the one whose id it is."""

    kind: type[Row]
    value: str
    key: Key | None = None

    def fits(self, row: Row) -> bool:
        """Whether a row is one of them."""
        if not isinstance(row, self.kind):
            return False
        if self.key is None:
            return row.id == self.value
        return has(row, self.key, self.value)


class RowChanges(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one decision does to the rows of an organization."""

    organization: Snapshot
    changes: tuple[RowChange, ...]


class SealedRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A secret of an organization, opaque here; None erases it."""

    organization_id: str
    id: str
    sealed: bytes | None


class NewEvent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that followers are told once the commit is durable."""

    id: str  # UUIDv7
    organization_id: str
    topic: str
    data: bytes  # JSON


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An event that is to be sent to an endpoint once the commit is durable, after all earlier ones of its line.

    A line is a channel of an endpoint and an organization in which something happens: ``owner_id`` is whose endpoint it
    is, ``organization_id`` where it happened. Every try sends ``body`` as it is.
    """

    channel_id: str
    organization_id: str
    owner_id: str
    endpoint_id: str
    event_id: str  # UUIDv7
    created_ms: int
    body: bytes


class Commit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one decision makes durable: an activity new or altered, its new votes, and all that comes of it."""

    activity: StoredActivity | None  # None only for the first organization, which nobody could ask for
    is_new: bool
    new_votes: tuple[StoredVote, ...]
    steps: tuple[Step, ...] = ()  # organizations that it changes
    rests_on: tuple[tuple[str, int], ...] = ()  # the versions of those that it leaves as they are
    rows: tuple[RowChanges, ...] = ()
    secrets: tuple[SealedRow, ...] = ()
    events: tuple[NewEvent, ...] = ()
    deliveries: tuple[NewDelivery, ...] = ()


class StoredSecret(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A sealed record of the key store, opaque here."""

    name: str
    public_key: str
    sealed: bytes


class StoredBootProof(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What vouches for the key of app proofs of one start of a process: see ``counterseal.proofs.boot``."""

    proof_key: bytes
    created_ms: int
    document: bytes
    manifest: bytes
    envelope: bytes
