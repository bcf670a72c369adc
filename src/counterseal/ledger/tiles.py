"""Where the hashes and entries of a log are kept and served (C2SP tlog-tiles): 256 of one level side by side.

A level has every eighth row of the tree: level 0 the leaves, level 1 the hashes of their full tiles, and so on. A tile
at the right edge is partial, and has a path of its own for each width that it had.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from counterseal.ledger.errors import Malformed
from counterseal.ledger.hashing import HASH_SIZE

TILE_WIDTH = 256
TILE_ROWS = 8
"""Rows of the tree from the hashes of a tile up to the one hash of all."""

ENTRY_BYTES_MAX = 65_535

_PATH = re.compile(
    r"tile/(?P<level>0|[1-5][0-9]?|6[0-3]?|[7-9]|entries)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: hashes ``256 * index`` and on of its level, so many of them; or, without a level, the entries."""

    level: int | None
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Where it is served, behind the prefix of the log."""
        name = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{name}/{_index_text(self.index)}{partial}"

    @classmethod
    def of_path(cls, path: str) -> Self:
        """The tile that is served there. Raises ``Malformed``."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise Malformed("not the path of a tile, expected tile/<level or entries>/<index>[.p/<width>]")
        index = int(found["index"].replace("x", "").replace("/", ""))
        width = int(found["width"] or TILE_WIDTH)
        tile = cls(None if found["level"] == "entries" else int(found["level"]), index, width)
        if width > TILE_WIDTH or tile.path != path:  # one spelling: no needless zeros, no .p/256
            raise Malformed(f"not the path of a tile: it is written {tile.path}, at most 256 wide")
        return tile


def tiles_of(size: int) -> list[Tile]:
    """All tiles of hashes that a tree of ``size`` entries has, those at the right edge as wide as they are."""
    tiles = []
    for level in range(64):
        hashes = size >> TILE_ROWS * level
        full, partial = divmod(hashes, TILE_WIDTH)
        tiles += [Tile(level, index) for index in range(full)]
        if partial:
            tiles.append(Tile(level, full, partial))
        if hashes == 0:
            break
    return tiles


def hashes_of(content: bytes) -> list[bytes]:
    """The hashes in a tile. Raises ``Malformed``."""
    count, rest = divmod(len(content), HASH_SIZE)
    if rest or not 1 <= count <= TILE_WIDTH:
        raise Malformed(f"a tile has {len(content)} bytes, expected 1 to 256 hashes of 32")
    return [content[at : at + HASH_SIZE] for at in range(0, len(content), HASH_SIZE)]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as they are served: each behind its length in two bytes, big-endian. Raises ``Malformed``."""
    for entry in entries:
        if len(entry) > ENTRY_BYTES_MAX:
            raise Malformed(f"an entry has {len(entry)} bytes, expected at most {ENTRY_BYTES_MAX}")
    return b"".join(len(entry).to_bytes(2) + entry for entry in entries)


def entries_of(content: bytes) -> list[bytes]:
    """The entries in a bundle. Raises ``Malformed`` if one is cut off, and for more than 256 or none."""
    entries: list[bytes] = []
    at = 0
    while at < len(content) and len(entries) <= TILE_WIDTH:
        start = at + 2
        at = start + int.from_bytes(content[at:start])
        if start > len(content) or at > len(content):
            raise Malformed(f"entry {len(entries)} of a bundle ends behind it")
        entries.append(content[start:at])
    if not 1 <= len(entries) <= TILE_WIDTH:
        raise Malformed("a bundle has no entries or too many, expected 1 to 256")
    return entries


def _index_text(index: int) -> str:
    digits = str(index)
    groups = digits.zfill((len(digits) + 2) // 3 * 3)
    parts = [groups[at : at + 3] for at in range(0, len(groups), 3)]
    return "".join(f"x{part}/" for part in parts[:-1]) + parts[-1]
