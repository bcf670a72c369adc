"""list_activities: the activities of an organization, newest first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec

from counterseal.contract import encode
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import GetActivitiesRequest
from counterseal.queries.page import page
from counterseal.queries.registry import QueryContext, query
from counterseal.store import ActivityStatus, StoredActivity

PAGE_BYTES_MAX = 32 * 1024 * 1024
"""No page of several activities is larger. A body is shown twice, as intent and, escaped, as the message of a vote: the
ten activities of a page that names no limit fit, even if each has the largest body (1 MiB) and one vote."""

_READ_AT_ONCE = 10

_STATUSES = {f"ACTIVITY_STATUS_{status.name}": status for status in ActivityStatus}


@query("list_activities")
async def list_activities(request: GetActivitiesRequest, context: QueryContext) -> dict[str, Any]:
    """A page by id: ``after`` continues with older ones, ``before`` with newer. A type matches exactly, versions apart.

    Filters admit any of their values, and both must admit. A status that no activity of this server takes admits none.
    Errors: a limit outside 1–100, more than 32 MiB, a cursor that is no UUID, an unknown status or type (400).
    Source: Turnkey API reference, list_activities.
    """
    limit, before, after = page(request.pagination_options)
    wanted = request.filter_by_status or []
    statuses = [_STATUSES[name] for name in wanted if name in _STATUSES]
    if wanted and not statuses:
        return {"activities": []}
    walk = _walk(
        context, statuses=statuses, types=request.filter_by_type or [], limit=limit, before=before, after=after
    )
    shown: list[msgspec.Raw] = []
    size = 0
    async for activity in walk:
        rendered = encode(await context.render_activity(activity, context.viewer))
        size += len(rendered)
        if shown and size > PAGE_BYTES_MAX:
            # Never a short page: who pages by the official clients' example takes one for the last.
            raise InvalidRequest(
                f"invalid request body: the page would have more than {PAGE_BYTES_MAX} bytes, ask for at most"
                f" {len(shown)} activities at `paginationOptions.limit`"
            )
        shown.append(msgspec.Raw(rendered))
    return {"activities": shown[::-1] if _is_backwards(before, after) else shown}


async def _walk(
    context: QueryContext,
    *,
    statuses: Sequence[ActivityStatus],
    types: Sequence[str],
    limit: int,
    before: str | None,
    after: str | None,
) -> AsyncIterator[StoredActivity]:
    """The activities of a page from its cursor on, read a few at a time: they may be large."""
    backwards = _is_backwards(before, after)
    while limit:
        wanted = min(limit, _READ_AT_ONCE)
        found = await context.store.list_activities(
            context.organization.id, statuses=statuses, types=types, limit=wanted, before=before, after=after
        )
        for activity in reversed(found) if backwards else found:
            yield activity
        if len(found) < wanted:
            return
        limit -= wanted
        if backwards:
            before = found[0].id
        else:
            after = found[-1].id


def _is_backwards(before: str | None, after: str | None) -> bool:
    """Whether the page ends at its cursor instead of beginning there."""
    return before is not None and after is None
