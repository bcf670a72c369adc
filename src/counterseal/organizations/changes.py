"""What an activity may change: each kind stands in the file of what it changes, with its effect on the snapshot."""

from __future__ import annotations

import msgspec

from counterseal.organizations.api_keys import ApiKeyAdded, ApiKeyChanged, ApiKeyRemoved
from counterseal.organizations.authenticators import AuthenticatorAdded, AuthenticatorRemoved
from counterseal.organizations.ip_allowlists import IpAllowlistRemoved, IpAllowlistSet
from counterseal.organizations.policies import PolicyRemoved, PolicySet
from counterseal.organizations.profile import (
    FeaturesChanged,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationRenamed,
    RootQuorumChanged,
)
from counterseal.organizations.session_profiles import SessionProfileAdded
from counterseal.organizations.tags import TagRemoved, TagSet
from counterseal.organizations.users import UserAdded, UserChanged, UserRemoved
from counterseal.organizations.webhook_channels import WebhookChannelClosed, WebhookChannelOpened

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
    | ApiKeyChanged
    | ApiKeyRemoved
    | AuthenticatorAdded
    | AuthenticatorRemoved
    | TagSet
    | TagRemoved
    | PolicySet
    | PolicyRemoved
    | SessionProfileAdded
    | IpAllowlistSet
    | IpAllowlistRemoved
    | WebhookChannelOpened
    | WebhookChannelClosed
)


class OrganizationChanges(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """The changes that took one organization to ``version``, as other processes are told of them."""

    organization_id: str
    version: int
    changes: tuple[Change, ...]
