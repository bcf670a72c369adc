"""The ledger in its tables. It is one for all organizations, so what the sequencer asks names none."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from counterseal.ledger import Tile
from counterseal.ledger.effects import ItemRow
from counterseal.ledger.records import ActivityRecord, stamp_digest
from counterseal.store.errors import StoreError
from counterseal.store.ledger_rows import Chain, Entry, Found, Growth, Pending, StoredLog, Waiting
from counterseal.store.records import ActivityStatus, VoteSelection
from counterseal.store.sql import ledger_statements, tables
from counterseal.store.sql.batch import THE_EVIDENCE, Work
from counterseal.store.sql.query import Alter, Given, Query, Read, Row, names, only
from counterseal.store.uuids import NOBODY

_SIZES = (
    "SELECT place, COALESCE(length(result), 0) + COALESCE(length(failure), 0) FROM ledger_pending"
    " LEFT JOIN activities ON activities.id = ledger_pending.activity_id WHERE place > ? ORDER BY place LIMIT ?"
)
"""Of what may be large. A vote that is not the first is small, and of that the body is not read."""
_VOTE = (
    "type, fingerprint, status, result, failure, activities.created_ms, resolved, votes.id, user_id, credential_id,"
    " public_key, scheme, signature, CASE WHEN votes.ordinal > 0 THEN message END, selection, organization_version,"
    " votes.created_ms, decision, EXISTS (SELECT 1 FROM votes AS later WHERE later.activity_id = votes.activity_id"
    " AND later.ordinal > votes.ordinal)"
)
"""Of the first vote the message is what has the fingerprint."""
_PENDING = (
    "SELECT place, ledger_pending.organization_id, ledger_pending.activity_id, ledger_pending.ordinal, effects,"
    f" {_VOTE} FROM ledger_pending LEFT JOIN activities ON activities.id = ledger_pending.activity_id"
    " LEFT JOIN votes ON votes.activity_id = ledger_pending.activity_id AND votes.ordinal = ledger_pending.ordinal"
    " WHERE place > ? AND place <= ? ORDER BY place"
)
_ENTRY = names(tables.LEDGER_ENTRIES.columns)
_FINAL = {int(each): f"ACTIVITY_STATUS_{each.name}" for each in ActivityStatus}
_WAITS = _FINAL[ActivityStatus.CONSENSUS_NEEDED]
_SELECTIONS = {int(each): f"VOTE_SELECTION_{each.name}" for each in VoteSelection}


def read_logs() -> Read[list[StoredLog]]:
    """All of them."""
    rows = yield Query(f"SELECT {names(tables.LEDGER_LOGS.columns)} FROM ledger_logs ORDER BY log", is_all=True)
    return [StoredLog(*row) for row in rows]


def read_pending(after: int, limit: int, bytes_max: int) -> Read[Waiting]:
    """Some of what is to be put in."""
    sizes = yield Query(_SIZES, (after, limit))
    count, total = 0, 0
    for _, size in sizes:
        total += size
        if count and total > bytes_max:
            break
        count += 1
    if count == 0:
        return Waiting([], is_all=True)
    rows = yield Query(_PENDING, (after, sizes[count - 1][0]))
    return Waiting([_pending(row) for row in rows], is_all=len(sizes) < limit and count == len(sizes))


def read_chains(organization_ids: Sequence[bytes]) -> Read[dict[bytes, Chain]]:
    """Of those that have records."""
    rows = yield Query(
        "SELECT ledger_chains.organization_id, records, head FROM given"
        " CROSS JOIN ledger_chains ON [ledger_chains.organization_id = given.organization_id]",
        given=Given(tables.LEDGER_CHAINS.columns[:1], [(id_,) for id_ in organization_ids]),
    )
    return {id_: Chain(records, head) for id_, records, head in rows}


def read_tiles(log: int, tiles: Sequence[Tile]) -> Read[dict[tuple[int, int], bytes]]:
    """Tiles of hashes, by level and index."""
    rows = yield Query(
        "SELECT ledger_tiles.level, ledger_tiles.tile, hashes FROM given CROSS JOIN ledger_tiles"
        " ON [ledger_tiles.log = given.log AND ledger_tiles.level = given.level AND ledger_tiles.tile = given.tile]",
        given=Given(tables.LEDGER_TILES.columns[:3], [(log, tile.level, tile.index) for tile in tiles]),
    )
    return {(level, index): hashes for level, index, hashes in rows}


def read_entries(log: int, start: int, end: int) -> Read[list[Entry]]:
    """Some of a log."""
    rows = yield Query(
        f"SELECT {_ENTRY} FROM ledger_entries WHERE log = ? AND seq >= ? AND seq < ? ORDER BY seq",
        (log, start, end),
        is_all=True,
    )
    return [Entry(*row) for row in rows]


def read_found(organization_id: bytes) -> Read[Found | None]:
    """An organization with all values of its items."""
    row = only(
        (yield Query("SELECT id, parent_id, created_ms, version FROM organizations WHERE id = ?", (organization_id,)))
    )
    if row is None:
        return None
    items = yield Query(
        "SELECT owner_id, kind, id, since, until, place, data FROM items WHERE organization_id = ?", (organization_id,)
    )
    id_, parent_id, created_ms, version = row
    return Found(id_, parent_id, created_ms, version, [ItemRow(*item) for item in items])


def begin(log: StoredLog) -> Alter:
    """A log, unless there is one of its number."""
    return ledger_statements.BEGIN_LOG.of([log])[0]


def work_of_growth(growth: Growth) -> Work:
    """All that is written."""
    before, after = growth.before, growth.after
    grown = (after.log, after.size, after.signed_ms, after.checkpoint, before.size, before.signed_ms)
    chains = [(id_, *chain) for id_, chain in sorted(growth.chains.items())]
    tiles = [(after.log, tile.level, tile.index, hashes) for tile, hashes in growth.tiles.items()]
    return Work(
        versions=None,
        revisions=None,
        writes=(
            *ledger_statements.GROW_LOG.of([grown]),
            *ledger_statements.OUT_OF_PENDING.of([(place,) for place in growth.places]),
            *tables.LEDGER_ENTRIES.insert(growth.entries),
            *ledger_statements.SET_CHAINS.of(chains),
            *ledger_statements.SET_TILES.of(tiles),
        ),
    )


def _pending(row: Row) -> Pending:
    place, organization_id, activity_id, ordinal, effects, *vote = row
    if activity_id == NOBODY:
        return Pending(place, organization_id, activity_id, ordinal, effects, None)
    if None in (vote[0], vote[7]):
        raise StoreError(
            f"vote {ordinal} of activity {activity_id.hex()} is to be put into the ledger, and is not there"
        )
    record = record_of(organization_id, activity_id, ordinal, effects, vote)
    return Pending(place, organization_id, activity_id, ordinal, effects, record)


def record_of(
    organization_id: bytes, activity_id: bytes, ordinal: int, effects: bytes | None, columns: Row
) -> ActivityRecord:
    """The record of a vote. ``columns`` are those of the activity and of the vote, and whether there is a later one."""
    type_, fingerprint, status, result, failure, created_ms, resolved, id_, user_id, credential_id, *more = columns
    public_key, scheme, signature, message, selection, version, voted_ms, decision, is_followed = more
    body = fingerprint if message is None or message == THE_EVIDENCE else sha256(message).digest()
    return ActivityRecord(
        *(organization_id, activity_id, ordinal, effects, type_, fingerprint),
        _WAITS if is_followed else _FINAL[status],
        created_ms,
        None if resolved is None else sha256(resolved.encode()).digest(),
        None if is_followed or result is None else sha256(result).digest(),
        None if is_followed or failure is None else sha256(failure).digest(),
        *(id_, user_id, credential_id),
        stamp_digest(scheme, public_key, signature),
        body,
        _SELECTIONS[selection],
        *(version, voted_ms),
        None if decision is None else sha256(decision.encode()).digest(),
    )


def record_shown(entry: Entry, activity: Row, vote: Row, *, is_followed: bool) -> ActivityRecord:
    """The record that an entry stands for, made of the rows of its activity and its vote."""
    _, organization_id, type_, fingerprint, status, result, failure, created_ms, _, resolved = activity
    _, _, id_, user_id, credential_id, public_key, scheme, signature, message, *said = vote
    columns = (
        *(type_, fingerprint, status, result, failure, created_ms, resolved),
        *(id_, user_id, credential_id, public_key, scheme, signature),
        *(message if entry.ordinal > 0 else None, *said, is_followed),
    )
    return record_of(organization_id, entry.activity_id, entry.ordinal, entry.effects, columns)
