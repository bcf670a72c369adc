"""UPDATE_POLICY: other content for a rule."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.policies.rules import checked, existing_policy, refuse_costly, refuse_taken_names
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import UpdatePolicyIntentV2, UpdatePolicyResultV2
from counterseal.organizations import PolicySet, View
from counterseal.policy import Budget
from counterseal.world import World


@activity("UPDATE_POLICY")
def update_policy(intent: UpdatePolicyIntentV2, view: View, world: World) -> Outcome:
    """Change what the request names and keep the rest. An empty ``time`` clears it; an empty condition is no text.

    Pending activities are judged by the new content at their next vote. Errors: as CREATE_POLICY, an unknown policy
    (404). Source: Turnkey API reference, update_policy.
    """
    policy = existing_policy(intent.policy_id, view.organization)
    updated = checked(
        replace(
            policy,
            name=policy.name if intent.policy_name is None else intent.policy_name,
            effect=intent.policy_effect or policy.effect,
            condition=policy.condition if intent.policy_condition is None else intent.policy_condition,
            consensus=policy.consensus if intent.policy_consensus is None else intent.policy_consensus,
            time=policy.time if intent.time is None else intent.time or None,
            notes=policy.notes if intent.policy_notes is None else intent.policy_notes,
            updated_ms=world.now_ms,
        ),
        budget=Budget(),
    )
    refuse_taken_names([updated], view.organization)
    refuse_costly([updated], view.organization)
    return Outcome(result=UpdatePolicyResultV2(policy_id=policy.id), changes=(PolicySet(policy=updated),))
