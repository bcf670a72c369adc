"""The one fold: the only place where a change alters what authorization reads."""

from __future__ import annotations

from collections.abc import Iterable

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


def apply_changes(snapshot: Snapshot | None, organization_id: str, changes: Iterable[Change]) -> Snapshot:
    """The organization after one activity: its version is one higher, the given snapshot is untouched.

    ``snapshot`` is None for an organization that the first change creates.
    """
    draft = _Draft(snapshot, organization_id)
    for change in changes:
        draft.apply(change)
    return draft.finish()


class _Draft:
    """The mutable half-way state between two snapshots."""

    def __init__(self, snapshot: Snapshot | None, organization_id: str) -> None:
        self.id = organization_id
        self.version = 0
        self.deleted_ms: int | None = None
        self.users: dict[str, User] = {}
        self.api_keys: dict[str, ApiKey] = {}
        self.authenticators: dict[str, Authenticator] = {}
        self.tags: dict[str, Tag] = {}
        self.policies: dict[str, Policy] = {}
        if snapshot is not None:
            self._start_from(snapshot)

    def _start_from(self, snapshot: Snapshot) -> None:
        self.version = snapshot.version
        self.name = snapshot.name
        self.parent_id = snapshot.parent_id
        self.created_ms = snapshot.created_ms
        self.deleted_ms = snapshot.deleted_ms
        self.quorum: Quorum = snapshot.quorum
        self.features: dict[str, str] = snapshot.features
        self.users.update(snapshot.users)
        self.api_keys.update(snapshot.api_keys)
        self.authenticators.update(snapshot.authenticators)
        self.tags.update(snapshot.tags)
        self.policies.update(snapshot.policies)

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
            users=self.users,
            api_keys=self.api_keys,
            authenticators=self.authenticators,
            tags=self.tags,
            policies=self.policies,
        )
