"""UPDATE_ROOT_QUORUM: another threshold, other root users."""

from __future__ import annotations

from counterseal.activities.organizations.quorum import quorum_of
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import uuid
from counterseal.contract.shapes import UpdateRootQuorumIntent, UpdateRootQuorumResult
from counterseal.organizations import RootQuorumChanged, View
from counterseal.world import World


@activity("UPDATE_ROOT_QUORUM")
def update_root_quorum(intent: UpdateRootQuorumIntent, view: View, _world: World) -> Outcome:
    """Replace the root quorum. Only the present root quorum may, never a policy.

    Errors (400): threshold below 1 or above the number of members, unknown or repeated members.
    Source: Turnkey docs, root quorum; policy language, root quorum activities.
    """
    user_ids = [uuid(id_, f"userIds[{at}]") for at, id_ in enumerate(intent.user_ids)]
    quorum = quorum_of(intent.threshold, user_ids, known_user_ids=view.organization.users)
    return Outcome(result=UpdateRootQuorumResult(), changes=(RootQuorumChanged(quorum=quorum),))
