"""Organizations read from their items, some at a time: one at the limits has thousands, and megabytes of texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from counterseal.organizations import ITEM_KINDS, Assembly, Item, Placed, Policy, Snapshot, User
from counterseal.store.errors import StoreError
from counterseal.store.sql import tables
from counterseal.store.sql.query import PAUSE, Columns, Given, Query, Read, Row, Rows, only
from counterseal.store.sql.spans import LIVE_THEN, spans_of, then
from counterseal.store.uuids import NOBODY, to_bytes, to_text

_LARGE_AT_ONCE = 20  # policies of up to 40 KiB, and all others that no user owns
_SMALL_AT_ONCE = 100

_COLUMNS = "owner_id, kind, items.id, since, until, place, data"
_PIECE = (
    f"SELECT {_COLUMNS}, parent_id, created_ms, version FROM items"
    " CROSS JOIN organizations ON [organizations.id = items.organization_id]"
    " WHERE organization_id = ? AND span = ?{after}"
    " ORDER BY owner_id, kind, items.id, since LIMIT ?"
)
"""Every organization has at least the item of its profile."""
_FIRST_PIECE = _PIECE.format(after="")
_NEXT_PIECE = _PIECE.format(after=" AND (owner_id, kind, items.id, since) > (?, ?, ?, ?)")

_VALUES: Columns = tuple(column for column in tables.ITEMS.columns if column[0] in {"span", "id", "since"})

_DECODE: dict[str, Callable[[bytes], Item]] = {kind.KIND: msgspec.json.Decoder(kind).decode for kind in ITEM_KINDS}


class _Created(msgspec.Struct):
    """Of an item nothing but this."""

    created_ms: int


_decode_created = msgspec.json.Decoder(_Created).decode


def read_versions(organization_ids: Sequence[str]) -> Read[dict[str, int]]:
    """The versions of those that there are."""
    found = yield Query(
        "SELECT organizations.id, organizations.version"
        " FROM given CROSS JOIN organizations ON [organizations.id = given.id]",
        given=Given(tables.VERSIONS[:1], [(to_bytes(id_),) for id_ in organization_ids]),
    )
    return {to_text(id_): version for id_, version in found}


def read_anything() -> Read[None]:
    """Whether there is a database that answers."""
    yield Query("SELECT version FROM organizations LIMIT 1")


def read_snapshot(organization_id: str) -> Read[Snapshot | None]:
    """The organization with its live items."""
    assembly = Assembly()
    organization = yield from _read_span(organization_id, 0, lambda rows: assembly.add(_placed(rows)))
    return None if organization is None else _assembled(assembly, organization_id, organization)


def read_snapshot_as_of(organization_id: str, version: int) -> Read[Snapshot | None]:
    """The organization with the items of that version."""
    organization = only((yield Query("SELECT version FROM organizations WHERE id = ?", (to_bytes(organization_id),))))
    if organization is None or not 1 <= version <= organization[0]:
        return None
    assembly = Assembly()
    last = None
    for span in spans_of(version, levels=organization[0].bit_length()):
        found = yield from _read_span(
            organization_id, span, lambda rows: assembly.add(_placed(_live_at(version, rows)))
        )
        last = found or last
    if last is None:
        raise StoreError(f"organization {organization_id} has no items")
    *_, parent_id, created_ms, _ = last
    return _assembled(assembly, organization_id, (parent_id, created_ms, version))


def read_user_as_of(organization_id: str, user_id: str, version: int) -> Read[User | None]:
    """The user with its credentials as the organization's given version had them."""
    rows = yield Query(
        f"SELECT {_COLUMNS} FROM given CROSS JOIN items ON [organization_id = ? AND owner_id = ? AND {LIVE_THEN}]",
        (to_bytes(organization_id), to_bytes(user_id), version, version),
        then(version),
    )
    assembly = Assembly(only_users=True)
    assembly.add(_placed(rows))
    return assembly.users().get(user_id)


def read_policy_ids_as_of(organization_id: str, version: int) -> Read[list[str]]:
    """The policies that the organization's given version had, by the times of their creation and their ids.

    Decisions are recorded in this order. At the limits policies have megabytes of text, so they are read in pieces.
    """
    whose = "organization_id = ? AND owner_id = ? AND kind = ?"
    parameters = (to_bytes(organization_id), NOBODY, Policy.KIND)
    live = yield Query(
        f"SELECT items.span, id, since FROM given CROSS JOIN items ON [{whose} AND {LIVE_THEN}]",
        (*parameters, version, version),
        then(version),
    )
    policies: list[tuple[int, str]] = []
    for start in range(0, len(live), _LARGE_AT_ONCE):
        if start > 0:
            yield PAUSE
        rows = yield Query(
            f"SELECT items.id, data FROM given CROSS JOIN items ON [{whose}"
            " AND items.span = given.span AND items.id = given.id AND items.since = given.since]",
            parameters,
            Given(_VALUES, live[start : start + _LARGE_AT_ONCE]),
        )
        policies += ((_decode_created(data).created_ms, to_text(id_)) for id_, data in rows)
    return [id_ for _, id_ in sorted(policies)]


def item_of(kind: str, data: bytes) -> Item:
    """An item as it is stored."""
    decode = _DECODE.get(kind)
    if decode is None:  # it may be what keeps somebody out
        raise StoreError(f"an organization has something of the kind {kind}, which this release does not know")
    return decode(data)


def _read_span(organization_id: str, span: int, take: Callable[[Rows], None]) -> Read[Row | None]:
    """Hand on all rows of a span, in pieces. What is said of the organization itself, unless there are none."""
    id_, at_once = to_bytes(organization_id), _LARGE_AT_ONCE
    rows = yield Query(_FIRST_PIECE, (id_, span, at_once))
    organization = rows[0][7:] if rows else None
    take(rows)
    while len(rows) == at_once:
        owner_id, kind, item_id, since, *_ = rows[-1]
        if owner_id == NOBODY or at_once == _SMALL_AT_ONCE:  # else what users own has only begun
            yield PAUSE
        at_once = _LARGE_AT_ONCE if owner_id == NOBODY else _SMALL_AT_ONCE
        rows = yield Query(_NEXT_PIECE, (id_, span, owner_id, kind, item_id, since, at_once))
        take(rows)
    return organization


def _assembled(assembly: Assembly, organization_id: str, organization: Row) -> Snapshot:
    parent_id, created_ms, version = organization
    return assembly.snapshot(
        organization_id,
        parent_id=None if parent_id is None else to_text(parent_id),
        created_ms=created_ms,
        version=version,
    )


def _live_at(version: int, rows: Rows) -> Iterator[Row]:
    return (row for row in rows if row[3] <= version and (row[4] is None or row[4] > version))


def _placed(rows: Iterable[Row]) -> Iterator[Placed]:
    """Columns: _COLUMNS, and more."""
    for row in rows:
        yield row[5], item_of(row[1], row[6])
