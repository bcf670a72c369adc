"""UPDATE_POLICY: other content for a rule."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.policies.rules import checked, existing_policy, refuse_taken_names
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.shapes import UpdatePolicyIntentV2, UpdatePolicyResultV2
from counterseal.organizations import PolicySet, View
from counterseal.world import World


@activity("UPDATE_POLICY")
def update_policy(intent: UpdatePolicyIntentV2, view: View, world: World) -> Outcome:
    """Change what the request names and keep the rest; an empty condition, consensus or time clears it.

    Pending activities are judged by the new content at their next vote. Errors: as CREATE_POLICY, an unknown policy
    (404). Source: Turnkey API reference, update_policy.
    """
    policy = existing_policy(intent.policy_id, view.organization)
    updated = checked(
        replace(
            policy,
            name=policy.name if intent.policy_name is None else intent.policy_name,
            effect=intent.policy_effect or policy.effect,
            condition=_text(intent.policy_condition, policy.condition),
            consensus=_text(intent.policy_consensus, policy.consensus),
            time=_text(intent.time, policy.time),
            notes=policy.notes if intent.policy_notes is None else intent.policy_notes,
            updated_ms=world.now_ms,
        )
    )
    refuse_taken_names([updated], view.organization)
    return Outcome(result=UpdatePolicyResultV2(policy_id=policy.id), changes=(PolicySet(policy=updated),))


def _text(given: str | None, held: str | None) -> str | None:
    return held if given is None else given or None
