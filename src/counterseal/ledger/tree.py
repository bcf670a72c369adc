"""A Merkle tree over tiles: its root, proofs from it, and the tiles that it gets when entries are appended.

Nothing but tiles is kept. A proof reads a handful of them, a row of them has 256 hashes, and whatever lies between two
rows is worked out: some hundreds of hashes, whatever the size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from counterseal.ledger.errors import Malformed
from counterseal.ledger.hashing import EMPTY_ROOT, HASH_SIZE, check_size, node_hash, pair_hash
from counterseal.ledger.tiles import TILE_ROWS, TILE_WIDTH, Tile

_PAIR_SIZE = 2 * HASH_SIZE

ReadTile: TypeAlias = Callable[[Tile], bytes]
"""The content of a tile. A wider one at the same place will do: its first hashes are the same."""


class TiledTree:
    """The first ``size`` entries of a log, whose tiles ``read`` gives. Reads each tile once."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size = check_size(size)
        self._read = read
        self._tiles: dict[Tile, bytes] = {}

    def root(self) -> bytes:
        """The hash of the whole tree, 32 bytes."""
        return self._hash(0, self.size) if self.size else EMPTY_ROOT

    def inclusion_proof(self, index: int) -> list[bytes]:
        """Hashes that lead from the leaf at ``index`` to the root, its sibling first (RFC 9162, section 2.1.3.1).

        Raises ``Malformed`` if there is no such leaf.
        """
        if not 0 <= index < self.size:
            raise Malformed(f"entry {index} was asked for, expected one of {self.size}")
        proof: list[bytes] = []
        start, end = 0, self.size
        while end - start > 1:
            middle = _middle(start, end)
            if index < middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        return proof[::-1]

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """Hashes that show the first ``old_size`` entries to be a part of these (RFC 9162, section 2.1.4.1).

        Raises ``Malformed`` if the tree is smaller than that.
        """
        if not 0 <= old_size <= self.size:
            raise Malformed(f"a tree of {old_size} entries was named, expected at most {self.size}")
        if old_size == 0:
            return []
        proof: list[bytes] = []
        start, end = 0, self.size
        while old_size != end:
            middle = _middle(start, end)
            if old_size <= middle:
                proof.append(self._hash(middle, end))
                end = middle
            else:
                proof.append(self._hash(start, middle))
                start = middle
        if start:
            proof.append(self._hash(start, end))
        return proof[::-1]

    def appended(self, leaf_hashes: Sequence[bytes]) -> dict[Tile, bytes]:
        """The tiles that are new or wider once these are appended, each with its whole content.

        Of partial tiles only those of the new size: what lies between two signed sizes nobody may ask for.
        """
        check_size(self.size + len(leaf_hashes))
        made: dict[Tile, bytes] = {}
        level, new = 0, list(leaf_hashes)
        while new:
            full, partial = divmod(self.size >> TILE_ROWS * level, TILE_WIDTH)
            row = (self._tile(level, full, partial) if partial else b"") + b"".join(new)
            new = []
            for at in range(0, len(row), TILE_WIDTH * HASH_SIZE):
                content = row[at : at + TILE_WIDTH * HASH_SIZE]
                tile = Tile(level, full + at // (TILE_WIDTH * HASH_SIZE), len(content) // HASH_SIZE)
                made[tile] = content
                if tile.width == TILE_WIDTH:
                    new.append(folded(content))
            level += 1
        return made

    def _hash(self, start: int, end: int) -> bytes:
        """The hash of entries ``start`` up to ``end``, a part into which the tree is cut."""
        size = end - start
        if size & size - 1:
            middle = _middle(start, end)
            return node_hash(self._hash(start, middle), self._hash(middle, end))
        level, rows = divmod(size.bit_length() - 1, TILE_ROWS)
        index, first = divmod(start >> TILE_ROWS * level, TILE_WIDTH)
        width = min(TILE_WIDTH, (self.size >> TILE_ROWS * level) - index * TILE_WIDTH)
        content = self._tile(level, index, width)
        return folded(content[first * HASH_SIZE : (first + (1 << rows)) * HASH_SIZE])

    def _tile(self, level: int, index: int, width: int) -> bytes:
        tile = Tile(level, index, width)
        content = self._tiles.get(tile)
        if content is None:
            content = self._read(tile)[: width * HASH_SIZE]
            if len(content) != width * HASH_SIZE:
                raise Malformed(f"{tile.path} has {len(content)} bytes, expected {width * HASH_SIZE}")
            self._tiles[tile] = content
        return content


def tiles_for(size: int, *indices: int) -> list[Tile]:
    """The tiles from which the root of so many entries is made, and the inclusion proofs of those at ``indices``.

    For a consistency proof: the indices are those of the last entry of the older tree, and of the one behind it.
    """
    found: dict[Tile, None] = {}
    level = 0
    while (hashes := size >> TILE_ROWS * level) > 0:
        last = (hashes - 1) // TILE_WIDTH
        for index in {last, *(min(each >> TILE_ROWS * (level + 1), last) for each in indices)}:
            found[Tile(level, index, min(TILE_WIDTH, hashes - index * TILE_WIDTH))] = None
        level += 1
    return list(found)


def _middle(start: int, end: int) -> int:
    """Where entries ``start`` up to ``end`` are cut: behind the largest power of two below their number."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def folded(content: bytes) -> bytes:
    """The hash over hashes side by side, a power of two of them."""
    while len(content) > HASH_SIZE:
        pairs = [content[at : at + _PAIR_SIZE] for at in range(0, len(content), _PAIR_SIZE)]
        content = b"".join(map(pair_hash, pairs))
    return content
