"""An organization put together from its items, some at a time, in whatever order they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from operator import attrgetter, itemgetter
from typing import Any

from msgspec.structs import replace

from counterseal.organizations.item import Item
from counterseal.organizations.profile import Profile
from counterseal.organizations.snapshot import ITEM_KINDS, Snapshot
from counterseal.organizations.users import User

Placed = tuple[int, Item]
"""An item after its place in the order of creation."""

_LISTED = tuple(kind for kind in ITEM_KINDS if kind.LISTED_AS)


class Assembly:
    """Takes the items of one organization at one version, and gives the whole.

    What they take of memory is reckoned as they come, unless only users are asked for.
    """

    def __init__(self, *, only_users: bool = False) -> None:
        self._only_users = only_users
        self._of_kind: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        self._listed: dict[tuple[str | None, str], list[tuple[int, Any]]] = defaultdict(list)
        self._bytes_held = 0

    def add(self, items: Iterable[Placed]) -> None:
        """Some of them."""
        for placed in items:
            _, item = placed
            self._of_kind[item.KIND].append(placed)
            if not self._only_users:
                self._bytes_held += item.bytes_held
            if item.LISTED_AS:
                self._listed[item.owner_id, item.LISTED_AS].append(placed)

    def users(self) -> dict[str, User]:
        """The users, with what is listed under each."""
        users: list[User] = self._in_order(User.KIND)
        return {user.id: self._whole(user) for user in users}

    def snapshot(self, organization_id: str, *, parent_id: str | None, version: int, created_ms: int) -> Snapshot:
        """All of it. Raises LookupError if it has no profile."""
        ((_, profile),) = self._of_kind[Profile.KIND]
        maps: dict[str, Any] = {}
        for kind in ITEM_KINDS:
            if kind.HELD_IN and kind is not User:
                items = self._in_order(kind.KIND)
                maps[kind.HELD_IN] = dict(zip(map(attrgetter(kind.HELD_BY), items), items, strict=True))
        return Snapshot(
            id=organization_id,
            name=profile.name,
            parent_id=parent_id,
            version=version,
            created_ms=created_ms,
            deleted_ms=profile.deleted_ms,
            quorum=profile.quorum,
            features=profile.features,
            users=self.users(),
            **maps,
            bytes_held=self._bytes_held,
        )

    def _whole(self, user: User) -> User:
        lists = {}
        for kind in _LISTED:
            placed = self._listed.get((user.id, kind.LISTED_AS))
            if placed:
                lists[kind.LISTED_AS] = _sorted(placed)
        return replace(user, **lists) if lists else user

    def _in_order(self, kind: str) -> list[Any]:
        return list(_sorted(self._of_kind[kind]))


def _sorted(placed: list[tuple[int, Any]]) -> tuple[Any, ...]:
    placed.sort(key=itemgetter(0))
    return tuple([item for _, item in placed])
