"""CREATE_POLICY: one rule in the policy language."""

from __future__ import annotations

from counterseal.activities.policies.rules import new_policy, refuse_costly, refuse_taken_names, refuse_too_many
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import CreatePolicyIntentV3, CreatePolicyResult
from counterseal.organizations import PolicySet, View
from counterseal.policy import Budget
from counterseal.world import World


@activity("CREATE_POLICY")
def create_policy(intent: CreatePolicyIntentV3, view: View, world: World) -> Outcome:
    """Add a policy; it decides from the next request on.

    Errors: a condition, consensus or time that does not check, a policy that costs too much, a name that is taken, the
    selectors of versions 1 and 2 (400), more than 100 policies, or more than all may cost together (429).
    Source: Turnkey API reference, create_policy; docs/policy-language.md.
    """
    refuse_too_many(1, view.organization)
    policy = new_policy(intent, world, budget=Budget())
    refuse_taken_names([policy], view.organization)
    refuse_costly([policy], view.organization)
    return Outcome(result=CreatePolicyResult(policy_id=policy.id), changes=(PolicySet(policy=policy),))
