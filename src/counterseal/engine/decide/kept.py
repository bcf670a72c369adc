"""What was worked out from a part of an organization, kept under the very object it was worked out from.

A version's number says nothing: two drafts can share one, and one of them fails. A map of a snapshot is copied when a
change touches it and never altered (``organizations/fold.py``): the same object has the same content. An entry holds
its object, so no other can take its place.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

Value = TypeVar("Value")

_LARGE = 64
"""What takes more than one in so many bytes is large."""


class Part(Protocol):
    """Something that several values hold together."""

    bytes: int


class _Entry(msgspec.Struct, Generic[Value], frozen=True):
    made_from: object
    value: Value
    own_bytes: int
    parts: Sequence[Part]

    @property
    def bytes(self) -> int:
        """What it would take if nobody else had its parts."""
        return self.own_bytes + sum([part.bytes for part in self.parts])


class Kept(Generic[Value]):
    """One value an organization, up to ``bytes_max``; the least used goes first.

    What takes more than a sixty-fourth of all is large. Large values have half of the room and push out each other: a
    few organizations that hold as much as they may do not push out the many.
    """

    def __init__(self, *, bytes_max: int) -> None:
        self.bytes = 0
        self._bytes_max = bytes_max
        self._small: OrderedDict[str, _Entry[Value]] = OrderedDict()
        self._large: OrderedDict[str, _Entry[Value]] = OrderedDict()
        self._large_bytes = 0
        self._holders: Counter[Part] = Counter()

    def __len__(self) -> int:
        return len(self._small) + len(self._large)

    def get(self, organization_id: str, made_from: object) -> Value | None:
        """What was made from this object, which may not be one that only equals it."""
        for entries in (self._small, self._large):
            entry = entries.get(organization_id)
            if entry is not None and entry.made_from is made_from:
                entries.move_to_end(organization_id)
                return entry.value
        return None

    def put(
        self, organization_id: str, made_from: object, value: Value, *, own_bytes: int, parts: Sequence[Part] = ()
    ) -> None:
        """Keep it, instead of what was kept for the organization. Each of ``parts`` is booked once, whoever has it."""
        self._drop(organization_id)
        entry = _Entry(made_from, value, own_bytes, parts)
        if entry.bytes * _LARGE > self._bytes_max:
            self._large[organization_id] = entry
            self._large_bytes += entry.bytes
        else:
            self._small[organization_id] = entry
        self.bytes += own_bytes
        for part in parts:
            if not self._holders[part]:
                self.bytes += part.bytes
            self._holders[part] += 1
        while self._large_bytes > self._bytes_max // 2 and len(self._large) > 1:
            self._drop(next(iter(self._large)))
        while self.bytes > self._bytes_max and len(self) > 1:
            eldest = next(iter(self._small), organization_id)
            self._drop(eldest if eldest != organization_id else next(iter(self._large)))

    def _drop(self, organization_id: str) -> None:
        entry = self._small.pop(organization_id, None)
        if entry is None and organization_id in self._large:
            entry = self._large.pop(organization_id)
            self._large_bytes -= entry.bytes
        if entry is None:
            return
        self.bytes -= entry.own_bytes
        for part in entry.parts:
            self._holders[part] -= 1
            if not self._holders[part]:
                del self._holders[part]
                self.bytes -= part.bytes
