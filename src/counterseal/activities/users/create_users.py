"""CREATE_USERS: add users with their credentials."""

from __future__ import annotations

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.new_users import add_users, refuse_too_many_users
from counterseal.contract.rules import some
from counterseal.contract.shapes import CreateUsersIntentV4, CreateUsersResult
from counterseal.organizations import View
from counterseal.world import World


@activity("CREATE_USERS")
def create_users(intent: CreateUsersIntentV4, view: View, world: World) -> Outcome:
    """Add users, none of them to the root quorum: all or none, ids in the order of the request.

    Errors: an empty list, a bad name, e-mail, phone number or key, a user without a lasting credential (400), an
    unknown tag (404), a public key that lives in the organization already (409), more than 100 users (429), features
    that are not here yet (501).
    Source: Turnkey API reference, create_users; resource limits.
    """
    some(intent.users, "parameters.users")
    organization = view.organization
    refuse_too_many_users(organization, arriving=len(intent.users))
    ids, changes = add_users(
        intent.users, "users", organization=organization, features=organization.features, world=world
    )
    return Outcome(result=CreateUsersResult(user_ids=ids), changes=tuple(changes))
