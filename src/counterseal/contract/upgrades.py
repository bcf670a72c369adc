"""Other versions of intents as the newest one, the only one that units know; and results in the form of the asker.

What a released client sends today is accepted for ever, so a version stays here when a newer one comes. A version that
is announced only (``CREATE_SUB_ORGANIZATION_V9``) is one of the others: it becomes the newest once clients send it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import structs

from counterseal.contract import shapes
from counterseal.contract.errors import InvalidRequest, NotImplementedHere
from counterseal.contract.operations import Variant
from counterseal.contract.rules import uuid
from counterseal.contract.shape import Shape

ShapeT = TypeVar("ShapeT", bound=Shape)
Upgrade = Callable[[Any], Shape]

SELECTOR_VERSIONS = frozenset({"ACTIVITY_TYPE_CREATE_POLICY", "ACTIVITY_TYPE_CREATE_POLICY_V2"})
"""Versions with selectors, which were a policy language of their own, never specified in public."""

_UPGRADES: dict[str, Upgrade] = {}


class SubOrganizationWithPrivateKeys(shapes.CreateSubOrganizationIntentV8, frozen=True, kw_only=True):
    """What only version 3 can say: the newest begins with a wallet instead."""

    private_keys: list[shapes.PrivateKeyParams]


class SubOrganizationWithKeysResult(shapes.CreateSubOrganizationResultV8, frozen=True, kw_only=True):
    """The result of every version that makes keys; each shows its own members."""

    private_keys: list[shapes.PrivateKeyResult]


def can_upgrade(variant: Variant) -> bool:
    """Whether units get to see intents of this version."""
    return variant.is_newest or variant.type in _UPGRADES


def upgrade(intent: Shape, variant: Variant) -> Shape:
    """``intent``, which is of ``variant``, as the newest version of its kind; itself if it is.

    Raises:
        InvalidRequest: the other version says what the newest cannot, as policies with selectors do.
        NotImplementedHere: it uses a member that this server lacks, or this server does not know the other version.
    """
    if variant.is_newest:
        return intent
    if variant.type in SELECTOR_VERSIONS:
        raise InvalidRequest("policies with selectors are not supported: use ACTIVITY_TYPE_CREATE_POLICY_V3")
    if variant.type not in _UPGRADES:
        raise NotImplementedHere(f"{variant.type} is not implemented, another version may be")
    return _UPGRADES[variant.type](intent)


def downgrade_result(result: Shape, variant: Variant) -> Shape:
    """``result``, which is of the newest version of the kind, as the one that clients of ``variant`` read.

    The other results of every kind that can be upgraded hold some of the newest one's members and no others, except
    for lists of what this server does not create, which are empty, and for ids that stand alone.
    """
    asked = variant.result
    if asked is None or type(result) is asked:
        return result
    if isinstance(result, shapes.CreatePrivateKeysResultV2):
        return shapes.CreatePrivateKeysResult(
            private_key_ids=[each.private_key_id or "" for each in result.private_keys]
        )
    return _narrowed(result, asked)


def upgrades(*type_names: str) -> Callable[[Upgrade], Upgrade]:
    """Registers the function that turns the intent of these activity types into the newest version.

    Raises:
        ValueError: a type has one already.
    """

    def register(function: Upgrade) -> Upgrade:
        for type_name in type_names:
            if type_name in _UPGRADES:
                raise ValueError(f"{type_name} has an upgrade already")
            _UPGRADES[type_name] = function
        return function

    return register


@upgrades("ACTIVITY_TYPE_CREATE_API_KEYS")
def _create_api_keys(intent: shapes.CreateApiKeysIntent) -> Shape:
    return shapes.CreateApiKeysIntentV2(user_id=intent.user_id, api_keys=[_api_key(key) for key in intent.api_keys])


@upgrades("ACTIVITY_TYPE_CREATE_USERS")
def _create_users(intent: shapes.CreateUsersIntent) -> Shape:
    """``accessType`` is dropped: the newer versions have no such thing."""
    return shapes.CreateUsersIntentV4(
        users=[
            shapes.UserParamsV4(
                user_name=user.user_name,
                user_email=user.user_email,
                api_keys=[_api_key(key) for key in user.api_keys],
                authenticators=[_authenticator(each) for each in user.authenticators],
                user_tags=user.user_tags,
            )
            for user in intent.users
        ]
    )


@upgrades("ACTIVITY_TYPE_CREATE_USERS_V2", "ACTIVITY_TYPE_CREATE_USERS_V3")
def _create_users_v2(intent: shapes.CreateUsersIntentV2 | shapes.CreateUsersIntentV3) -> Shape:
    return shapes.CreateUsersIntentV4(users=[_user(shapes.UserParamsV4, user) for user in intent.users])


@upgrades("ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION")
def _create_sub_organization(intent: shapes.CreateSubOrganizationIntent) -> Shape:
    """The root user has neither name nor e-mail in this version, only a passkey."""
    root_user = shapes.RootUserParamsV5(user_name="Root user", authenticators=[intent.root_authenticator])
    return shapes.CreateSubOrganizationIntentV8(
        sub_organization_name=intent.name, root_users=[root_user], root_quorum_threshold=1
    )


@upgrades("ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V3")
def _create_sub_organization_v3(intent: shapes.CreateSubOrganizationIntentV3) -> Shape:
    newest = shapes.CreateSubOrganizationIntentV8(
        sub_organization_name=intent.sub_organization_name,
        root_users=[_user(shapes.RootUserParamsV5, user) for user in intent.root_users],
        root_quorum_threshold=intent.root_quorum_threshold,
    )
    if not intent.private_keys:
        return newest
    return SubOrganizationWithPrivateKeys(**structs.asdict(newest), private_keys=intent.private_keys)


@upgrades(
    "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V2",
    "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V4",
    "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V5",
    "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V6",
    "ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V7",
)
def _create_sub_organization_v7(
    intent: shapes.CreateSubOrganizationIntentV2
    | shapes.CreateSubOrganizationIntentV4
    | shapes.CreateSubOrganizationIntentV5
    | shapes.CreateSubOrganizationIntentV6
    | shapes.CreateSubOrganizationIntentV7,
) -> Shape:
    """These have some or all members of the newest version, and older root users."""
    root_users = [_user(shapes.RootUserParamsV5, user) for user in intent.root_users]
    return shapes.CreateSubOrganizationIntentV8(**structs.asdict(intent) | {"root_users": root_users})


@upgrades("ACTIVITY_TYPE_CREATE_SUB_ORGANIZATION_V9")
def _create_sub_organization_v9(intent: shapes.CreateSubOrganizationIntentV9) -> Shape:
    """Root users may have wallet authenticators in this version, and nothing else is new."""
    for index, user in enumerate(intent.root_users):
        if user.wallet_authenticators:
            raise NotImplementedHere(f"`parameters.rootUsers[{index}].walletAuthenticators` is not implemented")
    root_users = [_narrowed(user, shapes.RootUserParamsV5) for user in intent.root_users]
    return shapes.CreateSubOrganizationIntentV8(**structs.asdict(intent) | {"root_users": root_users})


@upgrades("ACTIVITY_TYPE_CREATE_PRIVATE_KEYS")
def _create_private_keys(intent: shapes.CreatePrivateKeysIntent) -> Shape:
    """Its result has ids alone."""
    return shapes.CreatePrivateKeysIntentV2(private_keys=intent.private_keys)


@upgrades("ACTIVITY_TYPE_SIGN_RAW_PAYLOAD")
def _sign_raw_payload(intent: shapes.SignRawPayloadIntent) -> Shape:
    """It names a private key by its id: an address would be another key's."""
    return shapes.SignRawPayloadIntentV2(
        sign_with=uuid(intent.private_key_id, "parameters.privateKeyId"),
        payload=intent.payload,
        encoding=intent.encoding,
        hash_function=intent.hash_function,
    )


