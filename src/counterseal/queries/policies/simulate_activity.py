"""simulate_activity, an operation of our own: what would happen if this user submitted this body?"""

from __future__ import annotations

from counterseal.contract.errors import InvalidRequest, NotFound
from counterseal.contract.extensions import SimulateActivityRequest, SimulateActivityResponse
from counterseal.contract.rules import uuid
from counterseal.queries.registry import QueryContext, query


@query("simulate_activity")
async def simulate_activity(request: SimulateActivityRequest, context: QueryContext) -> SimulateActivityResponse:
    """Nothing is stored. Whoever may read an organization may ask: its users, and those of its parent.

    What is wrong with the body itself is part of the answer. Errors: no user named by a caller of another organization
    (400), an unknown user or credential (404).
    """
    organization, viewer = context.organization, context.viewer
    if request.user_id is not None:
        user_id = uuid(request.user_id, "userId")
    elif viewer.organization_id == organization.id:
        user_id = viewer.user_id
    else:
        raise InvalidRequest("invalid request body: missing field `userId`: the caller is of another organization")
    user = organization.users.get(user_id)
    if user is None:
        raise NotFound(f"unable to find user {user_id} in organization {organization.id}")
    credential_id = None if request.credential_id is None else uuid(request.credential_id, "credentialId")
    own = [*(key.id for key in user.api_keys), *(each.id for each in user.authenticators)]
    if credential_id is not None and credential_id not in own:
        raise NotFound(f"unable to find credential {credential_id} of user {user_id}")
    return await context.simulate(organization, user, credential_id, request.body, viewer.now_ms)
