"""How long an inclusion proof takes among a million entries: ``python -m benchmarks.ledger_proofs [ENTRIES]``.

The log is made in a store of its own, by the statements that the server runs; its leaves are those of no record.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from random import Random

from counterseal.ledger import TiledTree, check_inclusion, leaf_hash
from counterseal.ledger.leaves import entry_of
from counterseal.ledger.tree import tiles_for
from counterseal.store import Entry, Growth, SqliteStore, StoredLog

ENTRIES = 1_000_000
AT_ONCE = 10_000
PROOFS = 500


async def main(entries: int) -> None:
    """Print milliseconds."""
    with tempfile.TemporaryDirectory() as directory:
        store = SqliteStore.create(Path(directory, "store.db"))
        log = StoredLog(1, "ledger.example/bench", 0, 0, b"")
        await store.begin_log(log)
        while log.size < entries:
            log = await _grown(store, log)
        took = [await _seconds(store, log, Random(number).randrange(log.size)) for number in range(PROOFS)]
        await store.close()
    median, slowest = statistics.median(took) * 1000, max(took) * 1000
    print(f"inclusion among {log.size:,}: median {median:.2f} ms, slowest of {PROOFS} {slowest:.2f} ms")


async def _grown(store: SqliteStore, log: StoredLog) -> StoredLog:
    found = await store.ledger_tiles(log.log, tiles_for(log.size))
    rows, leaves = [], []
    for seq in range(log.size, log.size + AT_ONCE):
        commitment = sha256(seq.to_bytes(8)).digest()
        leaves.append(leaf_hash(entry_of(seq, seq, "ACTIVITY", commitment.hex())))
        id_ = seq.to_bytes(16)
        rows.append(Entry(1, seq, "ACTIVITY", bytes(16), id_, 0, None, commitment, seq, commitment, commitment))
    tiles = TiledTree(log.size, lambda tile: found[tile.level or 0, tile.index]).appended(leaves)
    after = log._replace(size=log.size + AT_ONCE)
    await store.grow_ledger(Growth(before=log, after=after, places=(), entries=rows, chains={}, tiles=tiles))
    return after


async def _seconds(store: SqliteStore, log: StoredLog, seq: int) -> float:
    """From the question to the proof; that it holds is looked at afterwards."""
    started = time.perf_counter()
    (entry,) = await store.ledger_entries(log.log, start=seq, end=seq + 1)
    tiles = await store.ledger_tiles(log.log, tiles_for(log.size, seq))
    tree = TiledTree(log.size, lambda tile: tiles[tile.level or 0, tile.index])
    proof = tree.inclusion_proof(seq)
    took = time.perf_counter() - started
    leaf = leaf_hash(entry_of(entry.at_ms, entry.seq, entry.kind, entry.commitment.hex()))
    check_inclusion(leaf, index=seq, size=log.size, proof=proof, root=tree.root())
    return took


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES))
