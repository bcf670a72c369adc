"""CREATE_AUTHENTICATORS: register passkeys and security keys of a user."""

from __future__ import annotations

from counterseal.activities.authenticators.new_authenticators import (
    add_authenticators,
    authenticators_from,
    refuse_repeated_credential_ids,
)
from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import some, uuid
from counterseal.contract.shapes import CreateAuthenticatorsIntentV2, CreateAuthenticatorsResult
from counterseal.organizations import View
from counterseal.world import World


@activity("CREATE_AUTHENTICATORS")
def create_authenticators(intent: CreateAuthenticatorsIntentV2, view: View, world: World) -> Outcome:
    """Register authenticators of a user: all of them or none, ids in the order of the request.

    The relying party is the one of the registration, and later stamps must come from the same.
    Errors: an empty list, a bad name, an attestation that does not fit its challenge or has no key of ES256 or RS256
    (400), an unknown user (404), a credential id that lives in the organization already (409), too many (429).
    Source: Turnkey API reference, create_authenticators; resource limits.
    """
    some(intent.authenticators, "parameters.authenticators")
    user = view.user(uuid(intent.user_id, "userId"))
    authenticators = authenticators_from(intent.authenticators, "authenticators", user_id=user.id, world=world)
    refuse_repeated_credential_ids(authenticators)
    changes = add_authenticators(user, authenticators, organization=view.organization)
    result = CreateAuthenticatorsResult(authenticator_ids=[authenticator.id for authenticator in authenticators])
    return Outcome(result=result, changes=tuple(changes))
