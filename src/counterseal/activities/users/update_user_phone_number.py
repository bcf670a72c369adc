"""UPDATE_USER_PHONE_NUMBER: another phone number for a user, or none."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.credential_floor import keep_credential_floor
from counterseal.contract.errors import NotImplementedHere
from counterseal.contract.rules import phone, uuid
from counterseal.contract.shapes import UpdateUserPhoneNumberIntent, UpdateUserPhoneNumberResult
from counterseal.organizations import UserChanged, View
from counterseal.world import World


@activity("UPDATE_USER_PHONE_NUMBER")
def update_user_phone_number(intent: UpdateUserPhoneNumberIntent, view: View, world: World) -> Outcome:
    """Replace the number; an empty one removes it.

    Errors: a bad number, or the removal of the user's last lasting way in (400), an unknown user (404), a
    verification token, which this server does not issue yet (501).
    Source: Turnkey API reference, update_user_phone_number; @turnkey/core removes a number by sending an empty one.
    """
    if intent.verification_token:
        raise NotImplementedHere("`verificationToken` of update_user_phone_number is not implemented")
    user = view.user(uuid(intent.user_id, "userId"))
    number = phone(intent.user_phone_number) if intent.user_phone_number else None
    changed = replace(user, phone_number=number, updated_ms=world.now_ms)
    keep_credential_floor(changed, view.organization.features)
    return Outcome(result=UpdateUserPhoneNumberResult(user_id=user.id), changes=(UserChanged(user=changed),))
