"""The immutable picture of one organization that every decision reads.

Times are milliseconds since the Unix epoch, ids UUID text, public keys lower-case hex as stamps carry them.
"""

from __future__ import annotations

import msgspec

from counterseal.contract.shapes import CredentialType
from counterseal.crypto import Curve


class ApiKey(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A credential that stamps with ``X-Stamp``: a long-lived API key, an expiring one, or a session's key."""

    id: str
    user_id: str
    name: str
    type: CredentialType
    curve: Curve
    public_key: str
    created_ms: int
    expiration_seconds: int | None = None

    @property
    def is_expiring(self) -> bool:
        """Whether it has a lifetime at all; such keys share one limit whatever their type."""
        return self.expiration_seconds is not None

    def is_expired(self, now_ms: int) -> bool:
        """Whether its lifetime, counted from its creation, has passed."""
        return self.expiration_seconds is not None and now_ms >= self.created_ms + self.expiration_seconds * 1000


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person or a machine of one organization, with its credentials in the order of their creation."""

    id: str
    name: str
    created_ms: int
    updated_ms: int
    email: str | None = None
    phone_number: str | None = None
    tag_ids: tuple[str, ...] = ()
    api_keys: tuple[ApiKey, ...] = ()


class Quorum(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The root quorum: ``threshold`` distinct members of ``user_ids`` may do anything."""

    threshold: int
    user_ids: tuple[str, ...]


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

    @property
    def is_sub_organization(self) -> bool:
        """Whether it hangs under a parent."""
        return self.parent_id is not None


def meets_credential_floor(user: User, features: dict[str, str]) -> bool:
    """Whether the user can always come back: expiring keys do not count, an enabled way to log in does.

    Source: Turnkey docs, users introduction; the error text "user missing valid credential".
    """
    if any(not key.is_expiring for key in user.api_keys):
        return True
    if user.email and ("FEATURE_NAME_EMAIL_AUTH" in features or "FEATURE_NAME_OTP_EMAIL_AUTH" in features):
        return True
    return bool(user.phone_number) and "FEATURE_NAME_SMS_AUTH" in features
