"""The one fold: the only place where a change alters what authorization reads."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from counterseal.organizations.changes import (
    ApiKeyAdded,
    ApiKeyRemoved,
    Change,
    OrganizationCreated,
    RootQuorumChanged,
    UserAdded,
)
from counterseal.organizations.snapshot import ApiKey, Quorum, Snapshot, User


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
        self.users: dict[str, User] = {}
        self.api_keys: dict[str, ApiKey] = {}
        self.version = 0
        if snapshot is not None:
            self.name = snapshot.name
            self.parent_id = snapshot.parent_id
            self.created_ms = snapshot.created_ms
            self.quorum: Quorum = snapshot.quorum
            self.features: dict[str, str] = snapshot.features
            self.users.update(snapshot.users)
            self.api_keys.update(snapshot.api_keys)
            self.version = snapshot.version

    def apply(self, change: Change) -> None:
        match change:
            case ApiKeyAdded(api_key=key):
                user = self.users[key.user_id]
                self.users[user.id] = replace(user, api_keys=(*user.api_keys, key))
                self.api_keys[key.public_key] = key
            case ApiKeyRemoved(api_key=key):
                user = self.users[key.user_id]
                self.users[user.id] = replace(user, api_keys=tuple(k for k in user.api_keys if k.id != key.id))
                if self.api_keys[key.public_key].id == key.id:
                    del self.api_keys[key.public_key]
            case UserAdded(user=user):
                self.users[user.id] = user
            case RootQuorumChanged(quorum=quorum):
                self.quorum = quorum
            case OrganizationCreated():
                self.name = change.name
                self.parent_id = change.parent_id
                self.created_ms = change.created_ms
                self.quorum = change.quorum
                self.features = change.features

    def finish(self) -> Snapshot:
        return Snapshot(
            id=self.id,
            name=self.name,
            parent_id=self.parent_id,
            version=self.version + 1,
            created_ms=self.created_ms,
            quorum=self.quorum,
            features=self.features,
            users=self.users,
            api_keys=self.api_keys,
        )
