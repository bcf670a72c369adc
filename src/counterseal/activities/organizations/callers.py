"""Who may not ask for what, whatever policies say: kinds that are for top-level organizations alone."""

from __future__ import annotations

from counterseal.contract.errors import InvalidRequest
from counterseal.organizations import Snapshot


def refuse_sub_organization(organization: Snapshot, what: str) -> None:
    """Raises InvalidRequest for a sub-organization; ``what`` is what only a parent may do."""
    if organization.is_sub_organization:
        raise InvalidRequest(
            f"organization {organization.id} is a sub-organization: only a parent may {what}",
            code="INVALID_ACTIVITY_CALLER",
        )
