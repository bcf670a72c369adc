"""The one fold: the only place where a change alters what authorization reads.

It gives the next snapshot, and with it what began and what ended: that is what the store writes. So what is decided on
and what is stored come from one place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar

from msgspec.structs import replace

from counterseal.organizations.changes import Change
from counterseal.organizations.item import Item, held_by
from counterseal.organizations.profile import Quorum
from counterseal.organizations.snapshot import MAPS, Snapshot
from counterseal.organizations.users import User

Kind = TypeVar("Kind", bound=Item)


class Touched(NamedTuple):
    """An item that is another one after a step: new (``before`` is None), gone (``after`` is None), or replaced.

    ``position`` is the place that a new one takes among the new ones of its kind; None for one that keeps its place.
    """

    before: Item | None
    after: Item | None
    position: int | None = None

    @property
    def item(self) -> Item:
        """What it is now, or was."""
        item = self.after if self.after is not None else self.before
        if item is None:
            raise ValueError("nothing was touched")
        return item


class Step(NamedTuple):
    """One organization's way from one version to the next."""

    after: Snapshot
    touched: tuple[Touched, ...]

    @property
    def rests_on(self) -> int:
        """The version it was decided on; 0 for an organization that it creates."""
        return self.after.version - 1


def fold(snapshot: Snapshot | None, organization_id: str, changes: Iterable[Change]) -> Step:
    """The organization after one activity: its version is one higher, the given snapshot is untouched.

    ``snapshot`` is None for an organization that the first change creates.
    """
    draft = Draft(snapshot or _nothing(organization_id))
    for change in changes:
        change.fold(draft)
    return draft.finish()


def apply_changes(snapshot: Snapshot | None, organization_id: str, changes: Iterable[Change]) -> Snapshot:
    """The snapshot after them, for whoever stores nothing."""
    return fold(snapshot, organization_id, changes).after


def _nothing(organization_id: str) -> Snapshot:
    """What an organization is made from."""
    maps: dict[str, Any] = {name: {} for name in MAPS}
    return Snapshot(
        id=organization_id,
        name="",
        parent_id=None,
        version=0,
        created_ms=0,
        quorum=Quorum(threshold=0, user_ids=()),
        features={},
        bytes_held=0,
        **maps,
    )


class Draft:
    """The mutable half-way state between two snapshots. A map that no change touches is never copied."""

    def __init__(self, before: Snapshot) -> None:
        self._before = before
        self.parent_id = before.parent_id
        self.created_ms = before.created_ms
        self.profile = self._profile_before = before.profile
        self._maps: dict[str, dict[str, Item]] = {}
        self._bytes_held = before.bytes_held
        self._first_seen: dict[tuple[str, str], Item | None] = {}
        self._last_seen: dict[tuple[str, str], Item | None] = {}
        self._removed: set[tuple[str, str]] = set()

    def held(self, kind: type[Kind]) -> dict[str, Kind]:
        """The items of a kind, as they are so far; to be altered by ``put`` and ``remove`` alone."""
        return self._map(kind)  # type: ignore[return-value]  # a map holds one kind

    def put(self, item: Item) -> None:
        """A new item, or another one in the place of the one with its id. Raises KeyError if its owner is not there."""
        items, place = self._map(type(item)), held_by(item)
        before = items.get(place)
        items[place] = item
        self._bytes_held += item.bytes_held - (0 if before is None else before.bytes_held)
        self._see(item, before if before is not None and before.id == item.id else None, item)
        if item.LISTED_AS:
            self._list(item)

    def remove(self, kind: type[Kind], place: str) -> Kind:
        """The item that its map has there, which is gone now. Raises KeyError if there is none."""
        removed = self.held(kind).pop(place)
        self._bytes_held -= removed.bytes_held
        self._see(removed, removed, None)
        self._removed.add((kind.KIND, removed.id))
        if removed.LISTED_AS:
            self._unlist(removed)
        return removed

    def finish(self) -> Step:
        """The next version, and what was touched on the way to it."""
        after, is_new = self.snapshot(version=self._before.version + 1), self._before.version == 0
        if self.profile is not self._profile_before:
            self._see(self.profile, None if is_new else self._profile_before, self.profile)
        return Step(after, tuple(self._touched()))

    def snapshot(self, *, version: int) -> Snapshot:
        """All as it is so far."""
        before, profile, bytes_held = self._before, self.profile, self._bytes_held
        if profile is not self._profile_before:
            bytes_held += profile.bytes_held - (0 if before.version == 0 else self._profile_before.bytes_held)
        return replace(
            before,
            name=profile.name,
            parent_id=self.parent_id,
            version=version,
            created_ms=self.created_ms,
            deleted_ms=profile.deleted_ms,
            quorum=profile.quorum,
            features=profile.features,
            bytes_held=bytes_held,
            **self._maps,
        )

    def _map(self, kind: type[Item]) -> dict[str, Item]:
        name = kind.HELD_IN
        if name not in self._maps:
            self._maps[name] = getattr(self._before, name).copy()
        return self._maps[name]

    def _see(self, item: Item, before: Item | None, after: Item | None) -> None:
        key = (item.KIND, item.id)
        self._first_seen.setdefault(key, before)
        if self._last_seen.get(key, item) is None:  # it was gone: it comes back at the end
            del self._last_seen[key]
        self._last_seen[key] = after

    def _list(self, item: Item) -> None:
        """Among those of its owner: at the end, or where the one with its id was."""
        users = self.held(User)
        owner = users[item.owner_id or ""]
        listed: tuple[Item, ...] = getattr(owner, item.LISTED_AS)
        places = [each.id for each in listed]
        if item.id in places:
            at = places.index(item.id)
            listed = (*listed[:at], item, *listed[at + 1 :])
        else:
            listed = (*listed, item)
        users[owner.id] = replace(owner, **{item.LISTED_AS: listed})

    def _unlist(self, item: Item) -> None:
        """No longer among those of its owner, if that is still there."""
        users = self.held(User)
        owner = users.get(item.owner_id or "")
        if owner is not None:
            rest = tuple(each for each in getattr(owner, item.LISTED_AS) if each.id != item.id)
            users[owner.id] = replace(owner, **{item.LISTED_AS: rest})

    def _touched(self) -> Iterable[Touched]:
        positions: dict[str, int] = {}
        for key, last in self._last_seen.items():
            first = self._first_seen[key]
            before, after = (None if each is None else each.alone() for each in (first, last))
            has_place = before is not None and key not in self._removed
            if after is None or has_place:
                if before != after:
                    yield Touched(before, after)
            else:
                yield Touched(before, after, positions.setdefault(key[0], 0))
                positions[key[0]] += 1
