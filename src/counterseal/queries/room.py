"""How large a reply may become before it needs a place among the few that are made at once."""

from __future__ import annotations

SMALL_REPLY_BYTES = 512 * 1024
"""Of JSON. Replies up to here are made at once, as many as are asked for."""


class ReplyIsLarge(Exception):
    """It becomes larger than there is room for: give up what is made of it, and begin again with a place."""


class Room:
    """For one reply, of so many bytes; None has no bound, because the reply has a place."""

    __slots__ = ("_bytes", "_bytes_max")

    def __init__(self, bytes_max: int | None = SMALL_REPLY_BYTES) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0

    def fill(self, size: int) -> None:
        """So many bytes are about to be made, or have been. Raises ReplyIsLarge."""
        self._bytes += size
        if self._bytes_max is not None and self._bytes > self._bytes_max:
            raise ReplyIsLarge