@upgrades("ACTIVITY_TYPE_SIGN_TRANSACTION")
def _sign_transaction(intent: shapes.SignTransactionIntent) -> Shape:
    """As for payloads."""
    return shapes.SignTransactionIntentV2(
        sign_with=uuid(intent.private_key_id, "parameters.privateKeyId"),
        unsigned_transaction=intent.unsigned_transaction,
        type=intent.type,
    )


@upgrades("ACTIVITY_TYPE_CREATE_AUTHENTICATORS")
def _create_authenticators(intent: shapes.CreateAuthenticatorsIntent) -> Shape:
    for index, each in enumerate(intent.authenticators):
        if each.user_id.lower() != intent.user_id.lower():
            raise InvalidRequest(
                "invalid request body: expected the same user as in `parameters.userId`"
                f" at `parameters.authenticators[{index}].userId`"
            )
    return shapes.CreateAuthenticatorsIntentV2(
        user_id=intent.user_id, authenticators=[_authenticator(each) for each in intent.authenticators]
    )


@upgrades("ACTIVITY_TYPE_CREATE_OAUTH_PROVIDERS")
def _create_oauth_providers(intent: shapes.CreateOauthProvidersIntent) -> Shape:
    return shapes.CreateOauthProvidersIntentV2(
        user_id=intent.user_id, oauth_providers=[_oauth_provider(each) for each in intent.oauth_providers]
    )


