"""What an organization says of itself: its name, its root quorum, its features, and whether it is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec
from msgspec.structs import replace

from counterseal.organizations import sizes
from counterseal.organizations.item import Item, Key, Keys
from counterseal.organizations.users import User, UserRemoved
from counterseal.organizations.webhook_channels import WebhookChannel

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

LIVE_ORGANIZATION = Key("organization")
"""All that are not deleted have the empty text for it."""
ORGANIZATION_NAME = Key("organization_name")

_BYTES = 1_500  # all that an organization takes without what it holds
_FEATURE = 100


class Quorum(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The root quorum: ``threshold`` distinct members of ``user_ids`` may do anything."""

    threshold: int
    user_ids: tuple[str, ...]


class Profile(Item, frozen=True, kw_only=True, gc=False):
    """The one item of its kind in an organization, whose id it has. The snapshot shows its members as its own."""

    KIND: ClassVar[str] = "profile"

    name: str
    quorum: Quorum
    features: dict[str, str] = msgspec.field(default_factory=dict)  # FEATURE_NAME_… to its value, or to ""
    deleted_ms: int | None = None  # a tombstone has no users and takes no writes

    @property
    def bytes_held(self) -> int:
        """What an organization takes without users, tags, policies and the like."""
        features = sum(_FEATURE + sizes.texts(name, value) for name, value in self.features.items())
        return _BYTES + sizes.text(self.name) + sizes.ID * len(self.quorum.user_ids) + features

    def looked_up_by(self) -> Keys:
        """See ``Item``."""
        return () if self.deleted_ms is not None else ((LIVE_ORGANIZATION, ""), (ORGANIZATION_NAME, self.name))


class OrganizationCreated(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """The first change of every organization; its users and credentials follow as changes of their own."""

    name: str
    parent_id: str | None
    created_ms: int
    quorum: Quorum
    features: dict[str, str]

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.parent_id = self.parent_id
        draft.created_ms = self.created_ms
        draft.profile = replace(draft.profile, name=self.name, quorum=self.quorum, features=self.features)


class OrganizationRenamed(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Another name."""

    name: str

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.profile = replace(draft.profile, name=self.name)


class OrganizationDeleted(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Only a tombstone is left: no user, no credential, and activities that the parent may read."""

    deleted_ms: int

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.profile = replace(draft.profile, deleted_ms=self.deleted_ms)
        for user_id in list(draft.held(User)):
            UserRemoved(user_id=user_id).fold(draft)
        for channel_id in list(draft.held(WebhookChannel)):
            draft.remove(WebhookChannel, channel_id)


class RootQuorumChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Another threshold, other members."""

    quorum: Quorum

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.profile = replace(draft.profile, quorum=self.quorum)


class FeaturesChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """All features as they are from now on."""

    features: dict[str, str]

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.profile = replace(draft.profile, features=self.features)
