"""DELETE_SUB_ORGANIZATION: a sub-organization ends itself."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import InvalidRequest
from counterseal.contract.shapes import DeleteSubOrganizationIntent, DeleteSubOrganizationResult
from counterseal.organizations import OrganizationDeleted, View
from counterseal.world import World


@activity("DELETE_SUB_ORGANIZATION")
def delete_sub_organization(_intent: DeleteSubOrganizationIntent, view: View, world: World) -> Outcome:
    """Remove all users and credentials of this sub-organization; its parent reads its history for ever.

    ``deleteWithoutExport`` would spare keys that have not been exported; there are no such keys yet.
    Errors: an organization that is not a sub-organization (400).
    Source: Turnkey docs, sub-organizations: only its own root users may delete it, never the parent.
    """
    organization = view.organization
    if not organization.is_sub_organization:
        raise InvalidRequest(f"organization {organization.id} is not a sub-organization: it cannot be deleted")
    return Outcome(
        result=DeleteSubOrganizationResult(sub_organization_uuid=organization.id),
        changes=(OrganizationDeleted(deleted_ms=world.now_ms),),
    )
