"""``counterseal ledger verify``: everything in an export, checked in the order of the ledger.

Tree and leaf, record and salt, chain, stamp, what was stamped, decision, and what became of the organization. It stops
at the first thing that is wrong, and names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast

import msgspec

from counterseal.audit.bodies import check_body
from counterseal.audit.decisions import Decisions, credential_of
from counterseal.audit.export import found_by
from counterseal.audit.history import History, OrganizationRow
from counterseal.audit.kept import Kept
from counterseal.audit.lines import VERSION, read
from counterseal.audit.stamps import Stamp, Stamps
from counterseal.audit.trees import Tree
from counterseal.contract.errors import Refused
from counterseal.ledger import Checkpoint, LedgerError, Malformed, NotProven, leaf_hash
from counterseal.ledger.effects import Effects
from counterseal.ledger.leaves import entry_of
from counterseal.ledger.records import (
    ACTIVITY,
    CHECKPOINT_FORK,
    FIRST,
    ORGANIZATION,
    digest_of_record,
    organization_record,
)
from counterseal.store import ActivityStatus, Entry, StoredActivity, StoredLog
from counterseal.store.ledger_rows import Row
from counterseal.store.sql.activities import one_of
from counterseal.store.sql.ledger import record_shown
from counterseal.store.uuids import NOBODY, to_text

_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, Refused)
"""What comes of values that only a forged file has, wherever they are read: the tables' own are read without."""


@dataclass
class Verified:
    """What has been found to be in order. ``head`` is the digest of the organization's last record."""

    organization_id: str = ""
    entries: int = 0
    head: bytes = FIRST
    decisions: int = 0
    not_decided_again: int = 0
    checkpoints: list[Checkpoint] = field(default_factory=list)


async def verify(
    lines: Iterable[bytes],
    key: bytes,
    *,
    seen: Checkpoint | None = None,
    kept: Sequence[Kept] = (),
    watch: Callable[[int], object] = lambda _: None,
) -> Verified:
    """Check an export. ``key`` is the ledger's public key, ``seen`` a checkpoint that was kept from earlier.

    ``kept`` are records that the organization had then, which must be there too.
    Raises LedgerError, which names the first thing that is wrong. ``watch`` is told of bytes that were read.
    """
    with Stamps() as stamps:
        audit = _Audit(key, stamps, kept)
        for content in lines:
            try:
                await audit.take(read(content))
            except LedgerError:
                raise
            except _UNREADABLE as fault:
                raise Malformed(f"a line of the file has what no table has: {fault}") from None
            watch(len(content))
        return audit.end(seen)


