"""Long replies, made in pieces: others get their turn in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from counterseal.contract import Shape, encode
from counterseal.queries.registry import QueryContext
from counterseal.world import Turns

PIECE_BYTES = 128 * 1024
"""Of JSON, which are made in less than a millisecond."""

_ITEM_BYTES = 500
_READ_BYTES = 16 * 1024
"""So much work, at least, is an item, and one for which the store has to be asked."""

_CHARACTERS_AT_ONCE = 64 * 1024
_JOINED_AT_ONCE_BYTES = 1024 * 1024

Item = TypeVar("Item")


class Pieces:
    """Counts what a reply has been made of, and pauses after every piece."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._made = 0

    async def add(self, size: int, *, was_read: bool = False) -> None:
        """An item of so many bytes has been made, perhaps of what had to be read for it; or is to be made now."""
        self._made += max(size, _READ_BYTES if was_read else _ITEM_BYTES)
        if self._made >= PIECE_BYTES:
            self._made = 0
            await self._turns.next()


async def array(items: Iterable[Item], render: Callable[[Item], Shape], context: QueryContext) -> list[bytes]:
    """A JSON array of the items, each as ``render`` shows it, in parts to be joined. Raises ReplyIsLarge."""
    pieces, room = Pieces(context.turns), context.viewer.room
    shown: list[list[bytes]] = []
    for item in items:
        shown.append([encode(render(item))])
        room.fill(len(shown[-1][0]))
        await pieces.add(len(shown[-1][0]))
    return array_of(shown)


async def text(value: str, pieces: Pieces) -> list[bytes]:
    """A JSON string, in parts to be joined: to escape a megabyte takes milliseconds."""
    parts = [b'"']
    for start in range(0, len(value), _CHARACTERS_AT_ONCE):
        parts.append(encode(value[start : start + _CHARACTERS_AT_ONCE])[1:-1])
        await pieces.add(len(parts[-1]))
    return [*parts, b'"']


def array_of(items: Iterable[Sequence[bytes]]) -> list[bytes]:
    """A JSON array, in parts to be joined, of items that are in parts themselves."""
    parts = [part for item in items for part in (b",", *item)]
    return [b"[", *parts[1:], b"]"]


async def joined(parts: Sequence[bytes]) -> bytes:
    """All parts in one. Megabytes are joined on a thread, which needs no interpreter lock for it."""
    if sum(map(len, parts)) < _JOINED_AT_ONCE_BYTES:
        return b"".join(parts)
    return await asyncio.to_thread(b"".join, parts)
