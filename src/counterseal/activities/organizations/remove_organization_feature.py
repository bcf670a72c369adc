"""REMOVE_ORGANIZATION_FEATURE: switch something off for this organization."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.credential_floor import keep_credential_floor
from counterseal.contract.shapes import RemoveOrganizationFeatureIntent, RemoveOrganizationFeatureResult
from counterseal.organizations import FeaturesChanged, View, feature_list
from counterseal.world import World


@activity("REMOVE_ORGANIZATION_FEATURE")
def remove_organization_feature(intent: RemoveOrganizationFeatureIntent, view: View, _world: World) -> Outcome:
    """Remove a feature, set or not; the result lists what is left. Only the root quorum may, never a policy.

    Errors: a log-in method that is the only lasting way in for some user (400).
    Source: Turnkey API reference, remove_organization_feature; Turnkey docs, organizations, features.
    """
    features = {name: value for name, value in view.organization.features.items() if name != intent.name}
    for user in view.organization.users.values():
        keep_credential_floor(user, features)
    return Outcome(
        result=RemoveOrganizationFeatureResult(features=feature_list(features)),
        changes=(FeaturesChanged(features=features),),
    )
