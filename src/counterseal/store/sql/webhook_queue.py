"""Events on their way to webhooks, as rows: lines, the events of each, and what was given up.

A line counts its events. So whether one is left is seen in its own row, which whoever adds or takes one has locked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from counterseal.store.outbox import LEASE_MS, DeadLetter, Ending, Line, QueuedEvent, Settlement
from counterseal.store.records import NewDelivery
from counterseal.store.sql import tables
from counterseal.store.sql import webhook_statements as statements
from counterseal.store.sql.query import Query, Read, Row, Write
from counterseal.store.uuids import to_bytes, to_text

RUN = 8
"""Events of a line that are read together."""
SMALL_BYTES = 16 * 1024
"""Larger ones are read one at a time."""
LINES_DROPPED = 200

_CHANNELS = (
    "WITH RECURSIVE channels (id) AS ("
    "SELECT (SELECT channel_id FROM webhook_lines ORDER BY channel_id LIMIT 1)"
    " UNION ALL SELECT (SELECT channel_id FROM webhook_lines WHERE channel_id > channels.id"
    " ORDER BY channel_id LIMIT 1) FROM channels WHERE channels.id IS NOT NULL)"
    " SELECT id, (SELECT due_ms FROM webhook_lines WHERE channel_id = channels.id ORDER BY due_ms LIMIT 1)"
    " FROM channels WHERE id IS NOT NULL"
)
_LINES = (
    "SELECT lines.organization_id, owner_id, endpoint_id, tries, due_ms, sequence, event_id, created_ms, body FROM"
    " (SELECT organization_id, owner_id, endpoint_id, tries, due_ms, (SELECT sequence FROM webhook_events"
    " WHERE webhook_events.channel_id = webhook_lines.channel_id"
    " AND webhook_events.organization_id = webhook_lines.organization_id ORDER BY sequence LIMIT 1) AS head"
    " FROM webhook_lines WHERE channel_id = ? AND due_ms <= ? ORDER BY due_ms LIMIT ?) lines"
    " JOIN webhook_events ON webhook_events.channel_id = ? AND webhook_events.organization_id = lines.organization_id"
    f" AND (sequence = head OR (sequence > head AND sequence < head + {RUN} AND length(body) <= {SMALL_BYTES}))"
    " ORDER BY due_ms, lines.organization_id, sequence"
)
_LETTER = "event_id, channel_id, organization_id, owner_id, endpoint_id, created_ms, died_ms, reason"


def add(deliveries: Sequence[NewDelivery]) -> list[Write]:
    """What puts these at the ends of their lines, in the same transaction as what they tell of."""
    if not deliveries:
        return []
    counts = Counter((each.channel_id, each.organization_id) for each in deliveries)
    first = {(each.channel_id, each.organization_id): each for each in reversed(deliveries)}
    so_far: Counter[tuple[str, str]] = Counter()
    events: list[Row] = []
    for each in deliveries:
        line = (each.channel_id, each.organization_id)
        so_far[line] += 1
        events.append(
            (
                to_bytes(each.channel_id),
                to_bytes(each.organization_id),
                so_far[line],
                to_bytes(each.event_id),
                each.created_ms,
                each.body,
            )
        )
    lines = [
        (
            to_bytes(channel_id),
            to_bytes(organization_id),
            to_bytes(first[channel_id, organization_id].owner_id),
            to_bytes(first[channel_id, organization_id].endpoint_id),
            count,
            0,
            first[channel_id, organization_id].created_ms,
        )
        for (channel_id, organization_id), count in sorted(counts.items())
    ]
    return [*statements.LENGTHEN_LINES.of(lines), *statements.ADD_EVENTS.of(events)]


def read_channels_due() -> Read[dict[str, int]]:
    """Each channel that has lines, found by going from one to the next in the index, with its first time."""
    rows = yield Query(_CHANNELS, is_all=True)
    return {to_text(id_): due_ms for id_, due_ms in rows}


def read_lines_due(channel_id: str, now_ms: int, limit: int) -> Read[list[Line]]:
    """Lines with their first events, up to the first that is missing in between because it is large."""
    channel = to_bytes(channel_id)
    rows = yield Query(_LINES, (channel, now_ms, limit, channel), is_all=True)
    found: dict[bytes, list[Row]] = {}
    for row in rows:
        of_line = found.setdefault(row[0], [])
        if not of_line or row[5] == of_line[-1][5] + 1:
            of_line.append(row)
    return [_line(channel_id, of_line) for of_line in found.values()]


def _line(channel_id: str, rows: Sequence[Row]) -> Line:
    organization_id, owner_id, endpoint_id, tries, due_ms = rows[0][:5]
    return Line(
        channel_id=channel_id,
        organization_id=to_text(organization_id),
        owner_id=to_text(owner_id),
        endpoint_id=to_text(endpoint_id),
        tries=tries,
        due_ms=due_ms,
        events=tuple(
            QueuedEvent(sequence=sequence, event_id=to_text(event_id), created_ms=created_ms, body=bytes(body))
            for *_, sequence, event_id, created_ms, body in rows
        ),
    )


def settle(each: Settlement) -> list[Write]:
    """What one transaction does to remember a settlement. Its guard is that the event is still there."""
    line = to_bytes(each.channel_id), to_bytes(each.organization_id)
    event = (*line, each.sequence, to_bytes(each.event_id))
    if each.ending is Ending.TRIED:
        return [*statements.TRY_LATER.of([(*event, each.tries, each.due_ms)])]
    writes: list[Write] = []
    if each.ending is Ending.BURIED:
        writes += statements.BURY_EVENTS.of([(*event, each.now_ms, each.reason)])
        writes += statements.COUNT_DEATHS.of([(line[0],)])
    else:
        writes += tables.WEBHOOK_DEATHS.delete([(line[0],)])
    writes += statements.TAKE_EVENTS.of([event])
    writes += statements.SHORTEN_LINES.of([(*line, each.due_ms)])
    writes += statements.END_LINES.of([line])
    return writes


def read_some_lines(channel_id: str) -> Read[list[bytes]]:
    """The organizations of a few of a channel's lines."""
    rows = yield Query(
        "SELECT organization_id FROM webhook_lines WHERE channel_id = ? ORDER BY organization_id LIMIT ?",
        (to_bytes(channel_id), LINES_DROPPED),
        is_all=True,
    )
    return [bytes(id_) for (id_,) in rows]


