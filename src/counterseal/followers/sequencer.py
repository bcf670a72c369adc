"""Puts what was decided into the ledger: numbers it without gaps, grows the tree, and signs checkpoints.

A commit leaves one row for each vote. Every half second whoever sequences takes these rows, as many as there are, and
in one transaction makes entries of them and takes them away: so none is skipped, whenever its commit became visible,
and none is put in twice. Of several processes all may do so: the one that finds the log grown since it looked has done
nothing, and looks again. A checkpoint is signed once a second at most, and only of something new.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

import structlog

from counterseal.followers.checkpoint_file import CheckpointFile
from counterseal.followers.log_key import origin_of, signer_of
from counterseal.keystore import Keystore
from counterseal.ledger import Checkpoint, Tile, TiledTree, leaf_hash
from counterseal.ledger.effects import Effect, packed, state_digest
from counterseal.ledger.leaves import SALT_SIZE, entry_of
from counterseal.ledger.records import ACTIVITY, FIRST, ORGANIZATION, digest_of_record, organization_record
from counterseal.ledger.tree import tiles_for
from counterseal.store import (
    Chain,
    Conflict,
    Entry,
    Growth,
    LedgerStore,
    Pending,
    StoredLog,
    StoreError,
    Unknown,
    Waiting,
)
from counterseal.store.ledger_proofs import signed_size
from counterseal.world import Clock, Random, rest

ROUND_SECONDS = 0.5
SIGNED_EVERY_MS = 1000
LAST_SECONDS = 2.0
"""After a release that had no ledger each organization waits to be put in: there may be a million."""
AT_ONCE = 256
"""Entries of one transaction: commits of SQLite wait for it, some three milliseconds."""
READ_AT_ONCE = 64
BYTES_AT_ONCE = 4 * 1024 * 1024
PIECE = 16
"""Entries that are made without letting others go on: less than half a millisecond."""

_log = structlog.get_logger("counterseal.ledger")


class Sequencer:
    """Follows the commits of a store. Run it with ``run``; ``close`` puts in what there is, and ends it."""

    def __init__(
        self,
        store: LedgerStore,
        keystore: Keystore,
        *,
        clock: Clock,
        random: Random,
        file: CheckpointFile | None = None,
    ) -> None:
        self._store = store
        self._keystore = keystore
        self._clock = clock
        self._random = random
        self._file = file
        self._edge = _Edge(0, 0, {})
        self._kept = b""  # the checkpoint that is in the file
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Let ``run`` end after one more round."""
        self._closing.set()

    async def run(self) -> None:
        """Follow until closed. What fails is told in the log, and tried again."""
        is_last = False
        while not is_last:
            is_last = self._closing.is_set()
            try:
                await self.round(is_last=is_last)
            except Conflict:
                pass  # another process has put in what this one has seen
            except (StoreError, Unknown) as error:
                _log.error("ledger does not grow", error=str(error))
            except Exception as error:  # a row that cannot be read must not end it for ever
                _log.exception("ledger does not grow", kind=type(error).__name__)
            if not is_last:
                await self._pause()

    async def round(self, *, is_last: bool = False) -> None:
        """Put in all that there is, and sign if it is time to, or the last. Raises Conflict, StoreError.

        Who is asked to end does so within two seconds: what is left is put in by the next process that sequences.
        """
        began = self._clock.stopwatch()
        while not await self._piece(is_last=is_last):
            if self._closing.is_set() and (not is_last or self._clock.stopwatch() - began > LAST_SECONDS):
                return
            await rest()

    async def _piece(self, *, is_last: bool) -> bool:
        """Put in some. Whether that was all."""
        log = await self._log()
        waiting = await self._waiting()
        now_ms = self._clock.now_ms()
        is_time_to_sign = waiting.is_all and (is_last or now_ms - log.signed_ms >= SIGNED_EVERY_MS)
        if waiting.pending or (is_time_to_sign and log.size > signed_size(log)):
            log = await self._grow(log, waiting.pending, now_ms=now_ms, is_to_be_signed=is_time_to_sign)
        if self._file is not None and log.checkpoint != self._kept:
            await asyncio.to_thread(self._file.write, log.checkpoint)
            self._kept = log.checkpoint
        return waiting.is_all

    async def _log(self) -> StoredLog:
        """The one that grows."""
        logs = await self._store.ledger_logs()
        if not logs:
            await self._store.begin_log(StoredLog(1, origin_of(self._keystore), 0, 0, b""))
            logs = await self._store.ledger_logs()
        return logs[-1]

    async def _waiting(self) -> Waiting:
        """What one transaction puts in, read in pieces: SQLite is read on the event loop."""
        found: list[Pending] = []
        while True:
            after = found[-1].place if found else 0
            piece = await self._store.ledger_pending(
                after=after, limit=min(READ_AT_ONCE, AT_ONCE), bytes_max=BYTES_AT_ONCE
            )
            found += piece.pending
            if piece.is_all or len(found) >= AT_ONCE:
                return Waiting(found, piece.is_all)
            await rest()

    async def _grow(
        self, log: StoredLog, pending: Sequence[Pending], *, now_ms: int, is_to_be_signed: bool
    ) -> StoredLog:
        made = await self._entries(log, pending, now_ms)
        edge = await self._edge_of(log)
        tiles = TiledTree(log.size, edge.read).appended(made.leaves)
        edge = edge.grown(log.size + len(made.leaves), tiles)
        after = log._replace(size=edge.size)
        if is_to_be_signed:
            after = after._replace(signed_ms=now_ms, checkpoint=self._signed(log.origin, edge))
        growth = Growth(
            before=log,
            after=after,
            places=[each.place for each in pending],
            entries=made.entries,
            chains=made.chains,
            tiles=tiles,
        )
        await self._store.grow_ledger(growth)
        self._edge = edge
        return after

    def _signed(self, origin: str, edge: _Edge) -> bytes:
        checkpoint = Checkpoint(origin, edge.size, TiledTree(edge.size, edge.read).root())
        return checkpoint.note.signed(signer_of(self._keystore, origin)).content

    async def _entries(self, log: StoredLog, pending: Sequence[Pending], now_ms: int) -> _Made:
        chains = await self._store.ledger_chains(sorted({each.organization_id for each in pending}))
        made = _Made([], [], chains)
        for seq, each in enumerate(pending, start=log.size):
            effects, record = each.effects, each.record
            records, head = chains.get(each.organization_id, Chain(0, FIRST))
            if record is None:
                found = await self._found(each)
                effects, text = packed([found]), organization_record(found, head)
            else:
                text = record.text(head)
            salt = self._random.bytes(SALT_SIZE)
            kind = ORGANIZATION if record is None else ACTIVITY
            stands_for = sha256(salt + text)
            made.leaves.append(leaf_hash(entry_of(now_ms, seq, kind, stands_for.hexdigest())))
            made.entries.append(
                Entry(
                    *(log.log, seq, kind, each.organization_id, each.activity_id, each.ordinal, effects),
                    *(head, now_ms, salt, stands_for.digest()),
                )
            )
            chains[each.organization_id] = Chain(records + 1, digest_of_record(text))
            if len(made.leaves) % PIECE == 0:
                await rest()
        return made

    async def _found(self, pending: Pending) -> Effect:
        """An organization as it was at its version."""
        found = await self._store.organization_as_found(pending.organization_id)
        if found is None:
            raise StoreError(f"organization {pending.organization_id.hex()} is not on record")
        digest = state_digest(found.parent_id, found.created_ms, found.items, version=pending.ordinal)
        return Effect(found.id, pending.ordinal, digest)

    async def _edge_of(self, log: StoredLog) -> _Edge:
        """The tiles at the right edge; they are read if another process has grown the log."""
        if (self._edge.log, self._edge.size) == (log.log, log.size):
            return self._edge
        return _Edge(log.log, log.size, await self._store.ledger_tiles(log.log, tiles_for(log.size)))

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._closing.wait(), ROUND_SECONDS)
        except TimeoutError:
            return


class _Made(NamedTuple):
    leaves: list[bytes]
    entries: list[Entry]
    chains: dict[bytes, Chain]


class _Edge(NamedTuple):
    """The tiles at the right edge of a log of this size, by level and index."""

    log: int
    size: int
    tiles: dict[tuple[int, int], bytes]

    def read(self, tile: Tile) -> bytes:
        return self.tiles.get((tile.level or 0, tile.index), b"")

    def grown(self, size: int, made: dict[Tile, bytes]) -> _Edge:
        tiles = self.tiles | {(tile.level or 0, tile.index): content for tile, content in made.items()}
        return _Edge(self.log, size, {place: tiles[place] for place in _places(size)})


def _places(size: int) -> Iterator[tuple[int, int]]:
    return ((tile.level or 0, tile.index) for tile in tiles_for(size))
