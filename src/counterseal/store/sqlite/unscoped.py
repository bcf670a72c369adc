"""The look-ups that cross the wall between organizations, all of them, because the contract demands them.

* a session request or ``whoami`` may name the parent while its credential lives in a sub-organization;
* ``get_activity`` answers a parent's key for activities of its sub-organizations, under the parent's id;
* ``counterseal explain`` is given nothing but the id of an activity, by whoever has the data directory;
* ``get_activity`` may leave the organization out (the Swift client's poll), which then is the stamping credential's.
"""

from __future__ import annotations

import sqlite3

from counterseal.store.records import StoredActivity
from counterseal.store.sqlite.reads import activity_of
from counterseal.store.sqlite.rows import ACTIVITY_COLUMNS, NUMBER_OF_ORGANIZATION
from counterseal.store.uuids import to_bytes, to_text

# Two are enough to know that a key is ambiguous; expired ones are told apart by the caller, who needs them all.
_MATCHES_MAX = 100

_KEYS_WITH_ORGANIZATIONS = "api_keys JOIN organizations ON organizations.number = api_keys.organization_number"
_AUTHENTICATORS_WITH_ORGANIZATIONS = (
    "authenticators JOIN organizations ON organizations.number = authenticators.organization_number"
)


def read_sub_organization_ids_by_public_key(
    connection: sqlite3.Connection, parent_id: str, public_key: str
) -> list[str]:
    """Sub-organizations of this parent in which a key that has not been removed has this public key."""
    rows = connection.execute(
        f"SELECT organizations.id FROM {_KEYS_WITH_ORGANIZATIONS}"
        f" WHERE public_key = ? AND api_keys.parent_number = {NUMBER_OF_ORGANIZATION} AND until IS NULL LIMIT ?",
        (bytes.fromhex(public_key), to_bytes(parent_id), _MATCHES_MAX),
    )
    return [to_text(id_) for (id_,) in rows]


def read_organization_ids_by_public_key(connection: sqlite3.Connection, public_key: str) -> list[str]:
    """Organizations in which a key that has not been removed has this public key."""
    rows = connection.execute(
        f"SELECT organizations.id FROM {_KEYS_WITH_ORGANIZATIONS} WHERE public_key = ? AND until IS NULL LIMIT ?",
        (bytes.fromhex(public_key), _MATCHES_MAX),
    )
    return [to_text(id_) for (id_,) in rows]


def read_sub_organization_ids_by_credential_id(
    connection: sqlite3.Connection, parent_id: str, credential_id: str
) -> list[str]:
    """Sub-organizations of this parent in which an authenticator that has not been removed has this credential id.

    The oldest come first: whoever registers a foreign credential id later cannot push its owner out of the list.
    """
    rows = connection.execute(
        f"SELECT organizations.id FROM {_AUTHENTICATORS_WITH_ORGANIZATIONS}"
        f" WHERE credential_id = ? AND authenticators.parent_number = {NUMBER_OF_ORGANIZATION} AND until IS NULL"
        " ORDER BY organization_number LIMIT ?",
        (credential_id, to_bytes(parent_id), _MATCHES_MAX),
    )
    return [to_text(id_) for (id_,) in rows]


def read_organization_ids_by_credential_id(connection: sqlite3.Connection, credential_id: str) -> list[str]:
    """Organizations in which an authenticator that has not been removed has this credential id, the oldest first."""
    rows = connection.execute(
        f"SELECT organizations.id FROM {_AUTHENTICATORS_WITH_ORGANIZATIONS}"
        " WHERE credential_id = ? AND until IS NULL ORDER BY organization_number LIMIT ?",
        (credential_id, _MATCHES_MAX),
    )
    return [to_text(id_) for (id_,) in rows]


def read_sub_organization_activity(
    connection: sqlite3.Connection, parent_id: str, activity_id: str
) -> StoredActivity | None:
    """An activity of any sub-organization of this parent."""
    columns = ", ".join(f"activities.{column}" for column in ACTIVITY_COLUMNS.split(", "))
    row = connection.execute(
        f"SELECT {columns} FROM activities JOIN organizations ON organizations.id = activities.organization_id"
        " WHERE activities.id = ? AND parent_id = ?",
        (to_bytes(activity_id), to_bytes(parent_id)),
    ).fetchone()
    return None if row is None else activity_of(connection, row)


def read_organization_id_of_activity(connection: sqlite3.Connection, activity_id: str) -> str | None:
    """The organization of an activity of any family."""
    row = connection.execute("SELECT organization_id FROM activities WHERE id = ?", (to_bytes(activity_id),)).fetchone()
    return None if row is None else to_text(row[0])
