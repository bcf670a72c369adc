"""The columns of all tables, and every statement that writes to them. None of them knows a kind of item or row."""

from __future__ import annotations

from typing import NamedTuple

from counterseal.store.sql.query import Alter, Columns, Delete, Given, Insert, Rows, Type
from counterseal.store.sql.spans import SPAN_UNTIL_GIVEN

_BYTES, _NUMBER, _TEXT = Type.BYTES, Type.NUMBER, Type.TEXT


class Table(NamedTuple):
    """A table by its name, its columns, and the first so many of these that are its primary key."""

    name: str
    columns: Columns
    key: int

    def insert(self, rows: Rows) -> list[Insert]:
        """New rows, if there are any."""
        return [Insert(self.name, Given(self.columns, rows))] if rows else []

    def delete(self, keys: Rows) -> list[Delete]:
        """The rows of these primary keys go, if there are any."""
        return [Delete(self.name, Given(self.columns[: self.key], keys))] if keys else []


class Statement(NamedTuple):
    """A statement over ``given`` rows of these columns."""

    text: str
    columns: Columns
    guard: str | None = None

    def of(self, rows: Rows) -> list[Alter]:
        """For these, if there are any."""
        return [Alter(self.text, Given(self.columns, rows), self.guard)] if rows else []


def _some(table: Table, *of: str) -> Columns:
    return tuple(column for column in table.columns if column[0] in of)


ORGANIZATIONS = Table(
    "organizations", (("id", _BYTES), ("parent_id", _BYTES), ("created_ms", _NUMBER), ("version", _NUMBER)), key=1
)
ITEMS = Table(
    "items",
    (
        ("organization_id", _BYTES),
        ("span", _NUMBER),
        ("owner_id", _BYTES),
        ("kind", _TEXT),
        ("id", _BYTES),
        ("since", _NUMBER),
        ("until", _NUMBER),
        ("place", _NUMBER),
        ("data", _BYTES),
    ),
    key=6,
)
KEYS = Table(
    "keys",
    (
        ("name", _TEXT),
        ("value", _BYTES),
        ("parent_id", _BYTES),
        ("organization_created_ms", _NUMBER),
        ("organization_id", _BYTES),
        ("slot", _BYTES),
        ("item_id", _BYTES),
    ),
    key=6,
)
ACTIVITIES = Table(
    "activities",
    (
        ("id", _BYTES),
        ("organization_id", _BYTES),
        ("type", _TEXT),
        ("fingerprint", _BYTES),
        ("status", _NUMBER),
        ("result", _BYTES),
        ("failure", _BYTES),
        ("created_ms", _NUMBER),
        ("updated_ms", _NUMBER),
        ("resolved", _TEXT),
    ),
    key=1,
)
VOTES = Table(
    "votes",
    (
        ("activity_id", _BYTES),
        ("ordinal", _NUMBER),
        ("id", _BYTES),
        ("user_id", _BYTES),
        ("credential_id", _BYTES),
        ("public_key", _TEXT),
        ("scheme", _TEXT),
        ("signature", _TEXT),
        ("message", _BYTES),
        ("selection", _NUMBER),
        ("organization_version", _NUMBER),
        ("created_ms", _NUMBER),
        ("decision", _TEXT),
    ),
    key=2,
)
RESOURCES = Table(
    "resources",
    (("organization_id", _BYTES), ("kind", _TEXT), ("id", _BYTES), ("revision", _NUMBER), ("data", _BYTES)),
    key=3,
)
SECRETS = Table("secrets", (("organization_id", _BYTES), ("id", _BYTES), ("sealed", _BYTES)), key=2)
EVENTS = Table("events", (("id", _BYTES), ("organization_id", _BYTES), ("topic", _TEXT), ("data", _BYTES)), key=1)
BOOT_PROOFS = Table(
    "boot_proofs",
    (("proof_key", _BYTES), ("created_ms", _NUMBER), ("document", _BYTES), ("manifest", _BYTES), ("envelope", _BYTES)),
    key=1,
)
SEALED_SECRETS = Table("sealed_secrets", (("name", _TEXT), ("public_key", _TEXT), ("sealed", _BYTES)), key=1)
LEDGER_PENDING = Table(
    "ledger_pending",
    (
        ("place", _NUMBER),
        ("organization_id", _BYTES),
        ("activity_id", _BYTES),
        ("ordinal", _NUMBER),
        ("effects", _BYTES),
    ),
    key=1,
)
LEDGER_LOGS = Table(
    "ledger_logs",
    (("log", _NUMBER), ("origin", _TEXT), ("size", _NUMBER), ("signed_ms", _NUMBER), ("checkpoint", _BYTES)),
    key=1,
)
LEDGER_ENTRIES = Table(
    "ledger_entries",
    (
        ("log", _NUMBER),
        ("seq", _NUMBER),
        ("kind", _TEXT),
        ("organization_id", _BYTES),
        ("activity_id", _BYTES),
        ("ordinal", _NUMBER),
        ("effects", _BYTES),
        ("previous", _BYTES),
        ("at_ms", _NUMBER),
        ("salt", _BYTES),
        ("commitment", _BYTES),
    ),
    key=2,
)
LEDGER_CHAINS = Table("ledger_chains", (("organization_id", _BYTES), ("records", _NUMBER), ("head", _BYTES)), key=1)
LEDGER_TILES = Table(
    "ledger_tiles", (("log", _NUMBER), ("level", _NUMBER), ("tile", _NUMBER), ("hashes", _BYTES)), key=3
)
_CHANNEL: Columns = (("channel_id", _BYTES),)
_LINE: Columns = (*_CHANNEL, ("organization_id", _BYTES))
_ENDPOINT: Columns = (("owner_id", _BYTES), ("endpoint_id", _BYTES))
WEBHOOK_LINES = Table(
    "webhook_lines", (*_LINE, *_ENDPOINT, ("queued", _NUMBER), ("tries", _NUMBER), ("due_ms", _NUMBER)), key=2
)
WEBHOOK_EVENTS = Table(
    "webhook_events",
    (*_LINE, ("sequence", _NUMBER), ("event_id", _BYTES), ("created_ms", _NUMBER), ("body", _BYTES)),
    key=3,
)
WEBHOOK_DEAD_LETTERS = Table(
    "webhook_dead_letters",
    (
        ("event_id", _BYTES),
        *_LINE,
        *_ENDPOINT,
        ("created_ms", _NUMBER),
        ("died_ms", _NUMBER),
        ("reason", _TEXT),
        ("body", _BYTES),
    ),
    key=2,
)
WEBHOOK_DEATHS = Table("webhook_deaths", (*_CHANNEL, ("in_a_row", _NUMBER)), key=1)
LEASES = Table("leases", (("name", _TEXT), ("holder", _TEXT), ("until_ms", _NUMBER)), key=1)

