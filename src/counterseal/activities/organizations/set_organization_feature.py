"""SET_ORGANIZATION_FEATURE: switch something on for this organization, or give it another value."""

from __future__ import annotations

import re

from counterseal.activities.registry import Outcome, activity
from counterseal.contract.errors import InvalidRequest, NotImplementedHere, quoted
from counterseal.contract.origins import fault_of_origin
from counterseal.contract.rules import label
from counterseal.contract.shapes import FeatureName, SetOrganizationFeatureIntent, SetOrganizationFeatureResult
from counterseal.organizations import FeaturesChanged, View, feature_list
from counterseal.world import World

ORIGINS_MAX = 100
ORIGINS_CHARACTERS_MAX = 8192
"""Of all origins together; a host's name has at most 253."""

# Named, so that a feature which the model gains is refused until somebody has built it.
_HERE = frozenset(
    {
        FeatureName.WEBAUTHN_ORIGINS,
        FeatureName.EMAIL_AUTH,
        FeatureName.EMAIL_RECOVERY,
        FeatureName.OTP_EMAIL_AUTH,
        FeatureName.SMS_AUTH,
        FeatureName.ROOT_USER_EMAIL_RECOVERY,
    }
)
# As Android writes that of an app: the SHA-256 of its certificate, whose last digit has four bits only.
_APP = re.compile(r"android:apk-key-hash:[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")


@activity("SET_ORGANIZATION_FEATURE")
def set_organization_feature(intent: SetOrganizationFeatureIntent, view: View, _world: World) -> Outcome:
    """Set a feature, or its value anew; the result lists all that are set. Only the root quorum may, never a policy.

    ``FEATURE_NAME_WEBAUTHN_ORIGINS`` takes one origin or several with commas between them. Log-in methods are
    switches: whatever their value says, they are on while they are set.
    Errors: a bad value (400), a feature that this server does not have (501): to accept it would promise what never
    happens. Source: Turnkey API reference, set_organization_feature; Turnkey docs, organizations, features.
    """
    if intent.name not in _HERE:
        raise NotImplementedHere(f"`{intent.name}` is not implemented")
    features = view.organization.features | {intent.name.value: _value(intent)}
    return Outcome(
        result=SetOrganizationFeatureResult(features=feature_list(features)),
        changes=(FeaturesChanged(features=features),),
    )


def _value(intent: SetOrganizationFeatureIntent) -> str:
    if intent.name is FeatureName.WEBAUTHN_ORIGINS:
        return _origins(intent.value or "")
    return label(intent.value, "value") if intent.value else ""


def _origins(text: str) -> str:
    if len(text) > ORIGINS_CHARACTERS_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {ORIGINS_CHARACTERS_MAX} characters, got {len(text)} at `value`"
        )
    if text.count(",") >= ORIGINS_MAX:
        raise InvalidRequest(f"invalid request body: expected at most {ORIGINS_MAX} origins at `value`")
    origins = [origin.strip(" \t") for origin in text.split(",")]
    for origin in origins:
        fault = None if _APP.fullmatch(origin) else fault_of_origin(origin)
        if fault is not None:
            raise InvalidRequest(
                "invalid request body: expected an origin as browsers write it, got"
                f" {quoted(origin)} ({fault}) at `value`"
            )
    return ",".join(origins)
