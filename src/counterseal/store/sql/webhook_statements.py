"""Statements that write to the tables of webhooks, and to leases."""

from __future__ import annotations

from counterseal.store.outbox import LEASE_MS
from counterseal.store.sql.query import Columns, Type
from counterseal.store.sql.tables import LEASES, WEBHOOK_DEATHS, WEBHOOK_EVENTS, WEBHOOK_LINES, Statement

_LINE: Columns = WEBHOOK_LINES.columns[:2]
_EVENT: Columns = WEBHOOK_EVENTS.columns[:4]
_LETTER: Columns = (("event_id", Type.BYTES), ("channel_id", Type.BYTES))
_OF_GIVEN_LINE = "webhook_lines.channel_id = given.channel_id AND webhook_lines.organization_id = given.organization_id"
_GIVEN_LINES = "(channel_id, organization_id) IN (SELECT channel_id, organization_id FROM given)"
_JOINED_EVENT = " AND ".join(f"webhook_events.{name} = given.{name}" for name, _ in _EVENT)

LENGTHEN_LINES = Statement(
    "INSERT INTO webhook_lines (channel_id, organization_id, owner_id, endpoint_id, queued, tries, due_ms)"
    " SELECT channel_id, organization_id, owner_id, endpoint_id, queued, tries, due_ms FROM given WHERE true"
    " ON CONFLICT (channel_id, organization_id) DO UPDATE SET queued = webhook_lines.queued + excluded.queued",
    WEBHOOK_LINES.columns,
)
"""So many events more at the end of each line, which begins with them if it is not there."""
ADD_EVENTS = Statement(
    "INSERT INTO webhook_events (channel_id, organization_id, sequence, event_id, created_ms, body)"
    " SELECT given.channel_id, given.organization_id, given.sequence + COALESCE((SELECT MAX(queued.sequence)"
    " FROM webhook_events queued WHERE queued.channel_id = given.channel_id"
    " AND queued.organization_id = given.organization_id), 0), given.event_id, given.created_ms, given.body FROM given",
    WEBHOOK_EVENTS.columns,
)
"""At the ends of lines: ``sequence`` counts those of the same statement, from 1."""

TRY_LATER = Statement(
    "UPDATE webhook_lines SET tries = given.tries, due_ms = given.due_ms"
    f" FROM given CROSS JOIN webhook_events ON [{_JOINED_EVENT}] WHERE {_OF_GIVEN_LINE}",
    (*_EVENT, ("tries", Type.NUMBER), ("due_ms", Type.NUMBER)),
)
BURY_EVENTS = Statement(
    "INSERT INTO webhook_dead_letters (event_id, channel_id, organization_id, owner_id, endpoint_id, created_ms,"
    " died_ms, reason, body) SELECT given.event_id, given.channel_id, given.organization_id, webhook_lines.owner_id,"
    " webhook_lines.endpoint_id, webhook_events.created_ms, given.died_ms, given.reason, webhook_events.body"
    f" FROM given CROSS JOIN webhook_events ON [{_JOINED_EVENT}] CROSS JOIN webhook_lines ON [{_OF_GIVEN_LINE}]",
    (*_EVENT, ("died_ms", Type.NUMBER), ("reason", Type.TEXT)),
)
COUNT_DEATHS = Statement(
    "INSERT INTO webhook_deaths (channel_id, in_a_row) SELECT channel_id, 1 FROM given WHERE true"
    " ON CONFLICT (channel_id) DO UPDATE SET in_a_row = webhook_deaths.in_a_row + 1",
    WEBHOOK_DEATHS.columns[:1],
)
TAKE_EVENTS = Statement(
    "DELETE FROM webhook_events WHERE (channel_id, organization_id, sequence, event_id) IN"
    " (SELECT channel_id, organization_id, sequence, event_id FROM given)",
    _EVENT,
    guard="the event is not on its way any more",
)
SHORTEN_LINES = Statement(
    f"UPDATE webhook_lines SET queued = queued - 1, tries = 0, due_ms = given.due_ms FROM given WHERE {_OF_GIVEN_LINE}",
    (*_LINE, ("due_ms", Type.NUMBER)),
)
END_LINES = Statement(f"DELETE FROM webhook_lines WHERE queued <= 0 AND {_GIVEN_LINES}", _LINE)
"""Those that are empty."""
DROP_LINES = Statement(f"DELETE FROM webhook_lines WHERE {_GIVEN_LINES}", _LINE)
DROP_EVENTS = Statement(f"DELETE FROM webhook_events WHERE {_GIVEN_LINES}", _LINE)

TAKE_DEAD_LETTERS = Statement(
    "DELETE FROM webhook_dead_letters WHERE (event_id, channel_id) IN (SELECT event_id, channel_id FROM given)",
    _LETTER,
    guard="the event is not among the dead any more",
)
FORGET_DEAD_LETTERS = Statement(
    "DELETE FROM webhook_dead_letters WHERE event_id < (SELECT event_id FROM given)", _LETTER[:1]
)

TAKE_LEASES = Statement(
    "INSERT INTO leases (name, holder, until_ms) SELECT name, holder, until_ms FROM given WHERE true"
    " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms"
    f" WHERE leases.holder = excluded.holder OR leases.until_ms <= excluded.until_ms - {LEASE_MS}",
    LEASES.columns,
)
"""Of the holder's own, and those that have lapsed."""
DROP_LEASES = Statement(
    "DELETE FROM leases WHERE (name, holder) IN (SELECT name, holder FROM given)", LEASES.columns[:2]
)
