"""Session profiles: what the sessions of a parent organization and its sub-organizations may be limited to.

A profile is never altered and never removed. So a session's key carries what it was made with, and nothing has to be
looked up in another organization when it stamps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import msgspec

from counterseal.organizations import sizes
from counterseal.organizations.item import Item

if TYPE_CHECKING:
    from counterseal.organizations.fold import Draft

NO_PROFILE_ID = "00000000-0000-0000-0000-000000000000"
"""By this a session without a profile is named (Turnkey docs, MFA examples)."""

_BYTES = 320  # the object with its numbers and id, and its place in the map of the snapshot
_SCOPE_BYTES = 150  # the object with its id


class SessionScope(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What binds the session of a key: a condition of the policy language that every request must meet."""

    profile_id: str
    scope: str

    @property
    def bytes_held(self) -> int:
        """How much memory it takes."""
        return _SCOPE_BYTES + sizes.text(self.scope)


class SessionProfile(Item, frozen=True, kw_only=True, gc=False):
    """Under what limits a session may be opened. ``expiration_seconds`` is the longest that one lasts."""

    KIND: ClassVar[str] = "session_profile"
    HELD_IN: ClassVar[str] = "session_profiles"

    name: str
    scope: str
    expiration_seconds: int | None = None
    notes: str | None = None
    created_ms: int

    @property
    def bytes_held(self) -> int:
        """See ``Item``."""
        return _BYTES + sizes.texts(self.name, self.scope, self.notes)

    def binding(self) -> SessionScope:
        """What the key of a session that has this profile carries."""
        return SessionScope(profile_id=self.id, scope=self.scope)


class SessionProfileAdded(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag=True):
    """A profile by which sessions may be opened from now on."""

    session_profile: SessionProfile

    def fold(self, draft: Draft) -> None:
        """See ``fold``."""
        draft.put(self.session_profile)
