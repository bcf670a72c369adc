"""The immutable picture of one organization that every decision reads.

Times are milliseconds since the Unix epoch, ids UUID text, public keys lower-case hex as stamps carry them. The values
are made from the inside out and never altered, so none can lead back to itself: ``gc=False`` spares the collector the
many that a server holds.
"""

from __future__ import annotations

import msgspec

from counterseal.organizations.api_keys import ApiKey
from counterseal.organizations.authenticators import Authenticator
from counterseal.organizations.ip_allowlists import IpAllowlist
from counterseal.organizations.item import Item
from counterseal.organizations.policies import Policy
from counterseal.organizations.profile import Profile, Quorum
from counterseal.organizations.session_profiles import SessionProfile
from counterseal.organizations.tags import Tag
from counterseal.organizations.users import User
from counterseal.organizations.webhook_channels import WebhookChannel


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, weakref=True):
    """One organization at one version. ``version`` grows by one with each activity that changes it."""

    id: str
    name: str
    parent_id: str | None
    version: int
    created_ms: int
    quorum: Quorum
    features: dict[str, str]  # FEATURE_NAME_… to its value, empty when it has none
    users: dict[str, User]
    api_keys: dict[str, ApiKey]  # by public key: the live ones of all users
    authenticators: dict[str, Authenticator]  # by credential id: the live ones of all users
    tags: dict[str, Tag]
    policies: dict[str, Policy]
    session_profiles: dict[str, SessionProfile]
    ip_allowlists: dict[str, IpAllowlist]  # its own, by its id, if it has one
    webhook_channels: dict[str, WebhookChannel]
    bytes_held: int  # of memory, reckoned when it was made
    deleted_ms: int | None = None  # a tombstone has no users and takes no writes

    @property
    def is_sub_organization(self) -> bool:
        """Whether it hangs under a parent."""
        return self.parent_id is not None

    @property
    def profile(self) -> Profile:
        """What it says of itself, as the item that is kept of it."""
        return Profile(
            id=self.id, name=self.name, quorum=self.quorum, features=self.features, deleted_ms=self.deleted_ms
        )


ITEM_KINDS: tuple[type[Item], ...] = (
    Profile,
    User,
    ApiKey,
    Authenticator,
    Tag,
    Policy,
    SessionProfile,
    IpAllowlist,
    WebhookChannel,
)
"""All that an organization holds, beside its resources."""

MAPS = tuple(kind.HELD_IN for kind in ITEM_KINDS if kind.HELD_IN)
"""The members of a snapshot that hold items."""
