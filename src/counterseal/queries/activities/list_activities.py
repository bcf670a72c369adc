"""list_activities: the activities of an organization, newest first."""

from __future__ import annotations

from typing import Any

from counterseal.contract.shapes import GetActivitiesRequest
from counterseal.queries.page import page
from counterseal.queries.registry import QueryContext, query
from counterseal.store import ActivityStatus

_STATUSES = {f"ACTIVITY_STATUS_{status.name}": status for status in ActivityStatus}


@query("list_activities")
async def list_activities(request: GetActivitiesRequest, context: QueryContext) -> dict[str, Any]:
    """A page by id: ``after`` continues with older ones, ``before`` with newer. A type matches exactly, versions apart.

    Filters admit any of their values, and both must admit. A status that no activity of this server takes admits none.
    Errors: a limit outside 1–100, a cursor that is no UUID, an unknown status or type (400).
    Source: Turnkey API reference, list_activities.
    """
    limit, before, after = page(request.pagination_options)
    wanted = request.filter_by_status or []
    statuses = [_STATUSES[name] for name in wanted if name in _STATUSES]
    if wanted and not statuses:
        return {"activities": []}
    activities = await context.store.list_activities(
        context.organization.id,
        statuses=statuses,
        types=request.filter_by_type or [],
        limit=limit,
        before=before,
        after=after,
    )
    return {"activities": [await context.render_activity(activity, context.viewer) for activity in activities]}