@upgrades("ACTIVITY_TYPE_UPDATE_POLICY")
def _update_policy(intent: shapes.UpdatePolicyIntent) -> Shape:
    return shapes.UpdatePolicyIntentV2(**structs.asdict(intent))


@upgrades("ACTIVITY_TYPE_CREATE_READ_WRITE_SESSION")
def _create_read_write_session(intent: shapes.CreateReadWriteSessionIntent) -> Shape:
    """It names its user by e-mail, whom only the unit can look up."""
    return shapes.CreateReadWriteSessionIntentV2(
        target_public_key=intent.target_public_key,
        api_key_name=intent.api_key_name,
        expiration_seconds=intent.expiration_seconds,
    )


def _user(newest: type[ShapeT], user: Shape) -> ShapeT:
    """A user or root user of a version with V2 authenticators as the newest one."""
    members = structs.asdict(user)
    members["api_keys"] = [_api_key(key) for key in members["api_keys"]]
    members["oauth_providers"] = [_oauth_provider(each) for each in members.get("oauth_providers", ())]
    return newest(**members)


def _narrowed(value: Shape, shape: type[ShapeT]) -> ShapeT:
    """``value`` as ``shape``, without the members that only ``value`` has."""
    return shape(**{name: each for name, each in structs.asdict(value).items() if name in shape.__struct_fields__})


def _api_key(key: shapes.ApiKeyParams | shapes.ApiKeyParamsV2) -> shapes.ApiKeyParamsV2:
    """Before V2 every key was on P-256."""
    if isinstance(key, shapes.ApiKeyParamsV2):
        return key
    return shapes.ApiKeyParamsV2(**structs.asdict(key), curve_type=shapes.ApiKeyCurve.P256)


def _oauth_provider(provider: shapes.OauthProviderParams) -> shapes.OauthProviderParamsV2:
    return shapes.OauthProviderParamsV2(provider_name=provider.provider_name, oidc_token=provider.oidc_token)


def _authenticator(authenticator: shapes.AuthenticatorParams) -> shapes.AuthenticatorParamsV2:
    """From the browser's own form of a credential (WebAuthn, section 5.1) to the flat one."""
    credential = authenticator.attestation
    return shapes.AuthenticatorParamsV2(
        authenticator_name=authenticator.authenticator_name,
        challenge=authenticator.challenge,
        attestation=shapes.Attestation(
            credential_id=credential.id,
            client_data_json=credential.response.client_data_json,
            attestation_object=credential.response.attestation_object,
            transports=credential.response.transports or [],
        ),
    )
