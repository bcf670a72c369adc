"""An organization's way from a version that somebody has in memory to the present one: what is another there.

Whoever has the earlier snapshot makes the later one of it. Maps in which nothing is another stay the same objects, so
that what was worked out from them is still good.
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from counterseal.organizations.fold import Draft
from counterseal.organizations.item import Item, held_by
from counterseal.organizations.profile import Profile
from counterseal.organizations.snapshot import ITEM_KINDS, Snapshot
from counterseal.organizations.users import User

_KINDS = {kind.KIND: kind for kind in ITEM_KINDS}


class Gone(NamedTuple):
    """An item that has lost its place, be it that another of its id has come back to the end."""

    kind: str
    owner_id: str | None
    id: str


class Difference(NamedTuple):
    """``gone`` is what is not there any more, ``items`` what is new or another one, in the order of their places."""

    gone: tuple[Gone, ...] = ()
    items: tuple[Item, ...] = ()


class Advance(NamedTuple):
    """From one version to the present one; ``difference`` is None where it is so large that all is to be read anew."""

    rests_on: int
    version: int
    difference: Difference | None

    def of(self, snapshot: Snapshot) -> Snapshot | None:
        """The present snapshot, made of the earlier one; None if it cannot be made of that."""
        if self.difference is None or snapshot.version != self.rests_on:
            return None
        draft = Draft(snapshot)
        for gone in sorted(self.difference.gone, key=_credentials_first):
            _take_out(draft, gone)
        for item in sorted(self.difference.items, key=_users_first):
            _put(draft, item)
        return draft.snapshot(version=self.version)


def _credentials_first(gone: Gone) -> bool:
    """They are found by their owners."""
    return not _KINDS[gone.kind].LISTED_AS


def _users_first(item: Item) -> bool:
    """Credentials are listed with them."""
    return not isinstance(item, User)


def _take_out(draft: Draft, gone: Gone) -> None:
    kind = _KINDS[gone.kind]
    place = gone.id
    if kind.LISTED_AS:
        listed: tuple[Item, ...] = getattr(draft.held(User)[gone.owner_id or ""], kind.LISTED_AS)
        place = next(held_by(item) for item in listed if item.id == gone.id)
    draft.remove(kind, place)


def _put(draft: Draft, item: Item) -> None:
    if isinstance(item, Profile):
        draft.profile = item
        return
    before = draft.held(User).get(item.id) if isinstance(item, User) else None
    if isinstance(item, User) and before is not None:
        item = replace(item, api_keys=before.api_keys, authenticators=before.authenticators)
    draft.put(item)
