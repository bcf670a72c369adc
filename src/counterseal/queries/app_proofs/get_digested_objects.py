"""get_digested_objects, an operation of our own: of what are the digests in the proof of a policy outcome?"""

from __future__ import annotations

from counterseal.contract import encode
from counterseal.contract.errors import NotFound
from counterseal.contract.extensions import GetDigestedObjectsRequest
from counterseal.contract.rules import uuid
from counterseal.organizations import Snapshot, digested_data_of
from counterseal.queries.pieces import Pieces, joined, text
from counterseal.queries.registry import QueryContext, query


@query("get_digested_objects")
async def get_digested_objects(request: GetDigestedObjectsRequest, context: QueryContext) -> bytes:
    """The decision, and the organization as it was then, for whoever may read the activity; as canonical JSON.

    The parent is not shown to users of a sub-organization, who may not read it.
    Errors: an id that is no UUID (400), an unknown activity, or one that was given no proofs (404).
    """
    activity_id = uuid(request.activity_id, "activityId")
    activity = await context.reader.activity_of_family(activity_id)
    proofs = [] if activity is None else await context.reader.proofs_of(activity)
    if activity is None or not proofs:
        raise NotFound(f"no activity with proofs found with ID {activity_id} in organization {context.organization.id}")
    (proven,), viewer = proofs, context.viewer
    pieces = Pieces(context.turns, viewer.organization_id)

    async def shown(organization: Snapshot | None) -> list[bytes]:
        if organization is None:
            raise LookupError(f"an organization of the proofs of activity {activity_id} is not on record")
        found: list[bytes] = []
        for piece in digested_data_of(organization).text():
            viewer.room.fill(len(piece))
            found.append(encode(piece.decode())[1:-1])
            await pieces.add(len(piece))
        return [b'"', *found, b'"']

    viewer.room.fill(len(proven.context))
    parts = [b'{"decisionContext":', *await text(proven.context, pieces)]
    then = await context.reader.as_of(activity, proven.organization_version)
    parts += [b',"organizationData":', *await shown(then)]
    if then is not None and then.parent_id == viewer.organization_id and proven.parent_version is not None:
        parent = await context.reader.parent_as_of(then, proven.parent_version)
        parts += [b',"parentOrganizationData":', *await shown(parent)]
    return await joined([*parts, b"}"])
