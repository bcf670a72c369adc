"""DELETE_POLICIES: remove several rules at once."""

from __future__ import annotations

from counterseal.activities.policies.rules import existing_policy
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import uuids
from counterseal.contract.shapes import DeletePoliciesIntent, DeletePoliciesResult
from counterseal.organizations import PolicyRemoved, View
from counterseal.world import World


@activity("DELETE_POLICIES")
def delete_policies(intent: DeletePoliciesIntent, view: View, _world: World) -> Outcome:
    """Remove policies: all of them or none. Errors: an empty list, one named twice (400), an unknown one (404).

    Source: Turnkey API reference, delete_policies.
    """
    ids = uuids(intent.policy_ids, "parameters.policyIds")
    removed = [existing_policy(id_, view.organization, "policyIds") for id_ in ids]
    return Outcome(
        result=DeletePoliciesResult(policy_ids=ids),
        changes=tuple(PolicyRemoved(policy_id=policy.id) for policy in removed),
    )
