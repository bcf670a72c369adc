"""get_activity: one activity by its id, the call that every client polls."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetActivityRequest
from counterseal.queries.pieces import joined
from counterseal.queries.registry import QueryContext, query


@query("get_activity", may_omit_organization=True)
async def get_activity(request: GetActivityRequest, context: QueryContext) -> bytes:
    """The activity of the organization or of one of its sub-organizations: clients poll with their own organization.

    Errors: an id that is no UUID (400), an unknown activity (404). Source: Turnkey API reference, get_activity.
    """
    activity_id = uuid(request.activity_id, "activityId")
    activity = await context.reader.activity_of_family(activity_id)
    if activity is None:
        raise NotFound(f"no activity found with ID {activity_id} in organization {context.organization.id}")
    return await joined([b'{"activity":', *await context.render_activity(activity, context.viewer), b"}"])
