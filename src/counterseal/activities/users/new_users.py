"""Users as requests describe them, for CREATE_USERS and for the root users of a new sub-organization."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from counterseal.activities.api_keys.key_ring import add_api_keys, api_keys_from, refuse_repeated_public_keys
from counterseal.activities.authenticators.new_authenticators import (
    add_authenticators,
    authenticators_from,
    refuse_repeated_credential_ids,
)
from counterseal.activities.user_tags.tagging import known_tag_ids
from counterseal.contract.errors import InvalidRequest, LimitExceeded, NotImplementedHere
from counterseal.contract.rules import email, label, phone
from counterseal.contract.shapes import RootUserParamsV5, UserParamsV4
from counterseal.organizations import ApiKey, Authenticator, Change, Snapshot, User, UserAdded, meets_credential_floor
from counterseal.world import World

USERS_MAX = 100

CREDENTIALS_AT_ONCE_MAX = 250
"""API keys and authenticators of all the users of one request. A hundred users, as many as there may be, can have two
each and some more. Each has a point of a curve to be checked, for somebody who may turn out not to be allowed: up to
50 µs, in which nobody else is served."""


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
    _refuse_too_many_credentials(params)
    ids: list[str] = []
    changes: list[Change] = []
    all_keys: list[ApiKey] = []
    all_authenticators: list[Authenticator] = []
    for at, param in enumerate(params):
        place = f"{field}[{at}]"
        _refuse_what_is_not_here_yet(param, place)
        user = _user_from(param, place, organization, world)
        keys = api_keys_from(param.api_keys, user_id=user.id, world=world)
        authenticators = authenticators_from(
            param.authenticators, f"{place}.authenticators", user_id=user.id, world=world
        )
        with_credentials = replace(user, api_keys=tuple(keys), authenticators=tuple(authenticators))
        if not meets_credential_floor(with_credentials, features):
            raise InvalidRequest(
                f"user missing valid credential: {place} ({user.name}) needs an API key without expiration, an"
                " authenticator, or an e-mail address or phone number with a login method that is enabled"
            )
        ids.append(user.id)
        changes += [
            UserAdded(user=user),
            *add_api_keys(user, keys, organization=organization, world=world),
            *add_authenticators(user, authenticators, organization=organization),
        ]
        all_keys += keys
        all_authenticators += authenticators
    refuse_repeated_public_keys(all_keys)
    refuse_repeated_credential_ids(all_authenticators)
    return ids, changes


def refuse_too_many_users(organization: Snapshot | None, *, arriving: int) -> None:
    """A limit of every organization, the one that is being made (None) included. Raises LimitExceeded."""
    present = 0 if organization is None else len(organization.users)
    if present + arriving > USERS_MAX:
        raise LimitExceeded(f"organization has exceeded maximum users: it has {present} of at most {USERS_MAX}")


def _refuse_too_many_credentials(params: Sequence[UserParamsV4 | RootUserParamsV5]) -> None:
    count = sum(len(param.api_keys) + len(param.authenticators) for param in params)
    if count > CREDENTIALS_AT_ONCE_MAX:
        raise InvalidRequest(
            f"invalid request body: expected at most {CREDENTIALS_AT_ONCE_MAX} credentials in one request, got {count}"
        )


def _user_from(param: UserParamsV4 | RootUserParamsV5, place: str, organization: Snapshot | None, world: World) -> User:
    tag_ids: tuple[str, ...] = ()
    if organization is not None and isinstance(param, UserParamsV4):  # root users of a new organization have no tags
        tag_ids = known_tag_ids(param.user_tags, f"{place}.userTags", organization)
    return User(
        id=world.new_id(),
        name=label(param.user_name, f"{place}.userName"),
        email=None if param.user_email is None else email(param.user_email),
        phone_number=None
        if param.user_phone_number is None
        else phone(param.user_phone_number, f"{place}.userPhoneNumber"),
        tag_ids=tag_ids,
        created_ms=world.now_ms,
        updated_ms=world.now_ms,
    )


def _refuse_what_is_not_here_yet(param: UserParamsV4 | RootUserParamsV5, place: str) -> None:
    if param.oauth_providers:
        raise NotImplementedHere(f"`{place}.oauthProviders` is not implemented")
