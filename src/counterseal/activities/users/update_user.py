"""UPDATE_USER: another name, e-mail address, phone number or other tags."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.user_tags.tagging import known_tag_ids
from counterseal.contract.rules import email, label, phone, uuid
from counterseal.contract.shapes import UpdateUserIntent, UpdateUserResult
from counterseal.organizations import UserChanged, View
from counterseal.world import World


@activity("UPDATE_USER")
def update_user(intent: UpdateUserIntent, view: View, world: World) -> Outcome:
    """Change what is given and keep the rest. An empty list of tags gives none: several clients always send a list.

    An e-mail address or phone number can be replaced here but not removed: empty ones are refused.
    Errors: a bad name, e-mail address, phone number or list (400), an unknown user or tag (404).
    Source: Turnkey API reference, update_user.
    """
    user = view.user(uuid(intent.user_id, "userId"))
    if intent.user_name is not None:
        user = replace(user, name=label(intent.user_name, "userName"))
    if intent.user_email is not None:
        user = replace(user, email=email(intent.user_email))
    if intent.user_phone_number is not None:
        user = replace(user, phone_number=phone(intent.user_phone_number))
    if intent.user_tag_ids:
        user = replace(user, tag_ids=known_tag_ids(intent.user_tag_ids, "userTagIds", view.organization))
    return Outcome(
        result=UpdateUserResult(user_id=user.id),
        changes=(UserChanged(user=replace(user, updated_ms=world.now_ms)),),
    )
