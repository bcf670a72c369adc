"""CREATE_API_ONLY_USERS: add users whose only credentials are API keys on P-256."""

from __future__ import annotations

from msgspec.structs import asdict

from counterseal.activities.registry import Outcome, activity
from counterseal.activities.users.new_users import add_users, refuse_too_many_users
from counterseal.contract.rules import some
from counterseal.contract.shapes import (
    ApiKeyCurve,
    ApiKeyParamsV2,
    ApiOnlyUserParams,
    CreateApiOnlyUsersIntent,
    CreateApiOnlyUsersResult,
    UserParamsV4,
)
from counterseal.organizations import View
from counterseal.world import World


@activity("CREATE_API_ONLY_USERS")
def create_api_only_users(intent: CreateApiOnlyUsersIntent, view: View, world: World) -> Outcome:
    """Add users as CREATE_USERS does, in the form of its first version: all or none, ids in the order of the request.

    Errors: those of CREATE_USERS. Source: Turnkey's protocol files, activity types.
    """
    some(intent.api_only_users, "parameters.apiOnlyUsers")
    organization = view.organization
    refuse_too_many_users(organization, arriving=len(intent.api_only_users))
    users = [_user(each) for each in intent.api_only_users]
    ids, changes = add_users(
        users, "apiOnlyUsers", organization=organization, features=organization.features, world=world
    )
    return Outcome(result=CreateApiOnlyUsersResult(user_ids=ids), changes=tuple(changes))


def _user(params: ApiOnlyUserParams) -> UserParamsV4:
    keys = [ApiKeyParamsV2(**asdict(key), curve_type=ApiKeyCurve.P256) for key in params.api_keys]
    return UserParamsV4(**asdict(params) | {"api_keys": keys})
