"""What an auditor is given of the ledger: the rows themselves, so that whoever has them makes the records anew."""

from __future__ import annotations

from counterseal.store.ledger_rows import Entry, Shown
from counterseal.store.sql import tables
from counterseal.store.sql.query import PAUSE, Query, Read, Row, names
from counterseal.store.uuids import to_bytes

_ITEMS_AT_ONCE = 500

_WIDTHS = (len(tables.LEDGER_ENTRIES.columns), len(tables.ACTIVITIES.columns), len(tables.VOTES.columns))
_COLUMNS = ", ".join(
    f"{table.name}.{name}"
    for table in (tables.LEDGER_ENTRIES, tables.ACTIVITIES, tables.VOTES)
    for name, _ in table.columns
)
_RECORDS = (
    f"SELECT {_COLUMNS}, EXISTS (SELECT 1 FROM votes AS later WHERE later.activity_id = ledger_entries.activity_id"
    " AND later.ordinal > ledger_entries.ordinal) FROM ledger_entries"
    " LEFT JOIN activities ON activities.id = ledger_entries.activity_id"
    " LEFT JOIN votes ON votes.activity_id = ledger_entries.activity_id AND votes.ordinal = ledger_entries.ordinal"
)
_NEXT = (
    " WHERE ledger_entries.log = ? AND ledger_entries.seq > ? AND ledger_entries.seq < ?"
    " AND ledger_entries.organization_id = ? ORDER BY ledger_entries.seq LIMIT ?"
)
_OF_ACTIVITY = (
    " WHERE ledger_entries.activity_id = ? AND ledger_entries.organization_id = ? ORDER BY ledger_entries.ordinal"
)
_STRAYS = (
    "SELECT activities.id, COALESCE(votes.ordinal, 0) FROM activities"
    " LEFT JOIN votes ON votes.activity_id = activities.id WHERE activities.organization_id = ?"
    " AND NOT EXISTS (SELECT 1 FROM ledger_entries WHERE ledger_entries.activity_id = activities.id"
    " AND ledger_entries.ordinal = COALESCE(votes.ordinal, 0)"
    " AND ledger_entries.organization_id = activities.organization_id)"
    " AND NOT EXISTS (SELECT 1 FROM ledger_pending WHERE ledger_pending.activity_id = activities.id)"
    " ORDER BY activities.id LIMIT 10"
)
_ITEMS = (
    f"SELECT {names(tables.ITEMS.columns)} FROM items WHERE organization_id = ?{{after}}"
    f" ORDER BY {names(tables.ITEMS.columns[: tables.ITEMS.key])} LIMIT ?"
)
_NEXT_ITEMS = " AND (span, owner_id, kind, id, since) > (?, ?, ?, ?, ?)"


def read_sizes(log: int) -> Read[tuple[int, int, int]]:
    """How many entries there are, how many there would be up to the last of them, and how many the log has."""
    rows = yield Query(
        "SELECT count(*), COALESCE(max(seq), -1) + 1, (SELECT size FROM ledger_logs WHERE ledger_logs.log = ?)"
        " FROM ledger_entries WHERE log = ?",
        (log, log),
        is_all=True,
    )
    ((entries, last, size),) = rows
    return entries, last, size


def read_items(organization_id: bytes) -> Read[list[Row]]:
    """All values of an organization's items, in pieces."""
    found: list[Row] = []
    rows = yield Query(_ITEMS.format(after=""), (organization_id, _ITEMS_AT_ONCE))
    while rows:
        found += map(tuple, rows)
        if len(rows) < _ITEMS_AT_ONCE:
            break
        yield PAUSE
        _, span, owner_id, kind, id_, since, *_ = rows[-1]
        after = (organization_id, span, owner_id, kind, id_, since, _ITEMS_AT_ONCE)
        rows = yield Query(_ITEMS.format(after=_NEXT_ITEMS), after)
    return found


def read_records(organization_id: bytes, log: int, *, after: int, size: int, limit: int) -> Read[list[Shown]]:
    """The next entries of an organization, with their activities and votes."""
    rows = yield Query(_RECORDS + _NEXT, (log, after, size, organization_id, limit), is_all=True)
    return [_shown(row) for row in rows]


def read_records_of_activity(organization_id: str, activity_id: str) -> Read[list[Shown]]:
    """Of one activity, in the order of its votes."""
    ids = to_bytes(activity_id), to_bytes(organization_id)
    rows = yield Query(_RECORDS + _OF_ACTIVITY, ids, is_all=True)
    return [_shown(row) for row in rows]


def read_strays(organization_id: bytes) -> Read[list[Row]]:
    """Votes that are in no entry: ten of them say enough."""
    rows = yield Query(_STRAYS, (organization_id,), is_all=True)
    return [tuple(row) for row in rows]


def _shown(row: Row) -> Shown:
    row = tuple(row)
    entry, activity, vote = _WIDTHS
    of_activity, of_vote = row[entry : entry + activity], row[entry + activity : entry + activity + vote]
    return Shown(
        Entry(*row[:entry]),
        None if of_activity[0] is None else of_activity,
        None if of_vote[0] is None else of_vote,
        bool(row[-1]),
    )
