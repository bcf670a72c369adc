"""Rows and secrets of an organization, by id or by key: what a read costs does not depend on how many there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from counterseal.organizations import Key, Row
from counterseal.store.records import RowKey
from counterseal.store.sql.query import PAUSE, Given, Query, Read, Type
from counterseal.store.uuids import NOBODY, to_bytes, to_text

Kind = TypeVar("Kind", bound=Row)

_AFTER_ALL = b"\xff" * 16
_DECODED_AT_ONCE = 200

_BY_ID = (("id", Type.BYTES), ("kind", Type.TEXT))
_BY_KEY = (("name", Type.TEXT), ("value", Type.BYTES), ("kind", Type.TEXT))

_OF_ORGANIZATION = (
    "keys.parent_id = (SELECT coalesce(parent_id, ?) FROM organizations WHERE id = ?)"
    " AND keys.organization_created_ms = (SELECT created_ms FROM organizations WHERE id = ?)"
    " AND keys.organization_id = ?"
)
"""The rest of a key's place, which is that of its organization. Values and no join: so the keys are in order."""


def read_rows(organization_id: str, keys: Sequence[RowKey]) -> Read[dict[RowKey, tuple[Row, ...]]]:
    """What is found for each, in the order of ids: none, one, or, for a key that several may have, more."""
    organization = to_bytes(organization_id)
    found: dict[tuple[Any, ...], list[tuple[int, bytes]]] = {_place(key): [] for key in keys}
    by_id = [place for place in found if place[0] is None]
    by_key = [place for place in found if place[0] is not None]
    if by_id:
        rows = yield Query(
            "SELECT NULL, resources.id, resources.kind, revision, data FROM given CROSS JOIN resources"
            " ON [organization_id = ? AND resources.kind = given.kind AND resources.id = given.id]",
            (organization,),
            Given(_BY_ID, [place[1:] for place in by_id]),
            is_all=not by_key,
        )
        for *place, revision, data in rows:
            found[tuple(place)].append((revision, data))
    if by_key:
        rows = yield Query(
            "SELECT given.name, given.value, given.kind, revision, data FROM given CROSS JOIN keys"
            f" ON [keys.name = given.name AND keys.value = given.value AND {_OF_ORGANIZATION}]"
            " CROSS JOIN resources ON [resources.organization_id = keys.organization_id"
            " AND resources.kind = given.kind AND resources.id = keys.item_id] ORDER BY resources.id",
            (NOBODY, organization, organization, organization),
            Given(_BY_KEY, by_key),
            is_all=not by_id,
        )
        for *place, revision, data in rows:
            found[tuple(place)].append((revision, data))
    return {key: tuple(_row(key.kind, *each) for each in found[_place(key)]) for key in keys}


def _place(key: RowKey) -> tuple[Any, ...]:
    """By what the database finds it: the key's name, or None; the form of its value, or the id; the kind."""
    if key.key is None:
        return None, to_bytes(key.value), key.kind.KIND
    return key.key.name, key.key.form(key.value), key.kind.KIND


def read_page(
    organization_id: str,
    kind: type[Kind],
    *,
    limit: int,
    before: str | None,
    after: str | None,
    where: tuple[Key, str] | None,
    oldest_first: bool = False,
) -> Read[list[Kind]]:
    """A page of rows, in the order of ids. With ``before`` alone it is the page that touches it, in the same order."""
    lower, higher = (after, before) if oldest_first else (before, after)
    low = NOBODY if lower is None else to_bytes(lower)
    high = _AFTER_ALL if higher is None else to_bytes(higher)
    backwards = before is not None and after is None
    direction = "ASC" if backwards != oldest_first else "DESC"
    if where is None:
        query = Query(
            "SELECT revision, data FROM resources WHERE organization_id = ? AND kind = ? AND id > ? AND id < ?"
            f" ORDER BY id {direction} LIMIT ?",
            (to_bytes(organization_id), kind.KIND, low, high, limit),
            is_all=True,
        )
    else:
        key, text = where
        query = Query(
            "SELECT revision, data FROM keys CROSS JOIN resources ON [resources.kind = ?"
            " AND resources.organization_id = keys.organization_id AND resources.id = keys.item_id]"
            f" WHERE keys.name = ? AND keys.value = ? AND {_OF_ORGANIZATION}"
            f" AND keys.slot > ? AND keys.slot < ? ORDER BY keys.slot {direction} LIMIT ?",
            (kind.KIND, key.name, key.form(text), NOBODY, *[to_bytes(organization_id)] * 3, low, high, limit),
            is_all=True,
        )
    rows = yield query
    page: list[Kind] = []
    for at, (revision, data) in enumerate(rows):
        if at and at % _DECODED_AT_ONCE == 0:
            yield PAUSE
        page.append(_row(kind, revision, data))
    return page[::-1] if backwards else page


def read_count(organization_id: str, kind: type[Row], *, at_most: int, where: tuple[Key, str] | None) -> Read[int]:
    """How many rows there are; no more than so many are counted. A key belongs to one kind."""
    organization = to_bytes(organization_id)
    if where is None:
        counted = yield Query(
            "SELECT count(*) FROM (SELECT 1 FROM resources WHERE organization_id = ? AND kind = ? LIMIT ?) counted",
            (organization, kind.KIND, at_most),
            is_all=True,
        )
    else:
        key, text = where
        counted = yield Query(
            "SELECT count(*) FROM (SELECT 1 FROM keys WHERE keys.name = ? AND keys.value = ?"
            f" AND {_OF_ORGANIZATION} LIMIT ?) counted",
            (key.name, key.form(text), NOBODY, organization, organization, organization, at_most),
            is_all=True,
        )
    return int(counted[0][0])


def read_secrets(organization_id: str, ids: Sequence[str]) -> Read[dict[str, bytes]]:
    """The sealed secrets of those that there are."""
    rows = yield Query(
        "SELECT secrets.id, sealed FROM given CROSS JOIN secrets ON [organization_id = ? AND secrets.id = given.id]",
        (to_bytes(organization_id),),
        Given(_BY_ID[:1], [(to_bytes(id_),) for id_ in ids]),
        is_all=True,
    )
    return {to_text(id_): sealed for id_, sealed in rows}


def _row(kind: type[Kind], revision: int, data: bytes) -> Kind:
    row: Kind = replace(decoder(kind)(data), revision=revision)
    return row


@cache
def decoder(kind: type[Row]) -> Callable[[bytes], Any]:
    """What reads the JSON of a kind; its revision is beside it."""
    return msgspec.json.Decoder(kind).decode
