"""What a unit may know of the outside: the instant of its request, and fresh ids."""

from __future__ import annotations

from counterseal.world.ids import dated_id, new_id
from counterseal.world.random import Random


class World:
    """The world of one decision: ``now_ms`` is fixed when the request arrives."""

    __slots__ = ("_random", "now_ms")

    def __init__(self, now_ms: int, random: Random) -> None:
        self.now_ms = now_ms
        self._random = random

    def new_id(self) -> str:
        """A fresh UUIDv4."""
        return new_id(self._random)

    def dated_id(self) -> str:
        """A fresh UUIDv7 of this instant."""
        return dated_id(self.now_ms, self._random)
