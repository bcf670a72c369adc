"""Users: people and machines, with their credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

import msgspec
from msgspec.structs import replace

from counterseal.organizations import sizes
from counterseal.organizations.api_keys import ApiKey
from counterseal.organizations.authenticators import Authenticator
from counterseal.organizations.item import Item, Key, Keys

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft


def _in_either_case(email: str) -> bytes:
    return email.encode().lower()  # the letters A to Z, no others


USER_NAME = Key("user_name")
EMAIL = Key("email", _in_either_case)
PHONE_NUMBER = Key("phone_number")

_BYTES = 550  # the object with its numbers and ids, and its place in the map of the snapshot


class User(Item, frozen=True, kw_only=True, gc=False):
    """A person or a machine of one organization, with its credentials in the order of their creation."""

    KIND: ClassVar[str] = "user"
    HELD_IN: ClassVar[str] = "users"

    name: str
    created_ms: int
    updated_ms: int
    email: str | None = None
    phone_number: str | None = None
    tag_ids: tuple[str, ...] = ()
    api_keys: tuple[ApiKey, ...] = ()
    authenticators: tuple[Authenticator, ...] = ()

    @property
    def owner_id(self) -> str:
        """Itself: it is read together with its credentials."""
        return self.id

    @property
    def bytes_held(self) -> int:
        """See ``Item``: without credentials."""
        return _BYTES + sizes.texts(self.name, self.email, self.phone_number) + sizes.ID * len(self.tag_ids)

    def looked_up_by(self) -> Keys:
        """See ``Item``."""
        return (USER_NAME, self.name), (EMAIL, self.email), (PHONE_NUMBER, self.phone_number)

    def alone(self) -> Self:
        """Without credentials."""
        return replace(self, api_keys=(), authenticators=()) if self.api_keys or self.authenticators else self


class UserAdded(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A new user, without credentials: each of those is a change of its own."""

    user: User

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.user)


class UserChanged(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """Another name, e-mail address, phone number or other tags; the credentials in ``user`` are not looked at."""

    user: User

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        before = draft.held(User)[self.user.id]
        draft.put(replace(self.user, api_keys=before.api_keys, authenticators=before.authenticators))


class UserRemoved(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A user is gone, and all credentials with it."""

    user_id: str

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        user = draft.remove(User, self.user_id)
        for api_key in user.api_keys:
            draft.remove(ApiKey, api_key.public_key)
        for authenticator in user.authenticators:
            draft.remove(Authenticator, authenticator.credential_id)


def meets_credential_floor(user: User, features: dict[str, str]) -> bool:
    """Whether the user can always come back: expiring keys do not count, an enabled way to log in does.

    Source: Turnkey docs, users introduction; the error text "user missing valid credential".
    """
    if user.authenticators or any(not key.is_expiring for key in user.api_keys):
        return True
    if user.email and ("FEATURE_NAME_EMAIL_AUTH" in features or "FEATURE_NAME_OTP_EMAIL_AUTH" in features):
        return True
    return bool(user.phone_number) and "FEATURE_NAME_SMS_AUTH" in features
