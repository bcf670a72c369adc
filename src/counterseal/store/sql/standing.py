"""How organizations stand when a turn begins."""

from __future__ import annotations

from collections.abc import Sequence

from counterseal.store.sql.activities import PAIR, Pair
from counterseal.store.sql.query import Given, Query, Read
from counterseal.store.uuids import to_bytes, to_text

_NO_FINGERPRINT = b""


def read_standing(organization_ids: Sequence[str], asked: Sequence[Pair]) -> Read[tuple[dict[str, int], set[Pair]]]:
    """The versions of those that there are, and those of the fingerprints of which there is an activity."""
    pairs = {(to_bytes(id_), _NO_FINGERPRINT) for id_ in organization_ids}
    pairs |= {(to_bytes(id_), fingerprint) for id_, fingerprint in asked}
    rows = yield Query(
        "SELECT organizations.id, version, given.fingerprint, (SELECT 1 FROM activities"
        " WHERE activities.organization_id = given.organization_id AND activities.fingerprint = given.fingerprint)"
        " FROM given CROSS JOIN organizations ON [organizations.id = given.organization_id]",
        given=Given(PAIR, sorted(pairs)),
    )
    versions = {to_text(id_): version for id_, version, *_ in rows}
    return versions, {(to_text(id_), fingerprint) for id_, _, fingerprint, is_known in rows if is_known is not None}
