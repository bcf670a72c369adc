"""How organizations stand now, and what of them is another since versions that somebody has in memory: one question.

What came since is found among live rows by their keys alone. What ended since was live at the earlier version: it has
one of the spans of that (see ``spans``), and its end is later. So no history is gone through, and nothing that is as it
was is read. Where much is another, or something large, the whole is read in pieces instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from counterseal.organizations import Advance, Difference, Gone
from counterseal.store.sql.activities import PAIR, Pair
from counterseal.store.sql.organizations import item_of
from counterseal.store.sql.query import Columns, Given, Query, Read, Row, Rows, Type
from counterseal.store.uuids import NOBODY, to_bytes, to_text

_ITEMS_MAX = 20  # on average, of each organization that is asked for
_ITEM_BYTES_MAX = 4096

_NO_FINGERPRINT = b""
NO_VERSION = (1 << 62) - 1
"""Of an organization that nobody has in memory: nothing is another since."""

_KNOWN: Columns = (("known", Type.NUMBER),)

_CHANGED = (
    "FROM given CROSS JOIN organizations"
    " ON [organizations.id = given.organization_id AND organizations.version > given.known]"
)
_COLUMNS = "kind, owner_id, items.id, until, place"
_DIFFERENCES = (
    f" UNION ALL SELECT organizations.id, version, NULL, NULL, {_COLUMNS},"
    f" CASE WHEN length(data) <= {_ITEM_BYTES_MAX} THEN data END {_CHANGED} CROSS JOIN items"
    " ON [items.organization_id = given.organization_id AND items.span = 0 AND items.since > given.known]"
    f" UNION ALL SELECT organizations.id, version, NULL, NULL, {_COLUMNS}, NULL"
    f" {_CHANGED} CROSS JOIN powers_of_two ON [powers_of_two.power < organizations.version] CROSS JOIN items"
    " ON [items.organization_id = given.organization_id"
    " AND items.span = (given.known & -(2 * powers_of_two.power)) + powers_of_two.power"
    " AND items.since <= given.known AND items.until > given.known] LIMIT ?"
)
_ADVANCES = (
    "SELECT organizations.id, version, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"
    f" FROM given CROSS JOIN organizations ON [organizations.id = given.organization_id]{_DIFFERENCES}"
)
_STANDING = (
    "SELECT organizations.id, version, given.fingerprint, (SELECT 1 FROM activities"
    " WHERE activities.organization_id = given.organization_id AND activities.fingerprint = given.fingerprint),"
    " NULL, NULL, NULL, NULL, NULL, NULL"
    f" FROM given CROSS JOIN organizations ON [organizations.id = given.organization_id]{_DIFFERENCES}"
)


class Standing(NamedTuple):
    """Of organizations that there are: the way to the present version; and which of the fingerprints are known."""

    advances: dict[str, Advance]
    known: set[Pair]


class _Found(NamedTuple):
    rows: Rows
    is_all: bool


def read_advances(versions: Mapping[str, int]) -> Read[dict[str, Advance]]:
    """From each of these versions to the present one, for those of the organizations that there are."""
    found = yield from _read(_ADVANCES, PAIR[:1], {(to_bytes(id_),): known for id_, known in versions.items()})
    return _advances(found, versions)


def read_standing(versions: Mapping[str, int], asked: Sequence[Pair]) -> Read[Standing]:
    """The same, and whether of these fingerprints there are activities."""
    given: dict[tuple[bytes, ...], int] = {(to_bytes(id_), fingerprint): NO_VERSION for id_, fingerprint in asked}
    given |= {(to_bytes(id_), _NO_FINGERPRINT): known for id_, known in versions.items()}
    found = yield from _read(_STANDING, PAIR, given)
    known = {(to_text(id_), fingerprint) for id_, _, fingerprint, is_known, *_ in found.rows if is_known is not None}
    return Standing(_advances(found, versions), known)


def _read(text: str, columns: Columns, given: Mapping[tuple[bytes, ...], int]) -> Read[_Found]:
    limit = (1 + _ITEMS_MAX) * len(given)
    keys = sorted(given)
    rows = yield Query(text, (limit,), Given((*columns, *_KNOWN), [(*key, given[key]) for key in keys]))
    if len(rows) < limit:
        return _Found(rows, is_all=True)
    rows = yield Query(text, (limit,), Given((*columns, *_KNOWN), [(*key, NO_VERSION) for key in keys]))
    return _Found(rows, is_all=False)


def _advances(found: _Found, versions: Mapping[str, int]) -> dict[str, Advance]:
    now: dict[bytes, int] = {}
    others: dict[bytes, list[Row]] = defaultdict(list)
    for id_, version, _, _, kind, *columns in found.rows:
        now[id_] = version
        if kind is not None:
            others[id_].append((kind, *columns))
    return {
        id_: Advance(known, version, _difference(others[of]) if found.is_all and version >= known else None)
        for id_, known in versions.items()
        if (version := now.get(of := to_bytes(id_))) is not None
    }


def _difference(rows: Sequence[Row]) -> Difference | None:
    """Columns: _COLUMNS and data. What has ended and is live in the same place has another value, and is not gone."""
    live = sorted((row for row in rows if row[3] is None), key=itemgetter(4))
    if any(data is None for *_, data in live):
        return None
    kept = {(kind, id_, place) for kind, _, id_, _, place, _ in live}
    gone = [
        Gone(kind, None if owner_id == NOBODY else to_text(owner_id), to_text(id_))
        for kind, owner_id, id_, until, place, _ in rows
        if until is not None and (kind, id_, place) not in kept
    ]
    return Difference(tuple(gone), tuple(item_of(kind, data) for kind, *_, data in live))
