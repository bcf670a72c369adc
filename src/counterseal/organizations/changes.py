"""What an activity may change. The fold reads these to make the next snapshot, the store to write rows."""

from __future__ import annotations

import msgspec

from counterseal.organizations.snapshot import ApiKey, Authenticator, Policy, Quorum, Tag, User


class OrganizationCreated(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """The first change of every organization; its users and credentials follow as changes of their own."""

    name: str
    parent_id: str | None
    created_ms: int
    quorum: Quorum
    features: dict[str, str]


class OrganizationRenamed(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Another name."""

    name: str


class OrganizationDeleted(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Only a tombstone is left: no user, no credential, and activities that the parent may read."""

    deleted_ms: int


class RootQuorumChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Another threshold, other members."""

    quorum: Quorum


class FeaturesChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """All features as they are from now on."""

    features: dict[str, str]


class UserAdded(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A new user, without credentials: each of those is a change of its own."""

    user: User


class UserChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Another name, e-mail address, phone number or other tags; the credentials in ``user`` are not looked at."""

    user: User


class UserRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A user is gone, and all credentials with it."""

    user_id: str


class ApiKeyAdded(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A key that may stamp from the moment this is committed."""

    api_key: ApiKey


class ApiKeyRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A key that may not stamp any more: deleted, evicted or invalidated."""

    api_key: ApiKey


class AuthenticatorAdded(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A passkey or security key that may stamp from the moment this is committed."""

    authenticator: Authenticator


class AuthenticatorRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A passkey or security key that may not stamp any more."""

    authenticator: Authenticator


class TagSet(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A new tag, or another name for one. Which users carry it is said by changes of those users."""

    tag: Tag


class TagRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A tag is gone; users that carried it are changed by changes of their own."""

    tag_id: str


class PolicySet(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A new policy, or other content for one."""

    policy: Policy


class PolicyRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A policy is gone."""

    policy_id: str


Change = (
    OrganizationCreated
    | OrganizationRenamed
    | OrganizationDeleted
    | RootQuorumChanged
    | FeaturesChanged
    | UserAdded
    | UserChanged
    | UserRemoved
    | ApiKeyAdded
    | ApiKeyRemoved
    | AuthenticatorAdded
    | AuthenticatorRemoved
    | TagSet
    | TagRemoved
    | PolicySet
    | PolicyRemoved
)