def drop(channel_id: str, organization_ids: Sequence[bytes]) -> list[Write]:
    """What ends these lines with all their events."""
    lines = [(to_bytes(channel_id), id_) for id_ in organization_ids]
    return [
        *statements.DROP_LINES.of(lines),
        *statements.DROP_EVENTS.of(lines),
        *tables.WEBHOOK_DEATHS.delete([(to_bytes(channel_id),)]),
    ]


def read_deaths_in_a_row(channel_id: str) -> Read[int]:
    """None since one was delivered is 0."""
    rows = yield Query("SELECT in_a_row FROM webhook_deaths WHERE channel_id = ?", (to_bytes(channel_id),), is_all=True)
    return int(rows[0][0]) if rows else 0


def read_oldest_delivery_ms() -> Read[int | None]:
    """The first in the index."""
    rows = yield Query("SELECT created_ms FROM webhook_events ORDER BY created_ms LIMIT 1", is_all=True)
    return int(rows[0][0]) if rows else None


def read_dead_letters(owner_id: str | None, after: DeadLetter | None, limit: int) -> Read[list[DeadLetter]]:
    """In the order of the primary key; the few of one owner are found among all."""
    place = (bytes(16), bytes(16)) if after is None else (to_bytes(after.event_id), to_bytes(after.channel_id))
    whose = "" if owner_id is None else " AND owner_id = ?"
    rows = yield Query(
        f"SELECT {_LETTER} FROM webhook_dead_letters WHERE (event_id, channel_id) > (?, ?){whose}"
        " ORDER BY event_id, channel_id LIMIT ?",
        (*place, *(() if owner_id is None else (to_bytes(owner_id),)), limit),
        is_all=True,
    )
    return [_letter(row) for row in rows]


def _letter(row: Row) -> DeadLetter:
    event_id, channel_id, organization_id, owner_id, endpoint_id, created_ms, died_ms, reason = row
    return DeadLetter(
        event_id=to_text(event_id),
        channel_id=to_text(channel_id),
        organization_id=to_text(organization_id),
        owner_id=to_text(owner_id),
        endpoint_id=to_text(endpoint_id),
        created_ms=created_ms,
        died_ms=died_ms,
        reason=reason,
    )


def read_body(letter: DeadLetter) -> Read[bytes | None]:
    """What a dead letter says, if it is still there."""
    rows = yield Query(
        "SELECT body FROM webhook_dead_letters WHERE event_id = ? AND channel_id = ?",
        (to_bytes(letter.event_id), to_bytes(letter.channel_id)),
        is_all=True,
    )
    return bytes(rows[0][0]) if rows else None


def revive(letter: DeadLetter, body: bytes, *, channel_id: str, now_ms: int) -> list[Write]:
    """What takes it from among the dead and puts it at the end of its line, to be tried at once."""
    again = NewDelivery(
        channel_id=channel_id,
        organization_id=letter.organization_id,
        owner_id=letter.owner_id,
        endpoint_id=letter.endpoint_id,
        event_id=letter.event_id,
        created_ms=now_ms,
        body=body,
    )
    return [*statements.TAKE_DEAD_LETTERS.of([(to_bytes(letter.event_id), to_bytes(letter.channel_id))]), *add([again])]


def forget_dead_letters(before_event_id: str) -> list[Write]:
    """What deletes those of older events."""
    return [*statements.FORGET_DEAD_LETTERS.of([(to_bytes(before_event_id),)])]


def read_lease(name: str) -> Read[tuple[str, int] | None]:
    """Who has it, and until when."""
    rows = yield Query("SELECT holder, until_ms FROM leases WHERE name = ?", (name,), is_all=True)
    return (rows[0][0], int(rows[0][1])) if rows else None


def take_lease(name: str, holder: str, now_ms: int) -> list[Write]:
    """What gives it to the holder, unless another has it."""
    return [*statements.TAKE_LEASES.of([(name, holder, now_ms + LEASE_MS)])]


def drop_lease(name: str, holder: str) -> list[Write]:
    """What lets others have it."""
    return [*statements.DROP_LEASES.of([(name, holder)])]
