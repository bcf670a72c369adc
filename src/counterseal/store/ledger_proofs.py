"""What a store can prove of its ledger: that an activity is in it, and that it goes on from an earlier checkpoint."""

from __future__ import annotations

from typing import NamedTuple

from counterseal.ledger import Checkpoint, Disclosed, Leaf, Note, ProofFile, TiledTree
from counterseal.ledger.tree import tiles_for
from counterseal.store.errors import StoreError
from counterseal.store.ledger_rows import LedgerStore, Shown, StoredLog
from counterseal.store.sql.ledger import record_shown


class Consistency(NamedTuple):
    """Hashes that show a newer checkpoint (a note) to have all entries of an older tree."""

    hashes: list[bytes]
    checkpoint: bytes


async def inclusion_proofs(store: LedgerStore, organization_id: str, activity_id: str) -> list[ProofFile]:
    """One for each vote on an activity that a checkpoint covers, with record and salt: see ``disclosed_by``."""
    logs = {log.log: log for log in await store.ledger_logs() if log.checkpoint}
    shown = await store.records_of_activity(organization_id, activity_id)
    return [
        await _inclusion(store, logs[each.entry.log], each)
        for each in shown
        if each.entry.log in logs and each.entry.seq < signed_size(logs[each.entry.log])
    ]


async def consistency_proof(store: LedgerStore, old_size: int) -> Consistency | None:
    """From the first so many entries of the log that grows to its last checkpoint; None if that has not so many."""
    logs = [log for log in await store.ledger_logs() if log.checkpoint]
    if not logs or old_size > signed_size(logs[-1]):
        return None
    at = (old_size - 1, old_size) if old_size else ()
    tree = await _tree(store, logs[-1], *at)
    return Consistency(tree.consistency_proof(old_size), logs[-1].checkpoint)


def signed_size(log: StoredLog) -> int:
    """Entries of the last checkpoint, 0 before the first."""
    return Checkpoint.of(Note.of(log.checkpoint).text).size if log.checkpoint else 0


async def _inclusion(store: LedgerStore, log: StoredLog, shown: Shown) -> ProofFile:
    entry, activity, vote, is_followed = shown
    if activity is None or vote is None:
        raise StoreError(f"entry {entry.seq} of the ledger speaks of a vote that is not there")
    text = record_shown(entry, activity, vote, is_followed=is_followed).text(entry.previous)
    leaf = Leaf(entry.at_ms, entry.seq, entry.kind, entry.commitment.hex())
    tree = await _tree(store, log, entry.seq)
    extra = Disclosed(leaf, entry.salt, text).extra
    return ProofFile(entry.seq, tuple(tree.inclusion_proof(entry.seq)), Note.of(log.checkpoint), extra)


async def _tree(store: LedgerStore, log: StoredLog, *indices: int) -> TiledTree:
    """The tree of the last checkpoint, with the tiles that proofs at these places are made of."""
    size = signed_size(log)
    tiles = await store.ledger_tiles(log.log, tiles_for(size, *indices))
    return TiledTree(size, lambda tile: tiles.get((tile.level or 0, tile.index), b""))
