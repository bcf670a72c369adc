"""An organization as authorization sees it: an immutable snapshot, the kinds of change, and the one fold."""

from counterseal.organizations.changes import (
    ApiKeyAdded,
    ApiKeyRemoved,
    Change,
    OrganizationCreated,
    RootQuorumChanged,
    UserAdded,
)
from counterseal.organizations.fold import apply_changes
from counterseal.organizations.snapshot import (
    ApiKey,
    Quorum,
    Snapshot,
    User,
    meets_credential_floor,
)
from counterseal.organizations.view import View

__all__ = [
    "ApiKey",
    "ApiKeyAdded",
    "ApiKeyRemoved",
    "Change",
    "OrganizationCreated",
    "Quorum",
    "RootQuorumChanged",
    "Snapshot",
    "User",
    "UserAdded",
    "View",
    "apply_changes",
    "meets_credential_floor",
]
