"""The immutable picture of one organization that every decision reads.

Times are milliseconds since the Unix epoch, ids UUID text, public keys lower-case hex as stamps carry them. The values
are made from the inside out and never altered, so none can lead back to itself: ``gc=False`` spares the collector the
many that a server holds.
"""

from __future__ import annotations

import msgspec

from counterseal.contract.shapes import AuthenticatorTransport, CredentialType, Effect, TagType
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


class Authenticator(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A credential that stamps with ``X-Stamp-WebAuthn``: a passkey or a security key."""

    id: str
    user_id: str
    name: str
    credential_id: str  # base64url, as stamps carry it
    public_key: str  # base64url of the COSE key, exactly as the authenticator data had it
    aaguid: str  # base64url of 16 bytes
    attestation_type: str
    model: str
    transports: tuple[AuthenticatorTransport, ...]
    rp_id_hash: bytes  # SHA-256 of the relying party's id, as seen at registration
    created_ms: int

    def is_expired(self, now_ms: int) -> bool:  # noqa: ARG002 - as other credentials are asked
        """Never: it can only be deleted."""
        return False


class User(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A person or a machine of one organization, with its credentials in the order of their creation."""

    id: str
    name: str
    created_ms: int
    updated_ms: int
    email: str | None = None
    phone_number: str | None = None
    tag_ids: tuple[str, ...] = ()
    api_keys: tuple[ApiKey, ...] = ()
    authenticators: tuple[Authenticator, ...] = ()


class Quorum(msgspec.Struct, frozen=True, kw_only=True, gc=False, rename="camel"):
    """The root quorum: ``threshold`` distinct members of ``user_ids`` may do anything."""

    threshold: int
    user_ids: tuple[str, ...]


class Tag(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A mark that users can carry; policies compare its id."""

    id: str
    name: str
    type: TagType
    created_ms: int
    updated_ms: int


class Policy(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A rule in the policy language; an absent part is always true."""

    id: str
    name: str
    effect: Effect
    condition: str | None
    consensus: str | None
    time: str | None
    notes: str
    created_ms: int
    updated_ms: int


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
    bytes_held: int  # of memory, reckoned when it was made
    deleted_ms: int | None = None  # a tombstone has no users and takes no writes

    @property
    def is_sub_organization(self) -> bool:
        """Whether it hangs under a parent."""
        return self.parent_id is not None


def meets_credential_floor(user: User, features: dict[str, str]) -> bool:
    """Whether the user can always come back: expiring keys do not count, an enabled way to log in does.

    Source: Turnkey docs, users introduction; the error text "user missing valid credential".
    """
    if user.authenticators or any(not key.is_expiring for key in user.api_keys):
        return True
    if user.email and ("FEATURE_NAME_EMAIL_AUTH" in features or "FEATURE_NAME_OTP_EMAIL_AUTH" in features):
        return True
    return bool(user.phone_number) and "FEATURE_NAME_SMS_AUTH" in features
