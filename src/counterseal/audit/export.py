"""``counterseal ledger export``: one organization's part of the ledger, with all that is needed to check it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence

from counterseal.audit.lines import VERSION, line
from counterseal.contract.errors import NotFound
from counterseal.ledger import Checkpoint, Malformed, Note, Tile
from counterseal.ledger.tiles import tiles_of
from counterseal.ledger.tree import tiles_for
from counterseal.store import Entry, LedgerStore, StoredLog
from counterseal.store.uuids import to_bytes

_AT_ONCE = 200
_TILES_AT_ONCE = 64


async def export(store: LedgerStore, organization_id: str, seen: Checkpoint | None = None) -> AsyncIterator[bytes]:
    """The lines of the file. With ``seen``, it can be shown to go on from that checkpoint.

    Entries that no checkpoint covers yet are left out. Raises NotFound, StoreError.
    """
    id_ = to_bytes(organization_id)
    found = await store.organization_as_found(id_)
    if found is None:
        raise NotFound(f"no organization found with ID {organization_id}")
    yield line("head", export=VERSION, organization=found[:4])
    for item in await store.items_of(id_):
        yield line("item", item=item)
    records = 0
    logs = await store.ledger_logs()
    for log, next_log in zip(logs, [*logs[1:], None], strict=True):
        if log.checkpoint:
            fork = [] if next_log is None else await store.ledger_entries(next_log.log, start=0, end=1)
            async for each, counts in _of_log(store, id_, log, seen, found=found_by(fork[0]) if fork else None):
                records += counts
                yield each
    strays = [(activity_id.hex(), ordinal) for activity_id, ordinal in await store.strays_of(id_)]
    yield line("end", end=records, strays=strays)


def found_by(fork: Entry) -> str:
    """What the first entry of a log says of the one before: the text of a checkpoint. Raises Malformed."""
    try:
        found = json.loads(fork.effects or b"")["found"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, str):
        raise Malformed(f"the first entry of log {fork.log} does not say what was found of the one before")
    return found


async def _of_log(
    store: LedgerStore, organization_id: bytes, log: StoredLog, seen: Checkpoint | None, *, found: str | None
) -> AsyncIterator[tuple[bytes, bool]]:
    """The lines of a log, each with whether it counts as an entry of the organization.

    Of one that another goes on from there may be more than was signed: that other says what was ``found``.
    """
    signed = Checkpoint.of(Note.of(log.checkpoint).text)
    size = signed.size if found is None else Checkpoint.of(found).size
    yield line("log", log=log, sizes=await store.ledger_sizes(log.log), found=found), False
    if log.log > 1:
        for fork in await store.ledger_entries(log.log, start=0, end=1):
            yield line("fork", fork=fork), False
    earlier = [each for each in (signed, seen) if each is not None and each.origin == log.origin]
    at = [place for each in earlier if 0 < each.size <= size for place in (each.size - 1, each.size)]
    at_edges = tiles_for(size, *at, 0) if size else []
    upper = [tile for tile in tiles_of(size) if tile.level]
    given: set[int] = {tile.index for tile in at_edges if tile.level == 0}
    for tiles in _pieces([*upper, *(tile for tile in at_edges if tile.level == 0)]):
        for each in await _tiles(store, log, tiles):
            yield each, False
    after = -1
    while shown := await store.records_of(organization_id, log.log, after=after, size=size, limit=_AT_ONCE):
        wanted = {each.entry.seq // 256 for each in shown} - given
        given |= wanted
        for each in await _tiles(store, log, [Tile(0, index) for index in sorted(wanted)]):
            yield each, False
        for entry, activity, vote, is_followed in shown:
            yield line("entry", entry=entry, activity=activity, vote=vote, followed=is_followed), True
        after = shown[-1].entry.seq


async def _tiles(store: LedgerStore, log: StoredLog, tiles: Sequence[Tile]) -> list[bytes]:
    found = await store.ledger_tiles(log.log, tiles)
    return [
        line("tile", tile=(log.log, level, index, hashes))
        for (level, index), hashes in sorted(found.items(), reverse=True)
    ]


def _pieces(tiles: Sequence[Tile]) -> list[Sequence[Tile]]:
    return [tiles[at : at + _TILES_AT_ONCE] for at in range(0, len(tiles), _TILES_AT_ONCE)]