TABLES = (
    *(ORGANIZATIONS, ITEMS, KEYS, ACTIVITIES, VOTES, RESOURCES, SECRETS, EVENTS, BOOT_PROOFS, SEALED_SECRETS),
    *(LEDGER_PENDING, LEDGER_LOGS, LEDGER_ENTRIES, LEDGER_CHAINS, LEDGER_TILES),
    *(WEBHOOK_LINES, WEBHOOK_EVENTS, WEBHOOK_DEAD_LETTERS, WEBHOOK_DEATHS, LEASES),
)
"""In an order in which rows can be added."""

VERSIONS: Columns = (("id", _BYTES), ("version", _NUMBER))
"""Organizations with the versions that something rests on."""
REVISIONS: Columns = RESOURCES.columns[:4]
"""Rows with the revisions that something rests on."""

SET_VERSIONS = Statement(
    "UPDATE organizations SET version = given.version FROM given"
    " WHERE organizations.id = given.id AND organizations.version = given.rests_on",
    (*VERSIONS, ("rests_on", _NUMBER)),
    guard="an organization has another version by now",
)

_OF_GIVEN_ITEM = (
    "items.organization_id = given.organization_id AND items.span = 0 AND items.owner_id = given.owner_id"
    " AND items.kind = given.kind AND items.id = given.id"
)
REPLACE_ITEMS = Statement(
    "INSERT INTO items (organization_id, span, owner_id, kind, id, since, until, place, data)"
    " SELECT given.organization_id, given.span, given.owner_id, given.kind, given.id, given.since, given.until,"
    f" items.place, given.data FROM given CROSS JOIN items ON [{_OF_GIVEN_ITEM}]",
    _some(ITEMS, "organization_id", "span", "owner_id", "kind", "id", "since", "until", "data"),
)
"""Values of items that are stored already, whose places they keep. To be run before ``END_ITEMS``."""
END_ITEMS = Statement(
    f"UPDATE items SET until = given.until, span = {SPAN_UNTIL_GIVEN} FROM given"
    f" WHERE {_OF_GIVEN_ITEM} AND items.since < given.until",
    _some(ITEMS, "organization_id", "owner_id", "kind", "id", "until"),
)

_GIVEN_KEY = " AND ".join(f"keys.{name} = given.{name}" for name, _ in KEYS.columns[: KEYS.key])
PASS_KEYS = Statement(f"UPDATE keys SET item_id = given.item_id FROM given WHERE {_GIVEN_KEY}", KEYS.columns)
"""Keys that go from one item to another."""

SET_ACTIVITIES = Statement(
    "UPDATE activities SET status = given.status, result = given.result, failure = given.failure,"
    " updated_ms = given.updated_ms FROM given"
    " WHERE activities.id = given.id AND activities.organization_id = given.organization_id",
    tuple(
        column for column in ACTIVITIES.columns if column[0] not in {"type", "fingerprint", "created_ms", "resolved"}
    ),
)

_OF_GIVEN_RESOURCE = " AND ".join(f"resources.{name} = given.{name}" for name, _ in RESOURCES.columns[: RESOURCES.key])
REPLACE_RESOURCES = Statement(
    f"UPDATE resources SET revision = given.revision, data = given.data FROM given WHERE {_OF_GIVEN_RESOURCE}",
    RESOURCES.columns,
)
REPLACE_SECRETS = Statement(
    "INSERT INTO secrets (organization_id, id, sealed) SELECT organization_id, id, sealed FROM given WHERE true"
    " ON CONFLICT (organization_id, id) DO UPDATE SET sealed = excluded.sealed",
    SECRETS.columns,
)
"""In the place of secrets that the same batch erases, if they are stored: no row is written twice."""
ADD_SEALED_SECRETS = Statement(
    "INSERT INTO sealed_secrets (name, public_key, sealed) SELECT name, public_key, sealed FROM given WHERE true"
    " ON CONFLICT (name) DO NOTHING",
    SEALED_SECRETS.columns,
)

NEW_IN_LEDGER = Table(LEDGER_PENDING.name, LEDGER_PENDING.columns[1:], key=0)
"""What the sequencer has to put into the ledger, as it is added: the database gives it its place."""
