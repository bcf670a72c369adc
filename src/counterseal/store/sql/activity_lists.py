"""Pages of an organization's activities, by the ids of what they show.

A page is put together from walks along an index, one for each type and status, some in a statement: so it costs as much
as it shows, however long the history is and however rare what is looked for. Of many types only those are looked for
that the organization has any activities of, so the walks are few.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from counterseal.store.records import ActivityStatus
from counterseal.store.sql.query import Query, Read
from counterseal.store.uuids import NOBODY, to_bytes, to_text

_AFTER_ALL = b"\xff" * 16
_WALKS_AT_ONCE = 4

_WALK = (
    "SELECT id FROM (SELECT id FROM activities WHERE organization_id = ? AND type = ? AND status = ?"
    " AND id > ? AND id < ? ORDER BY id {direction} LIMIT ?) walk"
)
_TYPES = (
    "WITH RECURSIVE types (type) AS ("
    " SELECT (SELECT type FROM activities WHERE organization_id = ? ORDER BY type LIMIT 1)"
    " UNION ALL SELECT (SELECT activities.type FROM activities WHERE organization_id = ?"
    " AND activities.type > types.type ORDER BY activities.type LIMIT 1) FROM types WHERE types.type IS NOT NULL"
    ") SELECT type FROM types WHERE type IS NOT NULL"
)
"""The organization's types of activity, each found by one step in the index."""


def read_activity_ids(
    organization_id: str,
    *,
    statuses: Sequence[ActivityStatus],
    types: Sequence[str],
    limit: int,
    before: str | None,
    after: str | None,
) -> Read[list[str]]:
    """A page, newest first. With ``before`` alone it is the page that touches it, still newest first."""
    organization = to_bytes(organization_id)
    low = NOBODY if before is None else to_bytes(before)
    high = _AFTER_ALL if after is None else to_bytes(after)
    backwards = before is not None and after is None
    if not 1 <= len(types) <= _WALKS_AT_ONCE:
        found = yield Query(_TYPES, (organization, organization))
        types = [type_ for (type_,) in found if not types or type_ in types]
    walk = _WALK.format(direction="ASC" if backwards else "DESC")
    walks = list(product(types, statuses or ActivityStatus))
    page: list[bytes] = []
    for start in range(0, len(walks), _WALKS_AT_ONCE):
        some = walks[start : start + _WALKS_AT_ONCE]
        parameters = [(organization, type_, int(status), low, high, limit) for type_, status in some]
        rows = yield Query(" UNION ALL ".join([walk] * len(some)), sum(parameters, ()))
        page = sorted([*page, *(id_ for (id_,) in rows)], reverse=not backwards)[:limit]
        if len(page) == limit:  # what lies beyond has no place on it any more
            low, high = (low, page[-1]) if backwards else (page[-1], high)
    if backwards:
        page.reverse()
    return [to_text(id_) for id_ in page]
