"""DELETE_POLICY: remove a rule."""

from __future__ import annotations

from counterseal.activities.policies.rules import existing_policy
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import DeletePolicyIntent, DeletePolicyResult
from counterseal.organizations import PolicyRemoved, View
from counterseal.world import World


@activity("DELETE_POLICY")
def delete_policy(intent: DeletePolicyIntent, view: View, _world: World) -> Outcome:
    """Remove a policy. Errors: an unknown one (404). Source: Turnkey API reference, delete_policy."""
    policy = existing_policy(intent.policy_id, view.organization)
    return Outcome(result=DeletePolicyResult(policy_id=policy.id), changes=(PolicyRemoved(policy_id=policy.id),))
