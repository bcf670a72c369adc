"""The look-ups that cross the wall between organizations, all of them, because the contract demands them.

* a session request or ``whoami`` may name the parent while its credential lives in a sub-organization;
* ``get_activity`` answers a parent's key for activities of its sub-organizations, under the parent's id;
* ``counterseal explain`` is given nothing but the id of an activity, by whoever has the data directory;
* ``counterseal wallets verify`` goes through all organizations, for whoever has the data directory;
* ``get_activity`` may leave the organization out (the Swift client's poll), which then is the stamping credential's.
"""

from __future__ import annotations

from counterseal.organizations import Key
from counterseal.store.records import StoredActivity
from counterseal.store.sql.activities import COLUMNS, WITH_VOTES, one_of
from counterseal.store.sql.query import Query, Read, Row, only
from counterseal.store.uuids import NOBODY, to_bytes, to_text

# Two are enough to know that a key is ambiguous; expired ones are told apart by the caller, who needs them all.
_MATCHES_MAX = 100


def read_sub_organization_ids_by_key(parent_id: str, key: Key, text: str) -> Read[list[str]]:
    """Sub-organizations of this parent in which a live item has this key.

    The oldest come first: whoever registers a foreign credential id later cannot push its owner out of the list.
    """
    rows = yield Query(
        "SELECT organization_id FROM keys WHERE name = ? AND value = ? AND parent_id = ?"
        " ORDER BY organization_created_ms, organization_id LIMIT ?",
        (key.name, key.form(text), to_bytes(parent_id), _MATCHES_MAX),
        is_all=True,
    )
    return [to_text(id_) for (id_,) in rows]


def read_organization_ids_by_key(key: Key, text: str) -> Read[list[str]]:
    """Organizations of any family in which a live item has this key, the oldest first.

    The oldest of each family are looked at, one family after the other: there are as many families as the operator has
    made, and nobody else's are the more for it.
    """
    oldest: list[Row] = []
    family = NOBODY
    while True:
        rows = yield Query(
            "SELECT organization_created_ms, organization_id, parent_id FROM keys"
            " WHERE name = ? AND value = ? AND parent_id >= ?"
            " ORDER BY parent_id, organization_created_ms, organization_id LIMIT ?",
            (key.name, key.form(text), family, _MATCHES_MAX),
        )
        if len(rows) < _MATCHES_MAX:
            break
        first, last = rows[0][2], rows[-1][2]
        if first == last:
            oldest += rows
            family = (int.from_bytes(last) + 1).to_bytes(16)
        else:
            oldest += (row for row in rows if row[2] != last)
            family = last  # not all of its oldest may be here
    return [to_text(id_) for _, id_, _ in sorted(map(tuple, [*oldest, *rows]))[:_MATCHES_MAX]]


def read_sub_organization_activity(parent_id: str, activity_id: str) -> Read[StoredActivity | None]:
    """An activity of any sub-organization of this parent."""
    rows = yield Query(
        f"SELECT {COLUMNS} FROM {WITH_VOTES}"
        " CROSS JOIN organizations ON [organizations.id = activities.organization_id]"
        " WHERE activities.id = ? AND parent_id = ? ORDER BY votes.ordinal",
        (to_bytes(activity_id), to_bytes(parent_id)),
        is_all=True,
    )
    return one_of(rows)


def read_organization_id_of_activity(activity_id: str) -> Read[str | None]:
    """The organization of an activity of any family."""
    row = only((yield Query("SELECT organization_id FROM activities WHERE id = ?", (to_bytes(activity_id),))))
    return None if row is None else to_text(row[0])


def read_organization_ids(after: str | None, limit: int) -> Read[list[str]]:
    """Organizations of all families, by their ids."""
    rows = yield Query(
        "SELECT id FROM organizations WHERE id > ? ORDER BY id LIMIT ?",
        (NOBODY if after is None else to_bytes(after), limit),
        is_all=True,
    )
    return [to_text(id_) for (id_,) in rows]
