"""The one fold: the only place where a change alters what authorization reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from counterseal.organizations import sizes
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
    bytes_held=sizes.organization_bytes("", Quorum(threshold=0, user_ids=()), {}),
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
        self.bytes_held = before.bytes_held

    def apply(self, change: Change) -> None:
        match change:
            case ApiKeyAdded(api_key=key):
                user = self.users[key.user_id]
                self.users[user.id] = replace(user, api_keys=(*user.api_keys, key))
                self._set(self.api_keys, key.public_key, key, sizes.api_key_bytes)
            case ApiKeyRemoved(api_key=key):
                user = self.users[key.user_id]
                self.users[user.id] = replace(user, api_keys=tuple(k for k in user.api_keys if k.id != key.id))
                self._take(self.api_keys, key.public_key, sizes.api_key_bytes)
            case AuthenticatorAdded(authenticator=added):
                user = self.users[added.user_id]
                self.users[user.id] = replace(user, authenticators=(*user.authenticators, added))
                self._set(self.authenticators, added.credential_id, added, sizes.authenticator_bytes)
            case AuthenticatorRemoved(authenticator=removed):
                user = self.users[removed.user_id]
                rest = tuple(each for each in user.authenticators if each.id != removed.id)
                self.users[user.id] = replace(user, authenticators=rest)
                self._take(self.authenticators, removed.credential_id, sizes.authenticator_bytes)
            case UserAdded(user=user):
                self._set(self.users, user.id, user, sizes.user_bytes)
            case UserChanged(user=user):
                before = self.users[user.id]
                user = replace(user, api_keys=before.api_keys, authenticators=before.authenticators)
                self._set(self.users, user.id, user, sizes.user_bytes)
            case UserRemoved(user_id=user_id):
                self._remove_user(user_id)
            case TagSet(tag=tag):
                self._set(self.tags, tag.id, tag, sizes.tag_bytes)
            case TagRemoved(tag_id=tag_id):
                self._take(self.tags, tag_id, sizes.tag_bytes)
            case PolicySet(policy=policy):
                self._set(self.policies, policy.id, policy, sizes.policy_bytes)
            case PolicyRemoved(policy_id=policy_id):
                self._take(self.policies, policy_id, sizes.policy_bytes)
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
        user = self._take(self.users, user_id, sizes.user_bytes)
        for key in user.api_keys:
            self._take(self.api_keys, key.public_key, sizes.api_key_bytes)
        for authenticator in user.authenticators:
            self._take(self.authenticators, authenticator.credential_id, sizes.authenticator_bytes)

    def _set(self, items: dict[str, Item], id_: str, item: Item, bytes_of: Callable[[Item], int]) -> None:
        before = items.get(id_)
        self.bytes_held += bytes_of(item) - (0 if before is None else bytes_of(before))
        items[id_] = item

    def _take(self, items: dict[str, Item], id_: str, bytes_of: Callable[[Item], int]) -> Item:
        taken = items.pop(id_)
        self.bytes_held -= bytes_of(taken)
        return taken

    def finish(self) -> Snapshot:
        before = self.before
        self.bytes_held += sizes.organization_bytes(self.name, self.quorum, self.features)
        self.bytes_held -= sizes.organization_bytes(before.name, before.quorum, before.features)
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
            bytes_held=self.bytes_held,
        )

    def _now(self, name: str) -> Any:
        return vars(self)[name] if name in vars(self) else getattr(self.before, name)
