"""Organizations with policies, made by ordinary requests: those of a scenario, and those of its honest twin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from counterseal.crypto import Curve, generate_key_pair
from hostile.costly import Stage, Tenant, user_params

Body = dict[str, Any]

KEYS_A_USER = 3
USERS_AT_ONCE = 50


@dataclass(frozen=True)
class Policed:
    """An organization: ``member`` may do nothing, the quorum are ``root`` and another, so that neither may alone."""

    root: Tenant
    member: Tenant


def policed(
    stage: Stage, policies: list[Body], *, users: int, pending: Callable[[], tuple[str, Body]], pending_count: int
) -> Policed:
    """One with these policies and so many users in all; ``pending`` is what waits for the rest of the quorum."""
    root = _organization(stage)
    members: list[Tenant] = []
    for start in range(1, users, USERS_AT_ONCE):
        names = [f"user {number}" for number in range(start, min(start + USERS_AT_ONCE, users))]
        keys = [[generate_key_pair(Curve.P256) for _ in range(KEYS_A_USER)] for _ in names]
        params = [user_params(name, *own) for name, own in zip(names, keys, strict=True)]
        made = stage.submit("create_users", "CREATE_USERS_V4", {"users": params}, by=root)
        members += [
            Tenant(root.organization_id, user_id, own[0]) for user_id, own in zip(made["userIds"], keys, strict=True)
        ]
    for policy in policies:
        stage.submit("create_policy", "CREATE_POLICY_V3", policy, by=root)
    quorum = {"threshold": 2, "userIds": [root.user_id, members[-1].user_id]}
    stage.submit("update_root_quorum", "UPDATE_ROOT_QUORUM", quorum, by=root)
    for _ in range(pending_count):
        stage.wait_for_consensus(*pending(), by=root)
    return Policed(root=root, member=members[0])


def _organization(stage: Stage) -> Tenant:
    key = generate_key_pair(Curve.P256)
    parameters = {
        "subOrganizationName": "policed",
        "rootUsers": [user_params("user 0", key)],
        "rootQuorumThreshold": 1,
    }
    first = Tenant(stage.server.organization_id, stage.server.user_id, stage.server.key)
    made = stage.submit("create_sub_organization", "CREATE_SUB_ORGANIZATION_V8", parameters, by=first)
    return Tenant(made["subOrganizationId"], made["rootUserIds"][0], key)
