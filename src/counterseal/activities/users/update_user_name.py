"""UPDATE_USER_NAME: another name for a user."""

from __future__ import annotations

from msgspec.structs import replace

from counterseal.activities.registry import Outcome, activity
from counterseal.contract.rules import label, uuid
from counterseal.contract.shapes import UpdateUserNameIntent, UpdateUserNameResult
from counterseal.organizations import UserChanged, View
from counterseal.world import World


@activity("UPDATE_USER_NAME")
def update_user_name(intent: UpdateUserNameIntent, view: View, world: World) -> Outcome:
    """Names need not be unique. Errors: a bad name (400), an unknown user (404).

    Source: Turnkey API reference, update_user_name.
    """
    user = view.user(uuid(intent.user_id, "userId"))
    renamed = replace(user, name=label(intent.user_name, "userName"), updated_ms=world.now_ms)
    return Outcome(result=UpdateUserNameResult(user_id=user.id), changes=(UserChanged(user=renamed),))
