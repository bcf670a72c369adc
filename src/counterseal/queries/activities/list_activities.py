"""list_activities: the activities of an organization, newest first."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import GetActivitiesRequest
from counterseal.queries.page import page
from counterseal.queries.pieces import Pieces, array_of, joined
from counterseal.queries.registry import QueryContext, query
from counterseal.store import ActivityStatus

PAGE_BYTES_MAX = 32 * 1024 * 1024
"""No page of several activities is larger. A body is shown twice, as intent and, escaped, as the message of a vote: the
ten activities of a page that names no limit fit, even if each has the largest body (1 MiB) and one vote."""

_STATUSES = {f"ACTIVITY_STATUS_{status.name}": status for status in ActivityStatus}


@query("list_activities")
async def list_activities(request: GetActivitiesRequest, context: QueryContext) -> bytes:
    """A page by id: ``after`` continues with older ones, ``before`` with newer. A type matches exactly, versions apart.

    Filters admit any of their values, and both must admit. A status that no activity of this server takes admits none.
    An activity on which somebody votes meanwhile is shown as it is when it is its turn. What is for one reader only is
    left out: the body names no activity, and bodies of other queries can be the same bytes.
    Errors: a limit outside 1–100, more than 32 MiB, a cursor that is no UUID, an unknown status or type (400).
    Source: Turnkey API reference, list_activities.
    """
    limit, before, after = page(request.pagination_options)
    wanted = request.filter_by_status or []
    statuses = [_STATUSES[name] for name in dict.fromkeys(wanted) if name in _STATUSES]
    ids: list[str] = []
    if statuses or not wanted:
        ids = await context.reader.activity_ids(
            statuses=statuses,
            types=list(dict.fromkeys(request.filter_by_type or [])),
            limit=limit,
            before=before,
            after=after,
        )
    is_backwards = before is not None and after is None  # then the page ends at its cursor instead of beginning there
    shown = await _shown(ids[::-1] if is_backwards else ids, context)
    if is_backwards:
        shown.reverse()
    return await joined([b'{"activities":', *array_of(shown), b"}"])


async def _shown(ids: list[str], context: QueryContext) -> list[list[bytes]]:
    """Each activity as JSON, in parts; the first is the one next to the cursor."""
    shown: list[list[bytes]] = []
    size, pieces = 0, Pieces(context.turns)
    anybody = replace(context.viewer, has_fresh_stamp=False)
    for id_ in ids:
        activity = await context.reader.activity(id_)
        if activity is None:
            raise LookupError(f"activity {id_} of organization {context.organization.id} is listed and not on record")
        parts = await context.render_activity(activity, anybody)
        bytes_shown = sum(map(len, parts))
        size += bytes_shown
        if shown and size > PAGE_BYTES_MAX:
            # Never a short page: who pages by the official clients' example takes one for the last.
            raise InvalidRequest(
                f"invalid request body: the page would have more than {PAGE_BYTES_MAX} bytes, ask for at most"
                f" {len(shown)} activities at `paginationOptions.limit`"
            )
        shown.append(parts)
        await pieces.add(bytes_shown, was_read=True)  # each may be a small one, and all together are not
    return shown
