"""What files of schema version 3 hold, moved into the tables of version 4.

Version 3 had a table for each kind, whose rows were in the order of their numbers. Of tags, and of what an organization
says of itself, it kept no history: these count as having been so from the first version on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import msgspec

from counterseal.store.uuids import NOBODY, to_text

_OLD = ("votes", "activities", "policies", "tags", "authenticators", "api_keys", "users", "organizations")
"""In an order in which they can be dropped: what refers to others comes first."""

_OPTIONAL = {
    "condition",
    "consensus",
    "deleted_ms",
    "email",
    "expiration_seconds",
    "features",
    "phone_number",
    "tag_ids",
    "time",
}
_AT_ONCE = 1_000
_PLACES = 1 << 20

_USERS = """
SELECT organizations.id, parent_id, organizations.created_ms, users.since, until, span, first.since, rank, users.id,
  users.name, email, phone_number, tag_ids, users.created_ms, users.updated_ms
FROM old_users AS users JOIN old_organizations AS organizations ON organizations.number = users.organization_number
JOIN (
  SELECT id, organization_number, since,
    row_number() OVER (PARTITION BY organization_number, since ORDER BY number) - 1 AS rank
  FROM (SELECT id, organization_number, min(since) AS since, min(number) AS number FROM old_users
    WHERE until IS NOT since GROUP BY id, organization_number)
) AS first ON first.id = users.id AND first.organization_number = users.organization_number
WHERE until IS NOT users.since ORDER BY organizations.id
"""
_CREDENTIALS = """
SELECT organizations.id, parent_id, organizations.created_ms, since, until, span, since,
  row_number() OVER (PARTITION BY organization_number, since ORDER BY credentials.number) - 1, credentials.id, user_id,
  credentials.name, {columns}
FROM old_{table} AS credentials
JOIN old_organizations AS organizations ON organizations.number = credentials.organization_number
WHERE until IS NOT since ORDER BY organizations.id
"""
_API_KEYS = _CREDENTIALS.format(
    table="api_keys", columns="type, curve, public_key, credentials.created_ms, expiration_seconds"
)
_AUTHENTICATORS = _CREDENTIALS.format(
    table="authenticators",
    columns="credential_id, public_key, aaguid, attestation_type, model, transports, rp_id_hash,"
    " credentials.created_ms",
)
_TAGS = """
SELECT organizations.id, parent_id, organizations.created_ms, 1, NULL, 0, 1,
  row_number() OVER (PARTITION BY organization_id ORDER BY tags.number) - 1, tags.id,
  tags.name, type, tags.created_ms, updated_ms
FROM old_tags AS tags JOIN old_organizations AS organizations ON organizations.id = tags.organization_id
ORDER BY organizations.id
"""
_POLICIES = """
SELECT organizations.id, parent_id, organizations.created_ms, policies.since, until, span, first.since, rank,
  policies.id, policies.name, effect, condition, consensus, time, notes, policies.created_ms, updated_ms
