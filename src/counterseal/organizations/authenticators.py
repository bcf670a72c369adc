"""Passkeys and security keys: what stamps with ``X-Stamp-WebAuthn``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from counterseal.contract.shapes import AuthenticatorTransport
from counterseal.organizations import sizes
from counterseal.organizations.item import Item, Key, Keys

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

CREDENTIAL_ID = Key("credential_id", is_unique=True)

_BYTES = 650  # the object with its numbers and ids, and its place in the map of the snapshot


class Authenticator(Item, frozen=True, kw_only=True, gc=False):
    """A credential that stamps with ``X-Stamp-WebAuthn``: a passkey or a security key."""

    KIND: ClassVar[str] = "authenticator"
    HELD_IN: ClassVar[str] = "authenticators"
    HELD_BY: ClassVar[str] = "credential_id"
    LISTED_AS: ClassVar[str] = "authenticators"

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

    @property
    def owner_id(self) -> str:
        """Its user."""
        return self.user_id

    @property
    def bytes_held(self) -> int:
        """See ``Item``."""
        return _BYTES + sizes.texts(self.name, self.credential_id, self.public_key)

    def is_expired(self, now_ms: int) -> bool:  # noqa: ARG002 - as other credentials are asked
        """Never: it can only be deleted."""
        return False

    def looked_up_by(self) -> Keys:
        """See ``Item``."""
        return ((CREDENTIAL_ID, self.credential_id),)


class AuthenticatorAdded(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A passkey or security key that may stamp from the moment this is committed."""

    authenticator: Authenticator

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.authenticator)


class AuthenticatorRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A passkey or security key that may not stamp any more."""

    authenticator: Authenticator

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.remove(Authenticator, self.authenticator.credential_id)
