"""Lists of a parent's sub-organizations: all of them, those of a name, or those in which something is found.

Each is a walk along the keys in the order of the list, so that a page costs as much as it shows: however many
sub-organizations match, and whatever is in those of other parents.
"""

from __future__ import annotations

from counterseal.organizations import (
    CREDENTIAL_ID,
    EMAIL,
    LIVE_ORGANIZATION,
    ORGANIZATION_NAME,
    PHONE_NUMBER,
    PUBLIC_KEY,
    USER_NAME,
    WALLET_ACCOUNT_ADDRESS,
)
from counterseal.store.records import SubOrganizationFilter, Trait
from counterseal.store.sql.query import Query, Read, only
from counterseal.store.uuids import NOBODY, to_bytes, to_text

_KEYS = {
    Trait.NAME: ORGANIZATION_NAME,
    Trait.USERNAME: USER_NAME,
    Trait.EMAIL: EMAIL,
    Trait.PHONE_NUMBER: PHONE_NUMBER,
    Trait.CREDENTIAL_ID: CREDENTIAL_ID,
    Trait.PUBLIC_KEY: PUBLIC_KEY,
    Trait.WALLET_ACCOUNT_ADDRESS: WALLET_ACCOUNT_ADDRESS,
}

_BEFORE_ALL, _AFTER_ALL = (-1, NOBODY), (1 << 62, NOBODY)
_WALK = (
    "SELECT organization_created_ms, organization_id FROM keys WHERE name = ? AND value = ? AND parent_id = ?"
    " AND (organization_created_ms, organization_id) > (?, ?) AND (organization_created_ms, organization_id) < (?, ?)"
    " ORDER BY organization_created_ms {direction}, organization_id {direction} LIMIT ?"
)

_Place = tuple[int, bytes]
"""When an organization was created, and its id: lists are in this order."""


def read_sub_organization_ids(
    parent_id: str, *, matching: SubOrganizationFilter | None, limit: int, before: str | None, after: str | None
) -> Read[list[str]]:
    """A page, newest first. With ``before`` alone it is the page that touches it, still newest first."""
    parent = to_bytes(parent_id)
    low = _BEFORE_ALL if before is None else (yield from _read_place(parent, before))
    high = _AFTER_ALL if after is None else (yield from _read_place(parent, after))
    if low is None or high is None:  # a cursor that is none of them
        return []
    key, text = (LIVE_ORGANIZATION, "") if matching is None else (_KEYS[matching.trait], matching.value)
    backwards = before is not None and after is None
    walk = _WALK.format(direction="ASC" if backwards else "DESC")
    page: list[_Place] = []
    at_once = limit
    while len(page) < limit:
        some = min(at_once, limit - len(page))
        rows = yield Query(walk, (key.name, key.form(text), parent, *low, *high, some))
        found = [*dict.fromkeys((created_ms, id_) for created_ms, id_ in rows)]
        page += found
        if len(rows) < some:
            break
        at_once = len(found)  # where an organization matches many times over it is one at a time
        low, high = (found[-1], high) if backwards else (low, found[-1])
    if backwards:
        page.reverse()
    return [to_text(id_) for _, id_ in page]


def _read_place(parent: bytes, organization_id: str) -> Read[_Place | None]:
    found = only(
        (
            yield Query(
                "SELECT created_ms, id FROM organizations WHERE id = ? AND parent_id = ?",
                (to_bytes(organization_id), parent),
            )
        )
    )
    return None if found is None else (found[0], found[1])
