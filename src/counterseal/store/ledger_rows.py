"""What crosses the store's door of the ledger: what is to be put in, what is in, and how a log grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec

from counterseal.ledger import Tile
from counterseal.ledger.effects import ItemRow
from counterseal.ledger.records import ActivityRecord

Row = Sequence[Any]
"""As a table has it."""


class StoredLog(NamedTuple):
    """A log by its number, from 1 on. ``checkpoint`` is the last that was signed: a note, empty before the first."""

    log: int
    origin: str
    size: int
    signed_ms: int
    checkpoint: bytes


class Pending(NamedTuple):
    """What is not in the ledger yet. Without a ``record``: the organization as it is found, ``ordinal`` its version."""

    place: int
    organization_id: bytes
    activity_id: bytes
    ordinal: int
    effects: bytes | None
    record: ActivityRecord | None


class Waiting(NamedTuple):
    """Some of what is not in the ledger yet, and whether that is all of it."""

    pending: list[Pending]
    is_all: bool


class Entry(NamedTuple):
    """An entry of a log, in the order of the columns of its table."""

    log: int
    seq: int
    kind: str
    organization_id: bytes
    activity_id: bytes
    ordinal: int
    effects: bytes | None
    previous: bytes
    at_ms: int
    salt: bytes
    commitment: bytes


class Shown(NamedTuple):
    """An entry with the rows of the activity and of the vote that it speaks of, if they are there."""

    entry: Entry
    activity: Row | None
    vote: Row | None
    is_followed: bool
    """Whether there is a later vote."""


class Chain(NamedTuple):
    """How many records an organization has in the ledger, and the digest of the last."""

    records: int
    head: bytes


class Found(NamedTuple):
    """An organization with all values that its items have had."""

    id: bytes
    parent_id: bytes | None
    created_ms: int
    version: int
    items: Sequence[ItemRow]


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """What is done to a log at once. ``before`` is how it was found, ``after`` how it is then."""

    before: StoredLog
    after: StoredLog
    places: Sequence[int]  # what is not pending any more
    entries: Sequence[Entry]
    chains: Mapping[bytes, Chain]
    tiles: Mapping[Tile, bytes]


class LedgerStore(Protocol):
    """Where a ledger is. Every method raises StoreError."""

    async def ledger_logs(self) -> list[StoredLog]:
        """All logs in the order of their numbers: the last is the one that grows."""
        ...

    async def ledger_pending(self, *, after: int, limit: int, bytes_max: int) -> Waiting:
        """Some of what is to be put in, behind that place, the first of an organization first.

        One at least, however large it is.
        """
        ...

    async def ledger_chains(self, organization_ids: Sequence[bytes]) -> dict[bytes, Chain]:
        """Of those organizations that have records."""
        ...

    async def ledger_tiles(self, log: int, tiles: Sequence[Tile]) -> dict[tuple[int, int], bytes]:
        """Those that there are by level and index, each as wide as it is."""
        ...

    async def ledger_entries(self, log: int, *, start: int, end: int) -> list[Entry]:
        """Entries ``start`` up to ``end``, of those that there are."""
        ...

    async def records_of_activity(self, organization_id: str, activity_id: str) -> list[Shown]:
        """Of one activity of this organization, in the order of its votes."""
        ...

    async def organization_as_found(self, organization_id: bytes) -> Found | None:
        """An organization with its past."""
        ...

    async def ledger_sizes(self, log: int) -> tuple[int, int, int]:
        """Entries that a log has, up to the last of them, and as it says itself: all the same if none is missing."""
        ...

    async def items_of(self, organization_id: bytes) -> list[Row]:
        """All rows of an organization's items, in the order of the columns of their table."""
        ...

    async def records_of(self, organization_id: bytes, log: int, *, after: int, size: int, limit: int) -> list[Shown]:
        """The next of an organization's entries among the first ``size`` of a log, with what they speak of."""
        ...

    async def strays_of(self, organization_id: bytes) -> list[Row]:
        """Activities (16 bytes) and ordinals of votes that are in no entry, and not on their way into one."""
        ...

    async def begin_log(self, log: StoredLog) -> None:
        """Begin a log, unless there is one of its number."""
        ...

    async def grow_ledger(self, growth: Growth) -> None:
        """Do all of it or nothing. Raises Conflict if the log is not as it was found, or something is in already."""
        ...
