"""UPDATE_USER_EMAIL: another e-mail address for a user, or none."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.credential_floor import keep_credential_floor
from counterseal.contract.errors import NotImplementedHere
from counterseal.contract.rules import email, uuid
from counterseal.contract.shapes import UpdateUserEmailIntent, UpdateUserEmailResult
from counterseal.organizations import UserChanged, View
from counterseal.world import World


@activity("UPDATE_USER_EMAIL")
def update_user_email(intent: UpdateUserEmailIntent, view: View, world: World) -> Outcome:
    """Replace the address; an empty one removes it.

    Errors: a bad address, or the removal of the user's last lasting way in (400), an unknown user (404), a
    verification token, which this server does not issue yet (501).
    Source: Turnkey API reference, update_user_email: "Setting this to an empty string will remove the user's email."
    """
    if intent.verification_token:
        raise NotImplementedHere("`verificationToken` of update_user_email is not implemented")
    user = view.user(uuid(intent.user_id, "userId"))
    address = email(intent.user_email) if intent.user_email else None
    changed = replace(user, email=address, updated_ms=world.now_ms)
    keep_credential_floor(changed, view.organization.features)
    return Outcome(result=UpdateUserEmailResult(user_id=user.id), changes=(UserChanged(user=changed),))
