"""list_app_proofs: the proofs that an activity was given."""

from __future__ import annotations

from counterseal.contract.errors import NotFound
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import GetAppProofsRequest
from counterseal.queries.pieces import Pieces, joined
from counterseal.queries.registry import QueryContext, query
from counterseal.queries.shown_proofs import array_of_proofs


@query("list_app_proofs")
async def list_app_proofs(request: GetAppProofsRequest, context: QueryContext) -> bytes:
    """Those of an activity of the organization or of one of its sub-organizations; none if none were asked for.

    Errors: an id that is no UUID (400), an unknown activity (404). Source: Turnkey API reference, list_app_proofs.
    """
    activity_id = uuid(request.activity_id, "activityId")
    activity = await context.reader.activity_of_family(activity_id)
    if activity is None:
        raise NotFound(f"no activity found with ID {activity_id} in organization {context.organization.id}")
    proofs, viewer = await context.reader.proofs_of(activity), context.viewer
    pieces = Pieces(context.turns, viewer.organization_id)
    return await joined([b'{"appProofs":', *await array_of_proofs(proofs, pieces, viewer.room), b"}"])
