"""API keys: what stamps with ``X-Stamp``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from counterseal.contract.shapes import CredentialType
from counterseal.crypto import Curve
from counterseal.organizations import sizes
from counterseal.organizations.ip_allowlists import IpRules
from counterseal.organizations.item import Item, Key, Keys
from counterseal.organizations.session_profiles import SessionScope

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

PUBLIC_KEY = Key("public_key", bytes.fromhex, is_unique=True)

_BYTES = 420  # the object with its numbers and ids, and its place in the map of the snapshot


class ApiKey(Item, frozen=True, kw_only=True, gc=False):
    """A credential that stamps with ``X-Stamp``: a long-lived API key, an expiring one, or a session's key."""

    KIND: ClassVar[str] = "api_key"
    HELD_IN: ClassVar[str] = "api_keys"
    HELD_BY: ClassVar[str] = "public_key"
    LISTED_AS: ClassVar[str] = "api_keys"

    user_id: str
    name: str
    type: CredentialType
    curve: Curve
    public_key: str
    created_ms: int
    expiration_seconds: int | None = None
    session: SessionScope | None = None  # what binds it, if it is the key of a session with a profile
    ip_rules: IpRules | None = None  # from where it may stamp, if it has rules of its own

    @property
    def owner_id(self) -> str:
        """Its user."""
        return self.user_id

    @property
    def bytes_held(self) -> int:
        """See ``Item``."""
        bound = 0 if self.session is None else self.session.bytes_held
        bound += 0 if self.ip_rules is None else self.ip_rules.bytes_held
        return _BYTES + sizes.texts(self.name, self.public_key) + bound

    @property
    def is_expiring(self) -> bool:
        """Whether it has a lifetime at all; such keys share one limit whatever their type."""
        return self.expiration_seconds is not None

    def is_expired(self, now_ms: int) -> bool:
        """Whether its lifetime, counted from its creation, has passed."""
        return self.expiration_seconds is not None and now_ms >= self.created_ms + self.expiration_seconds * 1000

    def looked_up_by(self) -> Keys:
        """See ``Item``."""
        return ((PUBLIC_KEY, self.public_key),)


class ApiKeyAdded(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A key that may stamp from the moment this is committed."""

    api_key: ApiKey

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.api_key)


class ApiKeyChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Other rules from where a key may stamp."""

    api_key: ApiKey

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.api_key)


class ApiKeyRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A key that may not stamp any more: deleted, evicted or invalidated."""

    api_key: ApiKey

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.remove(ApiKey, self.api_key.public_key)
