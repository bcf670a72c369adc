"""An organization as authorization sees it: an immutable snapshot, the kinds of change, and the one fold."""

from counterseal.organizations.advance import Advance, Difference, Gone
from counterseal.organizations.api_keys import PUBLIC_KEY, ApiKey, ApiKeyAdded, ApiKeyChanged, ApiKeyRemoved
from counterseal.organizations.assembly import Assembly, Placed
from counterseal.organizations.authenticators import (
    CREDENTIAL_ID,
    Authenticator,
    AuthenticatorAdded,
    AuthenticatorRemoved,
)
from counterseal.organizations.changes import Change, OrganizationChanges
from counterseal.organizations.features import feature_list
from counterseal.organizations.fold import Step, Touched, apply_changes, fold
from counterseal.organizations.ip_allowlists import (
    ANY_ADDRESS,
    IpAllowlist,
    IpAllowlistRemoved,
    IpAllowlistSet,
    IpRule,
    IpRules,
)
from counterseal.organizations.item import Item, Key, Keys
from counterseal.organizations.policies import Policy, PolicyRemoved, PolicySet
from counterseal.organizations.private_key_tags import (
    PRIVATE_KEY_TAG_NAME,
    PRIVATE_KEY_TAGS_MAX,
    PRIVATE_KEY_TAGS_MAX_OF_SUB_ORGANIZATION,
    PrivateKeyTag,
)
from counterseal.organizations.profile import (
    LIVE_ORGANIZATION,
    ORGANIZATION_NAME,
    FeaturesChanged,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationRenamed,
    Profile,
    Quorum,
    RootQuorumChanged,
)
from counterseal.organizations.rows import Put, Removed, Row
from counterseal.organizations.session_profiles import (
    NO_PROFILE_ID,
    SessionProfile,
    SessionProfileAdded,
    SessionScope,
)
from counterseal.organizations.snapshot import ITEM_KINDS, Snapshot
from counterseal.organizations.tags import Tag, TagRemoved, TagSet
from counterseal.organizations.users import (
    EMAIL,
    PHONE_NUMBER,
    USER_NAME,
    User,
    UserAdded,
    UserChanged,
    UserRemoved,
    meets_credential_floor,
)
from counterseal.organizations.view import View
from counterseal.organizations.webhook_endpoints import (
    WEBHOOK_ENDPOINTS_MAX,
    WebhookEndpoint,
    WebhookSubscription,
)

__all__ = [
    "ANY_ADDRESS",
    "CREDENTIAL_ID",
    "EMAIL",
    "ITEM_KINDS",
    "LIVE_ORGANIZATION",
    "NO_PROFILE_ID",
    "ORGANIZATION_NAME",
    "PHONE_NUMBER",
    "PRIVATE_KEY_TAGS_MAX",
    "PRIVATE_KEY_TAGS_MAX_OF_SUB_ORGANIZATION",
    "PRIVATE_KEY_TAG_NAME",
    "PUBLIC_KEY",
    "USER_NAME",
    "WEBHOOK_ENDPOINTS_MAX",
    "Advance",
    "ApiKey",
    "ApiKeyAdded",
    "ApiKeyChanged",
    "ApiKeyRemoved",
    "Assembly",
    "Authenticator",
    "AuthenticatorAdded",
    "AuthenticatorRemoved",
    "Change",
    "Difference",
    "FeaturesChanged",
    "Gone",
    "IpAllowlist",
    "IpAllowlistRemoved",
    "IpAllowlistSet",
    "IpRule",
    "IpRules",
    "Item",
    "Key",
    "Keys",
    "OrganizationChanges",
    "OrganizationCreated",
    "OrganizationDeleted",
    "OrganizationRenamed",
    "Placed",
    "Policy",
    "PolicyRemoved",
    "PolicySet",
    "PrivateKeyTag",
    "Profile",
    "Put",
    "Quorum",
    "Removed",
    "RootQuorumChanged",
    "Row",
    "SessionProfile",
    "SessionProfileAdded",
    "SessionScope",
    "Snapshot",
    "Step",
    "Tag",
    "TagRemoved",
    "TagSet",
    "Touched",
    "User",
    "UserAdded",
    "UserChanged",
    "UserRemoved",
    "View",
    "WebhookEndpoint",
    "WebhookSubscription",
    "apply_changes",
    "feature_list",
    "fold",
    "meets_credential_floor",
]
