"""The ledger as anybody may read it: its checkpoint, and tiles that tell nobody what they are of (C2SP tlog-tiles)."""

from __future__ import annotations

import structlog

from counterseal.contract.errors import NotFound, Unavailable
from counterseal.contract.extensions import PREFIX
from counterseal.http import PageReply
from counterseal.ledger import Leaf, Malformed, Tile, bundle
from counterseal.ledger.hashing import HASH_SIZE
from counterseal.ledger.tiles import TILE_ROWS, TILE_WIDTH
from counterseal.store import LedgerStore, StoredLog, StoreError
from counterseal.store.ledger_proofs import signed_size

LEDGER_PATH = f"{PREFIX}/ledger/"

_TEXT, _BYTES = b"text/plain; charset=utf-8", b"application/octet-stream"
_FOR_EVER = b"public, max-age=31536000, immutable"

_log = structlog.get_logger("counterseal.ledger")


async def ledger_page(store: LedgerStore, path: str) -> PageReply:
    """``checkpoint``, or a tile of the log that grows, as far as it is signed. Raises NotFound, Unavailable."""
    try:
        logs = [log for log in await store.ledger_logs() if log.checkpoint]
        if not logs:
            raise NotFound("the ledger has no checkpoint yet")
        if path == "checkpoint":
            return PageReply(200, logs[-1].checkpoint, _TEXT, b"no-store")
        content = await _tile(store, logs[-1], Tile.of_path(path))
    except Malformed as fault:
        raise NotFound(f"no such page of the ledger: {fault}") from None
    except StoreError as error:
        _log.error("store failed", error=str(error))
        raise Unavailable("the store cannot be read now: send the same request again") from None
    return PageReply(200, content, _BYTES, _FOR_EVER)


async def _tile(store: LedgerStore, log: StoredLog, tile: Tile) -> bytes:
    """Raises NotFound for one that has not so many hashes or entries yet, StoreError for one that has lost some."""
    there = signed_size(log) >> TILE_ROWS * (tile.level or 0)
    if tile.index * TILE_WIDTH + tile.width > there:
        raise NotFound(f"the ledger has no {tile.path} yet")
    if tile.level is not None:
        hashes = (await store.ledger_tiles(log.log, [tile])).get((tile.level, tile.index), b"")
        if len(hashes) < tile.width * HASH_SIZE:
            raise StoreError(f"{tile.path} of the ledger is signed for, and not there")
        return hashes[: tile.width * HASH_SIZE]
    start = tile.index * TILE_WIDTH
    entries = await store.ledger_entries(log.log, start=start, end=start + tile.width)
    if len(entries) < tile.width:
        raise StoreError(f"{tile.path} of the ledger is signed for, and not there")
    return bundle([Leaf(each.at_ms, each.seq, each.kind, each.commitment.hex()).entry for each in entries])
