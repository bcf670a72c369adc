"""UPDATE_ORGANIZATION_NAME: another name for this organization."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import label
from counterseal.contract.shapes import UpdateOrganizationNameIntent, UpdateOrganizationNameResult
from counterseal.organizations import OrganizationRenamed, View
from counterseal.world import World


@activity("UPDATE_ORGANIZATION_NAME")
def update_organization_name(intent: UpdateOrganizationNameIntent, view: View, _world: World) -> Outcome:
    """Rename the organization. Only the root quorum may, never a policy. Names need not be unique.

    Errors: a bad name (400). Source: Turnkey API reference, update_organization_name; policy language, root quorum
    activities.
    """
    name = label(intent.organization_name, "organizationName")
    return Outcome(
        result=UpdateOrganizationNameResult(organization_id=view.organization.id, organization_name=name),
        changes=(OrganizationRenamed(name=name),),
    )
