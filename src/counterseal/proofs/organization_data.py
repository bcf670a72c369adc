"""The organization that a decision was made in, as an object that anybody can digest again.

``organizationDataDigest`` and ``parentOrganizationDataDigest`` of a policy-outcome proof are digests of such objects in
one domain; of an organization without a parent the latter is the empty text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from counterseal.ledger.canonical import Json, digest
from counterseal.proofs.plain import canonical_pieces, members

DOMAIN = "counterseal/organization-data/v1"
NO_PARENT = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key that stamps, by its id; ``type`` is the wire's CREDENTIAL_TYPE_…, ``public_key`` as the wire shows it."""

    credential_id: str
    type: str
    public_key: str
    created_at_ms: int
    expiration_seconds: int | None = None
    session_profile_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OauthProvider:
    """A subject of an issuer who is this user."""

    provider_id: str
    issuer: str
    subject: str
    audience: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MfaPolicy:
    """When a user needs which further authenticators; ``order`` says which of several comes first."""

    mfa_policy_id: str
    condition: str
    required_authentication_methods: tuple[str, ...]
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user with all that can speak for it."""

    user_id: str
    user_name: str
    user_email: str | None = None
    user_phone_number: str | None = None
    tag_ids: tuple[str, ...] = ()
    credentials: tuple[Credential, ...] = ()
    oauth_providers: tuple[OauthProvider, ...] = ()
    mfa_policies: tuple[MfaPolicy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A tag of users."""

    tag_id: str
    tag_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A policy's text."""

    policy_id: str
    policy_name: str
    effect: str
    condition: str | None = None
    consensus: str | None = None
    time: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A feature that is on, with its value if it has one."""

    name: str
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RootQuorum:
    """So many of these may do anything."""

    threshold: int
    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationData:
    """An organization at one version. Lists may come in any order."""

    organization_id: str
    parent_organization_id: str | None = None
    organization_version: int
    name: str
    root_quorum: RootQuorum
    users: tuple[User, ...]
    tags: tuple[Tag, ...]
    policies: tuple[Policy, ...]
    features: tuple[Feature, ...]
    version: str = "1"

    def object(self) -> dict[str, Json]:
        """What is digested."""
        return members(self)

    def text(self) -> Iterator[bytes]:
        """The canonical JSON of the same in pieces, one for each user, policy and the like: there may be megabytes."""
        return canonical_pieces(self)


def organization_data_digest(organization: Mapping[str, Json] | None) -> str:
    """64 hexadecimal characters of such an object; the empty text for the parent of an organization that has none."""
    return NO_PARENT if organization is None else digest(DOMAIN, organization)
