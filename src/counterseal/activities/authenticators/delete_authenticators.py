"""DELETE_AUTHENTICATORS: remove passkeys and security keys of a user."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.credential_floor import keep_credential_floor
from counterseal.contract.rules import uuid, uuids
from counterseal.contract.shapes import DeleteAuthenticatorsIntent, DeleteAuthenticatorsResult
from counterseal.organizations import AuthenticatorRemoved, View
from counterseal.world import World


@activity("DELETE_AUTHENTICATORS")
def delete_authenticators(intent: DeleteAuthenticatorsIntent, view: View, _world: World) -> Outcome:
    """Remove authenticators: all of them or none. The one that stamps may be one of them.

    Errors: an empty list or the user's last lasting credential (400), an unknown user or authenticator (404).
    Source: Turnkey API reference, delete_authenticators; the credential floor of users.
    """
    user = view.user(uuid(intent.user_id, "userId"))
    ids = uuids(intent.authenticator_ids, "parameters.authenticatorIds")
    removed = [view.authenticator(user, id_) for id_ in ids]
    rest = tuple(authenticator for authenticator in user.authenticators if authenticator.id not in ids)
    keep_credential_floor(replace(user, authenticators=rest), view.organization.features)
    return Outcome(
        result=DeleteAuthenticatorsResult(authenticator_ids=ids),
        changes=tuple(AuthenticatorRemoved(authenticator=authenticator) for authenticator in removed),
    )
