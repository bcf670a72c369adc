"""What an activity may change. The fold reads these to make the next snapshot, the store to write rows."""

from __future__ import annotations

import msgspec

from counterseal.organizations.snapshot import ApiKey, Quorum, User


class OrganizationCreated(msgspec.Struct, frozen=True, kw_only=True):
    """The first change of every organization; its users and credentials follow as changes of their own."""

    name: str
    parent_id: str | None
    created_ms: int
    quorum: Quorum
    features: dict[str, str]


class UserAdded(msgspec.Struct, frozen=True, kw_only=True):
    """A new user, without credentials: each of those is a change of its own."""

    user: User


class ApiKeyAdded(msgspec.Struct, frozen=True, kw_only=True):
    """A key that may stamp from the moment this is committed."""

    api_key: ApiKey


class ApiKeyRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """A key that may not stamp any more: deleted, evicted or invalidated."""

    api_key: ApiKey


class RootQuorumChanged(msgspec.Struct, frozen=True, kw_only=True):
    """Another threshold, other members."""

    quorum: Quorum


Change = OrganizationCreated | UserAdded | ApiKeyAdded | ApiKeyRemoved | RootQuorumChanged