FROM old_policies AS policies JOIN old_organizations AS organizations ON organizations.id = policies.organization_id
JOIN (
  SELECT id, organization_id, since,
    row_number() OVER (PARTITION BY organization_id, since ORDER BY number) - 1 AS rank
  FROM (SELECT id, organization_id, min(since) AS since, min(number) AS number FROM old_policies
    WHERE until IS NOT since GROUP BY id, organization_id)
) AS first ON first.id = policies.id AND first.organization_id = policies.organization_id
WHERE until IS NOT policies.since ORDER BY organizations.id
"""
_PROFILES = """
SELECT id, parent_id, created_ms, 1, NULL, 0, 1, 0, id, name, root_threshold, root_user_ids, features, deleted_ms
FROM old_organizations ORDER BY id
"""

_COPIES = (
    "INSERT INTO organizations SELECT id, parent_id, created_ms, version FROM old_organizations ORDER BY id",
    "INSERT INTO activities SELECT id, organization_id, type, fingerprint, status, result, failure, created_ms,"
    " updated_ms, resolved FROM old_activities ORDER BY rowid",
    "INSERT INTO votes SELECT activity_id, row_number() OVER (PARTITION BY activity_id ORDER BY number) - 1, id,"
    " user_id, credential_id, public_key, scheme, signature, message, selection, organization_version, created_ms,"
    " decision FROM old_votes ORDER BY activity_id",
    "INSERT INTO sealed_secrets SELECT name, public_key, sealed FROM old_sealed_secrets",
)
_ADD_ITEMS = "INSERT INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ADD_KEYS = "INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)"

Row = Sequence[Any]


def move_rows(connection: sqlite3.Connection, make_tables: Callable[[], None]) -> None:
    """Put the tables that are there out of the way, make those of version 4, fill them, and drop the old ones."""
    old = (*_OLD, "sealed_secrets")
    indexes = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for (index,) in indexes:
        connection.execute(f"DROP INDEX {index}")
    connection.execute("DROP TABLE powers_of_two")
    for table in old:
        connection.execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    make_tables()
    for copy in _COPIES:
        connection.execute(copy)
    for kind, query, content in _KINDS:
        _move(connection, kind, query, content)
    for table in old:
        connection.execute(f"DROP TABLE old_{table}")


def _move(connection: sqlite3.Connection, kind: str, query: str, content: Callable[[bytes, Row], Content]) -> None:
    rows = connection.execute(query)
    while some := list(islice(rows, _AT_ONCE)):
        items: list[Row] = []
        keys: list[Row] = []
        for organization_id, parent_id, created_ms, since, until, span, first, rank, id_, *columns in some:
            owner_id, data, looked_for = content(id_, columns)
            place = first * _PLACES + rank
            items.append((organization_id, span, owner_id, kind, id_, since, until, place, _json(data)))
            if until is None:
                family = (parent_id or NOBODY, created_ms, organization_id)
                keys += ((name, value, *family, slot, id_) for name, value, slot in looked_for)
        connection.executemany(_ADD_ITEMS, items)
        connection.executemany(_ADD_KEYS, keys)


Content = tuple[bytes, dict[str, Any], list[tuple[str, bytes, bytes]]]
"""Of an item: its owner, its JSON, and its keys: name, value, and what makes them distinct."""


def _profile(id_: bytes, columns: Row) -> Content:
    name, threshold, user_ids, features, deleted_ms = columns
    quorum = {"threshold": threshold, "userIds": _ids(user_ids)}
    features = msgspec.json.decode(features)
    data = {"id": to_text(id_), "name": name, "quorum": quorum, "features": features, "deleted_ms": deleted_ms}
    keys = [] if deleted_ms is not None else [("organization", b"", id_), ("organization_name", name.encode(), id_)]
    return NOBODY, data, keys


def _user(id_: bytes, columns: Row) -> Content:
    name, email, phone_number, tag_ids, created_ms, updated_ms = columns
    data = {
        "id": to_text(id_),
        "name": name,
        "created_ms": created_ms,
        "updated_ms": updated_ms,
        "email": email,
        "phone_number": phone_number,
        "tag_ids": _ids(tag_ids),
    }
    keys = [("user_name", name.encode(), id_)]
    keys += [] if email is None else [("email", email.encode().lower(), id_)]
    keys += [] if phone_number is None else [("phone_number", phone_number.encode(), id_)]
    return id_, data, keys


def _api_key(id_: bytes, columns: Row) -> Content:
    user_id, name, type_, curve, public_key, created_ms, expiration_seconds = columns
    data = {
        "id": to_text(id_),
        "user_id": to_text(user_id),
        "name": name,
        "type": type_,
        "curve": curve,
        "public_key": public_key.hex(),
        "created_ms": created_ms,
        "expiration_seconds": expiration_seconds,
    }
    return user_id, data, [("public_key", public_key, b"")]


def _authenticator(id_: bytes, columns: Row) -> Content:
    user_id, name, credential_id, public_key, aaguid, attestation_type, model, transports, rp_id_hash, created = columns
    data = {
        "id": to_text(id_),
        "user_id": to_text(user_id),
        "name": name,
        "credential_id": credential_id,
        "public_key": public_key,
        "aaguid": aaguid,
        "attestation_type": attestation_type,
        "model": model,
        "transports": msgspec.json.decode(transports),
        "rp_id_hash": rp_id_hash,
        "created_ms": created,
    }
    return user_id, data, [("credential_id", credential_id.encode(), b"")]


def _tag(id_: bytes, columns: Row) -> Content:
    names = ("name", "type", "created_ms", "updated_ms")
    return NOBODY, {"id": to_text(id_)} | dict(zip(names, columns, strict=True)), []


def _policy(id_: bytes, columns: Row) -> Content:
    names = ("name", "effect", "condition", "consensus", "time", "notes", "created_ms", "updated_ms")
    return NOBODY, {"id": to_text(id_)} | dict(zip(names, columns, strict=True)), []


_KINDS: tuple[tuple[str, str, Callable[[bytes, Row], Content]], ...] = (
    ("profile", _PROFILES, _profile),
    ("user", _USERS, _user),
    ("api_key", _API_KEYS, _api_key),
    ("authenticator", _AUTHENTICATORS, _authenticator),
    ("tag", _TAGS, _tag),
    ("policy", _POLICIES, _policy),
)


def _ids(joined: bytes) -> list[str]:
    return [to_text(joined[at : at + 16]) for at in range(0, len(joined), 16)]


def _json(data: dict[str, Any]) -> bytes:
    """Without what is not there, as the items of version 4 are written."""
    return msgspec.json.encode({name: value for name, value in data.items() if value or name not in _OPTIONAL})
