"""By what a stamp's credential is found, and the service's words when it is not. A value of each kind of stamp.

A passkey that a named organization lacks is "not found" (404), everything else that is wrong with a stamp 401: so says
the service's error table. Released clients match several of these sentences.
"""

from __future__ import annotations

import msgspec

from counterseal.contract.errors import NotFound, Unauthenticated
from counterseal.crypto import SCHEMES_OF_CURVE, ApiKeyScheme
from counterseal.organizations import ApiKey, Authenticator, Snapshot
from counterseal.store import Store

_SESSION_IS_OVER = "could not find public key in organization or its parent organization"
"""By these words ``@turnkey/core`` notices that the key of its session is gone."""


class PublicKeyLookup(msgspec.Struct, frozen=True, gc=False, tag=True):
    """An API key, by its public key in lower-case hex, and the scheme in which it claims to have signed."""

    public_key: str
    scheme: ApiKeyScheme

    def credential_in(self, organization: Snapshot) -> ApiKey | None:
        """The key, if a user of this organization holds it: the same text under another curve is another key."""
        key = organization.api_keys.get(self.public_key)
        return key if key is not None and self.scheme in SCHEMES_OF_CURVE[key.curve] else None

    async def sub_organization_ids(self, store: Store, parent_id: str) -> list[str]:
        """Sub-organizations of this parent with such a key."""
        return await store.sub_organization_ids_by_public_key(parent_id, self.public_key)

    async def organization_ids(self, store: Store) -> list[str]:
        """Organizations of any family with such a key."""
        return await store.organization_ids_by_public_key(self.public_key)

    def not_found_in(self, organization: Snapshot) -> Unauthenticated:
        """Neither the organization nor, for a sub-organization, its parent has it."""
        where = "organization or its parent organization" if organization.is_sub_organization else "organization"
        return self._not_found(f"could not find public key in {where} organizationId={organization.id}")

    def not_found_below(self, parent: Snapshot) -> Unauthenticated:
        """Neither the parent nor a sub-organization of it has it."""
        return self._not_found(
            f"public key could not be found in organization or its parent organization organizationId={parent.id}"
        )

    def not_found_anywhere(self) -> Unauthenticated:
        """The request names no organization."""
        return self._not_found(f"{_SESSION_IS_OVER}: the request names no organization and none has")

    def ambiguous(self) -> Unauthenticated:
        """Several organizations have it."""
        return Unauthenticated(
            f"more than one suborg associated with a public key publicKey={self.public_key}",
            code="CREDENTIAL_CONFLICT",
        )

    def _not_found(self, what: str) -> Unauthenticated:
        words = f"{what} publicKey={self.public_key}"
        # Keys of sessions are on P-256. An unknown wallet that logs in has no session that could be over.
        if self.scheme is ApiKeyScheme.P256 and _SESSION_IS_OVER not in words:
            words = f"{words}: {_SESSION_IS_OVER}"
        return Unauthenticated(words, code="PUBLIC_KEY_NOT_FOUND")


class CredentialIdLookup(msgspec.Struct, frozen=True, gc=False, tag=True):
    """A passkey, by its credential id in base64url."""

    credential_id: str

    def credential_in(self, organization: Snapshot) -> Authenticator | None:
        """The authenticator, if a user of this organization holds it."""
        return organization.authenticators.get(self.credential_id)

    async def sub_organization_ids(self, store: Store, parent_id: str) -> list[str]:
        """Sub-organizations of this parent with such an authenticator, the oldest first."""
        return await store.sub_organization_ids_by_credential_id(parent_id, self.credential_id)

    async def organization_ids(self, store: Store) -> list[str]:
        """Organizations of any family with such an authenticator, the oldest first."""
        return await store.organization_ids_by_credential_id(self.credential_id)

    def not_found_in(self, organization: Snapshot) -> NotFound:
        """Neither the organization nor, for a sub-organization, its parent has it."""
        where = "organization or parent organization" if organization.is_sub_organization else "organization"
        return NotFound(
            f"webauthn authenticator not found in {where} organizationId={organization.id}"
            f" credentialId={self.credential_id}",
            code="CREDENTIAL_NOT_FOUND",
        )

    def not_found_below(self, parent: Snapshot) -> Unauthenticated:
        """Neither the parent nor a sub-organization of it has it."""
        return self._not_found(f" organizationId={parent.id}")

    def not_found_anywhere(self) -> Unauthenticated:
        """The request names no organization."""
        return self._not_found(": the request names no organization and none has")

    def ambiguous(self) -> Unauthenticated:
        """Several organizations have it."""
        return Unauthenticated(
            f"more than one suborg associated with a credential ID credentialId={self.credential_id}",
            code="CREDENTIAL_CONFLICT",
        )

    def _not_found(self, where: str) -> Unauthenticated:
        return Unauthenticated(
            f"credential ID could not be found in organization or its parent organization{where}"
            f" credentialId={self.credential_id}",
            code="CREDENTIAL_NOT_FOUND",
        )


Credential = ApiKey | Authenticator
Lookup = PublicKeyLookup | CredentialIdLookup


def expired(credential: Credential) -> Unauthenticated:
    """The words by which the official clients notice that a session is over."""
    return Unauthenticated(
        "authentication failed: rpc error: code = Unauthenticated desc = expired api key"
        f" publicKey={credential.public_key}",
        code="API_KEY_EXPIRED",
    )