class _Audit:
    def __init__(self, key: bytes, stamps: Stamps, kept: Sequence[Kept]) -> None:
        self._key = key
        self._stamps = stamps
        self._kept = kept
        self._asked_for = {each.digest for each in kept}
        self._found: set[bytes] = set()
        """Digests of the records that were found, of those that were asked for."""
        self._decisions = Decisions()
        self._history: History | None = None
        self._trees: dict[int, Tree] = {}
        self._previous = FIRST
        self._last = (0, -1)
        self._pending: dict[bytes, tuple[Row, list[Row]]] = {}  # activities that take more votes, with those so far
        self._records = 0
        self._forks: list[Entry] = []
        self._expected: tuple[int, list[Any]] | None = None
        self._id = b""
        self._parent_id: str | None = None

    async def take(self, found: dict[str, Any]) -> None:
        if self._expected is not None:
            raise Malformed("something stands behind the end of the file")
        if "export" in found:
            self._begin(found)
        elif self._history is None:
            raise Malformed("the file has no head")
        elif "item" in found:
            self._history.add(found["item"])
        elif "log" in found:
            self._add_log(StoredLog(*found["log"]), found["sizes"], found["found"])
        elif "fork" in found:
            self._forks.append(Entry(*found["fork"]))
        elif "tile" in found:
            log, level, index, hashes = found["tile"]
            self._tree(log).add(level, index, hashes)
        elif "entry" in found:
            entry = Entry(*found["entry"])
            try:
                await self._record(entry, found, self._history)
            except LedgerError as fault:
                raise type(fault)(f"{_name(entry)}: {fault}") from None
            except _UNREADABLE as fault:
                raise Malformed(f"{_name(entry)}: what the tables have cannot be read: {fault}") from None
        elif "end" in found:
            self._expected = found["end"], found["strays"]
        else:
            raise Malformed("a line of the file is of no kind that is known")

    def end(self, seen: Checkpoint | None) -> Verified:
        """No more lines come. Raises NotProven."""
        if self._expected is None or self._history is None:
            raise Malformed("the file ends before its last line")
        count, strays = self._expected
        if count != self._records:
            raise NotProven(f"the file has {self._records} entries of the organization, and says that it has {count}")
        if strays:
            activity_id, ordinal = strays[0]
            raise NotProven(f"vote {ordinal} of activity {to_text(bytes.fromhex(activity_id))} is in no entry")
        self._check_logs()
        self._history.end()
        for each in self._kept:
            each.check(self._id.hex(), self._found)
        checkpoints = [tree.checkpoint for tree in self._trees.values()]
        if seen is not None:
            of_origin = {tree.checkpoint.origin: tree for tree in self._trees.values()}
            if seen.origin not in of_origin:
                raise NotProven(f"the file has no log {seen.origin}, of which the checkpoint is")
            of_origin[seen.origin].check_goes_on_from(seen)
        decisions = self._decisions
        return Verified(
            to_text(self._id), self._records, self._previous, decisions.made, decisions.not_made, checkpoints
        )

    def _begin(self, found: dict[str, Any]) -> None:
        if found["export"] != VERSION or self._history is not None:
            raise Malformed(f"the file is an export of version {found['export']}, expected {VERSION}, and one head")
        organization = OrganizationRow(*found["organization"])
        self._id = organization.id
        self._parent_id = None if organization.parent_id is None else to_text(organization.parent_id)
        self._history = History(organization)

    def _add_log(self, log: StoredLog, sizes: list[int], text_found: str | None) -> None:
        if log.log in self._trees or (self._trees and log.log < max(self._trees)):
            raise Malformed("the logs of the file are not in their order")
        tree = self._trees[log.log] = Tree(log, self._key, text_found)
        if len(set(sizes)) > 1 or not tree.size <= log.size <= sizes[0]:
            raise NotProven(f"of {sizes[2]} entries of {log.origin} there are {sizes[0]}, the last at {sizes[1] - 1}")

    def _check_logs(self) -> None:
        """That there is one at least, each is what was signed, and each but the first goes on from another."""
        if not self._trees:
            raise NotProven("the file has no log: nothing in it is signed")
        for tree in self._trees.values():
            tree.check_root()
        for fork in self._forks:
            self._check_fork(fork)
        for log in [*self._trees][1:]:
            if log not in {fork.log for fork in self._forks}:
                raise NotProven(f"{self._trees[log].checkpoint.origin} does not say from which log it goes on")
        for tree in self._trees.values():
            if not tree.is_confirmed:
                raise NotProven(f"no log goes on from {tree.checkpoint.origin}")

    def _check_fork(self, fork: Entry) -> None:
        """The first entry of a log, which says with what the one before ended."""
        text = fork.effects or b""
        if fork.kind != CHECKPOINT_FORK or sha256(fork.salt + text).digest() != fork.commitment:
            raise NotProven(f"the first entry of log {fork.log} does not say where it goes on from")
        self._tree(fork.log).check_leaf(fork.seq, leaf_hash(leaf_of(fork)))
        before = [log for log in self._trees if log < fork.log]
        if before:
            self._trees[before[-1]].confirm(found_by(fork))

    def _tree(self, log: int) -> Tree:
        if log not in self._trees:
            raise Malformed("the file has nothing to say of the log of a line")
        return self._trees[log]

    async def _record(self, entry: Entry, found: dict[str, Any], history: History) -> None:
        if (entry.log, entry.seq) <= self._last:
            raise NotProven("it is not in its order")
        self._last = entry.log, entry.seq
        self._records += 1
        self._tree(entry.log).check_leaf(entry.seq, leaf_hash(leaf_of(entry)))
        if entry.organization_id != self._id or entry.kind == CHECKPOINT_FORK:
            raise NotProven("it is not of this organization")
        if entry.kind == ORGANIZATION:
            (effect,) = Effects.of(entry.effects) or (None,)
            stands_alone = entry.activity_id == NOBODY and found["activity"] is None and found["vote"] is None
            if effect is None or effect.version != entry.ordinal or not stands_alone:
                raise NotProven("it says nothing of an organization")
            self._check_text(entry, organization_record(effect, self._previous))
            history.begin(effect)
            return
        if entry.kind != ACTIVITY or found["activity"] is None or found["vote"] is None:
            raise NotProven(f"vote {entry.ordinal} of activity {to_text(entry.activity_id)} is not there")
        await self._vote(entry, found, history)

    async def _vote(self, entry: Entry, found: dict[str, Any], history: History) -> None:
        row, vote_row, is_followed = found["activity"], found["vote"], found["followed"] is True
        id_, organization_id, _, fingerprint, *_, updated_ms, _ = row
        if (id_, organization_id) != (entry.activity_id, entry.organization_id):
            raise NotProven("its activity is of another organization")
        if (vote_row[0], vote_row[1]) != (entry.activity_id, entry.ordinal):
            raise NotProven("it speaks of another vote")
        effects = Effects.of(entry.effects)
        record = record_shown(entry, row, vote_row, is_followed=is_followed)
        self._check_text(entry, record.text(self._previous))
        earlier_row, earlier = self._pending.pop(id_, (row, []))
        if earlier_row != row:
            raise NotProven("the activity is another one than at an earlier vote")
        votes = [*earlier, vote_row]
        if len(votes) != entry.ordinal + 1:
            raise NotProven(f"it is of vote {entry.ordinal}, and an earlier vote on the activity is missing")
        activity = _activity(row, votes, is_followed=is_followed)
        vote = activity.votes[-1]
        if entry.ordinal == 0 and sha256(vote.message).digest() != fingerprint:
            raise NotProven("the body that was submitted is another one")
        if not is_followed and updated_ms != vote.created_ms:
            raise NotProven("the activity was updated at another time than its last vote was cast")
        check_body(activity, vote, parent_id=self._parent_id)
        organization = history.snapshot
        if organization is not None and organization.version != vote.organization_version:
            raise NotProven(
                f"the vote was cast in version {vote.organization_version}, and the ledger had come to"
                f" {organization.version}"
            )
        credential = None if organization is None else credential_of(vote, organization)
        self._stamps.add(Stamp(_name(entry), vote.public_key, vote.scheme, vote.signature, vote.message, credential))
        await self._decisions.check(activity, organization)
        if is_followed or activity.status is ActivityStatus.CONSENSUS_NEEDED:
            self._pending[id_] = row, votes
        else:
            self._decisions.forget(activity)
        for effect in effects:
            if effect.organization_id == self._id:
                history.step(effect)

    def _check_text(self, entry: Entry, text: bytes) -> None:
        """Raise NotProven unless the entry stands for the record of this text."""
        if entry.previous != self._previous:
            raise NotProven("it follows upon another record of the organization than the one before it")
        if sha256(entry.salt + text).digest() != entry.commitment:
            raise NotProven("it stands for something else than what the tables say")
        self._previous = digest_of_record(text)
        if self._previous in self._asked_for:
            self._found.add(self._previous)


def _activity(row: Row, votes: list[Row], *, is_followed: bool) -> StoredActivity:
    """As it stood after the last of these votes."""
    found = one_of([(*row, *vote) for vote in votes])
    if found is None or not is_followed:
        return cast(StoredActivity, found)
    waits = ActivityStatus.CONSENSUS_NEEDED
    return msgspec.structs.replace(found, status=waits, result=None, failure=None)


def leaf_of(entry: Entry) -> bytes:
    """The bytes that are in the tree for it."""
    return entry_of(entry.at_ms, entry.seq, entry.kind, entry.commitment.hex())


def _name(entry: Entry) -> str:
    what = "" if entry.kind != ACTIVITY else f" (vote {entry.ordinal} of activity {to_text(entry.activity_id)})"
    return f"entry {entry.seq} of log {entry.log}{what}"
