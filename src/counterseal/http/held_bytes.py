"""Bytes that a process holds for its clients, bounded over all of them: who has kept it waiting longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

UNCOUNTED_BYTES_MAX = 16 * 1024
"""What may be held for one client before it counts, so that ordinary requests and replies cost nothing to count."""

Holder = TypeVar("Holder")


class HeldBytes(Generic[Holder]):
    """``bytes_of`` says how many are held for somebody now; ``may_go`` whether he may be sent away for others, which is
    what ``give_up`` does; afterwards there are none."""

    def __init__(
        self,
        bytes_max: int,
        *,
        bytes_of: Callable[[Holder], int],
        may_go: Callable[[Holder], bool],
        give_up: Callable[[Holder], None],
    ) -> None:
        self._bytes_max = bytes_max
        self._bytes_of = bytes_of
        self._may_go = may_go
        self._give_up = give_up
        self._held: OrderedDict[Holder, int] = OrderedDict()
        self.total = 0

    def look(self, holder: Holder) -> None:
        """Count what is held for him now."""
        size = self._bytes_of(holder)
        if size <= UNCOUNTED_BYTES_MAX:
            self.release(holder)
            return
        self.total += size - self._held.get(holder, 0)
        self._held[holder] = size

    def release(self, holder: Holder) -> None:
        """Nothing is held for him any more."""
        self.total -= self._held.pop(holder, 0)

    def make_room(self) -> bool:
        """Send away whom it takes to keep the bound. False if it is not kept even so.

        Oldest first; but those for whom less is held than at the last look are not idle, and go only if others will not
        do. The newest stays: whatever the bound is, one is served.
        """
        for idle_only in (True, False):
            for holder, before in list(self._held.items()) if self.total > self._bytes_max else ():
                self.look(holder)
                if self.total <= self._bytes_max:
                    return True
                now = self._held.get(holder, 0)
                if not now or not self._may_go(holder) or holder is next(reversed(self._held)):
                    continue
                if idle_only and now < before:
                    self._held.move_to_end(holder)
                    continue
                self.release(holder)
                self._give_up(holder)
        return self.total <= self._bytes_max
