"""Users as requests describe them, for CREATE_USERS and for the root users of a new sub-organization."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from counterseal.activities.api_keys.key_ring import add_api_keys, api_keys_from, refuse_repeated_public_keys
from counterseal.contract.errors import InvalidRequest, NotImplementedHere
from counterseal.contract.rules import email, label, phone
from counterseal.contract.shapes import RootUserParamsV5, UserParamsV4
from counterseal.organizations import ApiKey, Change, Snapshot, User, UserAdded, meets_credential_floor
from counterseal.world import World

USERS_MAX = 100


def add_users(
    params: Sequence[UserParamsV4 | RootUserParamsV5],
    field: str,
    *,
    organization: Snapshot | None,
    features: dict[str, str],
    world: World,
) -> tuple[list[str], list[Change]]:
    """Ids in the order of the request, and the changes that add these users with their credentials.

    ``field`` is the list's wire name. ``organization`` is None while it is being made.
    """
    ids: list[str] = []
    changes: list[Change] = []
    all_keys: list[ApiKey] = []
    for at, param in enumerate(params):
        place = f"{field}[{at}]"
        _refuse_what_is_not_here_yet(param, place)
        user = _user_from(param, place, world)
        keys = api_keys_from(param.api_keys, user_id=user.id, world=world)
        if not meets_credential_floor(replace(user, api_keys=tuple(keys)), features):
            raise InvalidRequest(
                f"user missing valid credential: {place} ({user.name}) needs an API key without expiration, an"
                " authenticator, or an e-mail address or phone number with a login method that is enabled"
            )
        ids.append(user.id)
        changes += [UserAdded(user=user), *add_api_keys(user, keys, organization=organization, world=world)]
        all_keys += keys
    refuse_repeated_public_keys(all_keys)
    return ids, changes


def _user_from(param: UserParamsV4 | RootUserParamsV5, place: str, world: World) -> User:
    return User(
        id=world.new_id(),
        name=label(param.user_name, f"{place}.userName"),
        email=None if param.user_email is None else email(param.user_email),
        phone_number=None
        if param.user_phone_number is None
        else phone(param.user_phone_number, f"{place}.userPhoneNumber"),
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
    )


def _refuse_what_is_not_here_yet(param: UserParamsV4 | RootUserParamsV5, place: str) -> None:
    if param.authenticators:
        raise NotImplementedHere(f"`{place}.authenticators` is not implemented")
    if param.oauth_providers:
        raise NotImplementedHere(f"`{place}.oauthProviders` is not implemented")
    if isinstance(param, UserParamsV4) and param.user_tags:
        raise NotImplementedHere(f"`{place}.userTags` is not implemented")
