"""What holds for every policy that is stored: its name, its texts, how many there may be."""

from __future__ import annotations

from collections.abc import Iterable

from counterseal.contract.errors import InvalidRequest, LimitExceeded, NotFound
from counterseal.contract.rules import label, prose, uuid
from counterseal.contract.shapes import CreatePolicyIntentV3
from counterseal.organizations import Policy, Snapshot
from counterseal.policy import ORGANIZATION_COST_MAX, Budget, check_policy, compile_policies, rule_of
from counterseal.world import World

POLICIES_MAX = 100
NOTES_CHARACTERS_MAX = 4096
TEXT_CHARACTERS_MAX = 8192
"""Of a condition, consensus or time; the language's own bound is as many bytes."""


def new_policy(intent: CreatePolicyIntentV3, world: World, *, budget: Budget, place: str = "") -> Policy:
    """The policy a request describes. Raises InvalidRequest, with line and column for a text that does not check.

    An empty condition or consensus is such a text; an empty ``time`` means always (Turnkey docs, "Time-based
    policies").
    """
    return checked(
        Policy(
            id=world.new_id(),
            name=intent.policy_name,
            effect=intent.effect,
            condition=intent.condition,
            consensus=intent.consensus,
            time=intent.time or None,
            notes=intent.notes or "",
            created_ms=world.now_ms,
            updated_ms=world.now_ms,
        ),
        budget=budget,
        place=place,
    )


def checked(policy: Policy, *, budget: Budget, place: str = "") -> Policy:
    """The policy, if its name, notes and texts may be stored. ``budget`` pays for reading all texts of a request."""
    label(policy.name, f"{place}policyName")
    prose(policy.notes, f"{place}notes", longest=NOTES_CHARACTERS_MAX)
    check_policy(condition=policy.condition, consensus=policy.consensus, time=policy.time, budget=budget)
    for part, text in (("condition", policy.condition), ("consensus", policy.consensus), ("time", policy.time)):
        prose(text or "", f"{place}{part}", longest=TEXT_CHARACTERS_MAX)
    return policy


def refuse_costly(changed: Iterable[Policy], organization: Snapshot) -> None:
    """All policies together must leave a decision the means to be made: each costs whenever anything is decided.

    An organization that has more already may still make it less.
    """
    before = organization.policies
    cost = _cost((before | {policy.id: policy for policy in changed}).values())
    if cost > ORGANIZATION_COST_MAX and cost > _cost(before.values()):
        raise LimitExceeded(
            f"organization has exceeded what its policies may cost: with this they take at least {cost} steps each time"
            f" something is decided, of at most {ORGANIZATION_COST_MAX}"
        )


def _cost(policies: Iterable[Policy]) -> int:
    return sum(compiled.cost for compiled in compile_policies(map(rule_of, policies)))


def refuse_taken_names(policies: Iterable[Policy], organization: Snapshot) -> None:
    """Names are unique in an organization (error table: "policy label must be unique")."""
    new = list(policies)
    replaced = {policy.id for policy in new}
    taken = {policy.name for policy in organization.policies.values() if policy.id not in replaced}
    for policy in new:
        if policy.name in taken:
            raise InvalidRequest(
                f"policy label must be unique: {policy.name!r} is taken in organization {organization.id}"
            )
        taken.add(policy.name)


def refuse_too_many(arriving: int, organization: Snapshot) -> None:
    """At most 100 policies an organization (Turnkey docs, resource limits)."""
    if len(organization.policies) + arriving > POLICIES_MAX:
        raise LimitExceeded(
            f"organization has exceeded maximum policies: it has {len(organization.policies)} of at most {POLICIES_MAX}"
        )


def existing_policy(policy_id: str, organization: Snapshot, field: str = "policyId") -> Policy:
    """A policy of the organization, or NotFound."""
    id_ = uuid(policy_id, field)
    policy = organization.policies.get(id_)
    if policy is None:
        raise NotFound(f"unable to find policy {id_} in organization {organization.id}")
    return policy
