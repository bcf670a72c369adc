"""CREATE_USERS: add users with their credentials."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.new_users import USERS_MAX, add_users
from counterseal.contract.errors import LimitExceeded
from counterseal.contract.rules import some
from counterseal.contract.shapes import CreateUsersIntentV4, CreateUsersResult
from counterseal.organizations import View
from counterseal.world import World


@activity("CREATE_USERS")
def create_users(intent: CreateUsersIntentV4, view: View, world: World) -> Outcome:
    """Add users, none of them to the root quorum: all or none, ids in the order of the request.

    Errors: an empty list, a bad name, e-mail, phone number or key, a user without a lasting credential (400), a public
    key that lives in the organization already (409), more than 100 users (429), features that are not here yet (501).
    Source: Turnkey API reference, create_users; resource limits.
    """
    some(intent.users, "parameters.users")
    organization = view.organization
    if len(organization.users) + len(intent.users) > USERS_MAX:
        raise LimitExceeded(
            f"organization has exceeded maximum users: it has {len(organization.users)} of at most {USERS_MAX}"
        )
    ids, changes = add_users(
        intent.users, "users", organization=organization, features=organization.features, world=world
    )
    return Outcome(result=CreateUsersResult(user_ids=ids), changes=tuple(changes))
