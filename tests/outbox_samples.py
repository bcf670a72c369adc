"""Events on their way to webhooks, and what may become of them, for tests of stores and followers."""

from __future__ import annotations

from counterseal.store import Ending, Line, NewDelivery, Settlement
from sample import NOW_MS, ORGANIZATION_ID, PARENT_ID, uuid

HERE, THERE = uuid(0xC1), uuid(0xC2)
"""Channels."""
ENDPOINT = uuid(0xE0)


def delivery(number: int, *, to: str = HERE, in_: str = ORGANIZATION_ID, body: bytes = b"") -> NewDelivery:
    return NewDelivery(
        channel_id=to,
        organization_id=in_,
        owner_id=PARENT_ID,
        endpoint_id=ENDPOINT,
        event_id=uuid(number),
        created_ms=NOW_MS + number,
        body=body or f"event {number}".encode(),
    )


def ended(line: Line, ending: Ending = Ending.DELIVERED, *, at: int = 0, due: int = 0, reason: str = "") -> Settlement:
    event = line.events[at]
    return Settlement(
        channel_id=line.channel_id,
        organization_id=line.organization_id,
        sequence=event.sequence,
        event_id=event.event_id,
        ending=ending,
        tries=line.tries + 1,
        due_ms=NOW_MS + due,
        now_ms=NOW_MS,
        reason=reason,
    )
