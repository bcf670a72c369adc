"""DELETE_USERS: users go, and all their credentials at once with them."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.rules import uuids
from counterseal.contract.shapes import DeleteUsersIntent, DeleteUsersResult
from counterseal.organizations import UserRemoved, View
from counterseal.world import World


@activity("DELETE_USERS")
def delete_users(intent: DeleteUsersIntent, view: View, _world: World) -> Outcome:
    """Remove users: all of them or none. Root users stay until the root quorum changes, so the last user does too.

    Errors: an empty list, a member of the root quorum (400), an unknown user (404).
    Source: Turnkey API reference, delete_users; error table ("quorum users missing").
    """
    ids = [view.user(id_).id for id_ in uuids(intent.user_ids, "parameters.userIds")]
    root_users = [id_ for id_ in ids if id_ in view.organization.quorum.user_ids]
    if root_users:
        raise InvalidRequest(f"quorum users missing: {', '.join(root_users)} cannot go while in the root quorum")
    return Outcome(result=DeleteUsersResult(user_ids=ids), changes=tuple(UserRemoved(user_id=id_) for id_ in ids))
