"""CREATE_POLICIES: several rules at once."""

from __future__ import annotations

from counterseal.activities.policies.rules import new_policy, refuse_costly, refuse_taken_names, refuse_too_many
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import some
from counterseal.contract.shapes import CreatePoliciesIntent, CreatePoliciesResult
from counterseal.organizations import PolicySet, View
from counterseal.policy import Budget
from counterseal.world import World


@activity("CREATE_POLICIES")
def create_policies(intent: CreatePoliciesIntent, view: View, world: World) -> Outcome:
    """Add policies: all of them or none, ids in the order of the request.

    Errors: as CREATE_POLICY, an empty list, and more text than can be checked at once (400).

    Source: Turnkey API reference, create_policies.
    """
    some(intent.policies, "parameters.policies")
    refuse_too_many(len(intent.policies), view.organization)
    budget = Budget()
    policies = [
        new_policy(each, world, budget=budget, place=f"policies[{at}].") for at, each in enumerate(intent.policies)
    ]
    refuse_taken_names(policies, view.organization)
    refuse_costly(policies, view.organization)
    return Outcome(
        result=CreatePoliciesResult(policy_ids=[policy.id for policy in policies]),
        changes=tuple(PolicySet(policy=policy) for policy in policies),
    )
