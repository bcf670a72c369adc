"""A policy as the wire shows it."""

from __future__ import annotations

from counterseal.contract import shapes, timestamp
from counterseal.organizations import Policy


def policy_object(policy: Policy) -> shapes.Policy:
    """The wire's policy: absent texts are empty, as in the service's replies."""
    return shapes.Policy(
        policy_id=policy.id,
        policy_name=policy.name,
        effect=policy.effect,
        condition=policy.condition or "",
        consensus=policy.consensus or "",
        time=policy.time,
        notes=policy.notes,
        created_at=timestamp(policy.created_ms),
        updated_at=timestamp(policy.updated_ms),
    )
