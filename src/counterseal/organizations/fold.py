"""The one fold: the only place where a change alters what authorization reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from counterseal.organizations.changes import (
    ApiKeyAdded,
    ApiKeyRemoved,
    AuthenticatorAdded,
    AuthenticatorRemoved,
    Change,
    FeaturesChanged,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationRenamed,
    PolicyRemoved,
    PolicySet,
    RootQuorumChanged,
    TagRemoved,
    TagSet,
    UserAdded,
    UserChanged,
    UserRemoved,
)
from counterseal.organizations.snapshot import ApiKey, Authenticator, Policy, Quorum, Snapshot, Tag, User

Item = TypeVar("Item")


def apply_changes(snapshot: Snapshot | None, organization_id: str, changes: Iterable[Change]) -> Snapshot:
    """The organization after one activity: its version is one higher, the given snapshot is untouched.

    ``snapshot`` is None for an organization that the first change creates.
    """
    draft = _Draft(snapshot or _NOTHING, organization_id)
    for change in changes:
        draft.apply(change)
    return draft.finish()


_NOTHING = Snapshot(
    id="",
    name="",
    parent_id=None,
    version=0,
    created_ms=0,
    quorum=Quorum(threshold=0, user_ids=()),
    features={},
    users={},
    api_keys={},
    authenticators={},
    tags={},
    policies={},
)
"""What an organization is made from."""


class _CopiedWhenTouched(Generic[Item]):
    """One of the maps of a snapshot. Reading it from a draft copies it; what no change touches is never copied."""

    def __set_name__(self, draft: type, name: str) -> None:
        self._name = name

    def __get__(self, draft: _Draft, of: type) -> dict[str, Item]:
        copied: dict[str, Item] = getattr(draft.before, self._name).copy()
        vars(draft)[self._name] = copied
        return copied


class _Draft:
    """The mutable half-way state between two snapshots."""

    users = _CopiedWhenTouched[User]()
    api_keys = _CopiedWhenTouched[ApiKey]()
    authenticators = _CopiedWhenTouched[Authenticator]()
    tags = _CopiedWhenTouched[Tag]()
    policies = _CopiedWhenTouched[Policy]()

    def __init__(self, before: Snapshot, organization_id: str) -> None:
        self.before = before
        self.id = organization_id
        self.version = before.version
        self.name = before.name
        self.parent_id = before.parent_id
        self.created_ms = before.created_ms
        self.deleted_ms = before.deleted_ms
        self.quorum = before.quorum
        self.features = before.features

    def apply(self, change: Change) -> None:
        match change:
            case ApiKeyAdded(api_key=key):
                user = self.users[key.user_id]
                self.users[user.id] = replace(user, api_keys=(*user.api_keys, key))
                self.api_keys[key.public_key] = key
            case ApiKeyRemoved(api_key=key):
                user = self.users[key.user_id]
                self.users[user.id] = replace(user, api_keys=tuple(k for k in user.api_keys if k.id != key.id))
                del self.api_keys[key.public_key]
            case AuthenticatorAdded(authenticator=added):
                user = self.users[added.user_id]
                self.users[user.id] = replace(user, authenticators=(*user.authenticators, added))
                self.authenticators[added.credential_id] = added
            case AuthenticatorRemoved(authenticator=removed):
                user = self.users[removed.user_id]
                rest = tuple(each for each in user.authenticators if each.id != removed.id)
                self.users[user.id] = replace(user, authenticators=rest)
                del self.authenticators[removed.credential_id]
            case UserAdded(user=user):
                self.users[user.id] = user
            case UserChanged(user=user):
                before = self.users[user.id]
                self.users[user.id] = replace(user, api_keys=before.api_keys, authenticators=before.authenticators)
            case UserRemoved(user_id=user_id):
                self._remove_user(user_id)
            case TagSet(tag=tag):
                self.tags[tag.id] = tag
            case TagRemoved(tag_id=tag_id):
                del self.tags[tag_id]
            case PolicySet(policy=policy):
                self.policies[policy.id] = policy
            case PolicyRemoved(policy_id=policy_id):
                del self.policies[policy_id]
            case _:
                self._apply_to_organization(change)

    def _apply_to_organization(
        self,
        change: OrganizationCreated | OrganizationRenamed | OrganizationDeleted | RootQuorumChanged | FeaturesChanged,
    ) -> None:
        match change:
            case RootQuorumChanged(quorum=quorum):
                self.quorum = quorum
            case FeaturesChanged(features=features):
                self.features = features
            case OrganizationRenamed(name=name):
                self.name = name
            case OrganizationDeleted(deleted_ms=deleted_ms):
                self.deleted_ms = deleted_ms
                for user_id in list(self.users):
                    self._remove_user(user_id)
            case OrganizationCreated():
                self.name = change.name
                self.parent_id = change.parent_id
                self.created_ms = change.created_ms
                self.quorum = change.quorum
                self.features = change.features

    def _remove_user(self, user_id: str) -> None:
        user = self.users.pop(user_id)
        for key in user.api_keys:
            del self.api_keys[key.public_key]
        for authenticator in user.authenticators:
            del self.authenticators[authenticator.credential_id]

    def finish(self) -> Snapshot:
        return Snapshot(
            id=self.id,
            name=self.name,
            parent_id=self.parent_id,
            version=self.version + 1,
            created_ms=self.created_ms,
            deleted_ms=self.deleted_ms,
            quorum=self.quorum,
            features=self.features,
            users=self._now("users"),
            api_keys=self._now("api_keys"),
            authenticators=self._now("authenticators"),
            tags=self._now("tags"),
            policies=self._now("policies"),
        )

    def _now(self, name: str) -> Any:
        return vars(self)[name] if name in vars(self) else getattr(self.before, name)
