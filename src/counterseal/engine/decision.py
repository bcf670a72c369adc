"""May it happen? Root quorum, then the implicit right over one's own credentials, otherwise no."""

from __future__ import annotations

import enum
from collections.abc import Collection

import msgspec

from counterseal.activities import Unit
from counterseal.organizations import Snapshot, View


class Decision(enum.Enum):
    """What the organization says to an activity, given the votes so far."""

    ALLOWED = enum.auto()
    PENDING = enum.auto()
    DENIED = enum.auto()


def decide(unit: Unit, intent: msgspec.Struct, view: View, *, approver_ids: Collection[str]) -> Decision:
    """The decision on ``intent``. ``approver_ids``: distinct users of the organization whose approvals count.

    Source: Turnkey docs, organizations (decision order) and root quorum. The implicit right is the initiator's alone
    and needs nobody else, so it comes before a root quorum that is only partly met (docs/divergences.md).
    """
    organization = view.organization
    if is_root_quorum_met(organization, approver_ids):
        return Decision.ALLOWED
    if not unit.root_only and unit.owner_of is not None and unit.owner_of(intent, view) == view.initiator_id:
        return Decision.ALLOWED
    if any(user_id in organization.quorum.user_ids for user_id in approver_ids):
        return Decision.PENDING
    return Decision.DENIED


def is_root_quorum_met(organization: Snapshot, approver_ids: Collection[str]) -> bool:
    """Whether enough distinct root users approve."""
    return len(set(organization.quorum.user_ids).intersection(approver_ids)) >= organization.quorum.threshold


def may_approve(organization: Snapshot, user_id: str) -> bool:
    """Whether this user's approval can count for a pending activity."""
    return user_id in organization.quorum.user_ids
