"""Long replies, made in pieces: others get their turn in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from counterseal.contract import Shape, encode
from counterseal.world import Turns

PIECE_BYTES = 256 * 1024
"""Of JSON; made in less than a millisecond."""

_ITEM_BYTES = 500
_READ_BYTES = 16 * 1024
"""So much work, at least, is an item, and one for which the store has to be asked."""

_JOINED_AT_ONCE_BYTES = 1024 * 1024

Item = TypeVar("Item")


class Pieces:
    """Counts what a reply has been made of, and pauses after every piece."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._made = 0

    async def add(self, size: int, *, was_read: bool = False) -> None:
        """An item of so many bytes has been made, perhaps of what had to be read for it."""
        self._made += max(size, _READ_BYTES if was_read else _ITEM_BYTES)
        if self._made >= PIECE_BYTES:
            self._made = 0
            await self._turns.next()


async def array(items: Iterable[Item], render: Callable[[Item], Shape], turns: Turns) -> list[msgspec.Raw]:
    """The items of a JSON array, each as ``render`` shows it."""
    pieces = Pieces(turns)
    shown: list[msgspec.Raw] = []
    for item in items:
        rendered = encode(render(item))
        shown.append(msgspec.Raw(rendered))
        await pieces.add(len(rendered))
    return shown


async def joined(parts: Sequence[bytes]) -> bytes:
    """All parts in one. Megabytes are joined on a thread, which needs no interpreter lock for it."""
    if sum(map(len, parts)) < _JOINED_AT_ONCE_BYTES:
        return b"".join(parts)
    return await asyncio.to_thread(b"".join, parts)
