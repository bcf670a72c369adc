"""The trees of the logs in a file: checkpoints that are signed, and tiles that lead up to them."""

from __future__ import annotations

from counterseal.ledger import (
    Checkpoint,
    LedgerError,
    Malformed,
    Note,
    NotProven,
    SignatureType,
    Tile,
    TiledTree,
    VerifierKey,
    check_consistency,
)
from counterseal.ledger.hashing import HASH_SIZE
from counterseal.ledger.tiles import TILE_ROWS, TILE_WIDTH
from counterseal.ledger.tree import folded, tiles_for
from counterseal.store import StoredLog


class Tree:
    """One log: what its checkpoint says, once it is seen to be signed by ``key`` (an Ed25519 public key, 32 bytes).

    ``found`` is what a later log says that there was of this one: nothing of it is believed before ``confirm``.
    """

    def __init__(self, log: StoredLog, key: bytes, found: str | None) -> None:
        try:
            note = Note.of(log.checkpoint)
            self.checkpoint = Checkpoint.of(note.text)
            note.check([VerifierKey(self.checkpoint.origin, SignatureType.LOG, key)])
        except LedgerError as fault:
            raise NotProven(f"the checkpoint of {log.origin}: {fault}") from None
        if self.checkpoint.origin != log.origin:
            raise NotProven(f"the checkpoint is of {self.checkpoint.origin}, and the log is {log.origin}")
        self.signed, self._found = self.checkpoint, found
        if found is not None:
            self.checkpoint = Checkpoint.of(found)
        self.size = self.checkpoint.size
        self._tiles: dict[tuple[int, int], bytes] = {}
        self._checked: set[tuple[int, int]] = set()
        self._has_root = False

    def add(self, level: int, index: int, hashes: bytes) -> None:
        """A tile; nothing of it is believed yet."""
        width = self._width(level, index)
        if len(hashes) < width * HASH_SIZE:
            raise Malformed(f"{Tile(level, index, max(width, 1)).path} has {len(hashes)} bytes")
        self._tiles[level, index] = hashes[: width * HASH_SIZE]

    def confirm(self, found: str) -> None:
        """A later log says this. Raises NotProven unless it is what was said, and goes on from what was signed."""
        if found != self._found:
            raise NotProven(f"the log behind {self.checkpoint.origin} says that something else was found of it")
        self.check_goes_on_from(self.signed)
        self._found = None

    @property
    def is_confirmed(self) -> bool:
        """Whether all that is said of it is believed."""
        return self._found is None

    def check_root(self) -> None:
        """Raise NotProven unless the tiles lead to the root that was signed."""
        if not self._has_root:
            if TiledTree(self.size, self._read).root() != self.checkpoint.root:
                raise NotProven(f"the tiles of {self.checkpoint.origin} lead to another root than the checkpoint's")
            self._has_root = True

    def check_leaf(self, seq: int, leaf: bytes) -> None:
        """Raise NotProven unless the entry of this hash is there, below the checkpoint."""
        index, at = divmod(seq, TILE_WIDTH)
        if not 0 <= seq < self.size or self._believed(0, index)[at * HASH_SIZE :][:HASH_SIZE] != leaf:
            raise NotProven(f"entry {seq} of {self.checkpoint.origin} is another one in the tree")

    def check_goes_on_from(self, seen: Checkpoint) -> None:
        """Raise NotProven unless the tree begins with all entries of a checkpoint that was seen earlier."""
        if seen.size > self.size:
            raise NotProven(
                f"{seen.origin} had {seen.size} entries when the checkpoint was signed that you have kept, and has"
                f" {self.size} here: entries have been taken away, or the export is older"
            )
        at = (seen.size - 1, seen.size) if seen.size else ()
        if any((tile.level, tile.index) not in self._tiles for tile in tiles_for(self.size, *at)):
            raise NotProven(
                f"nothing here shows that {seen.origin} goes on from {seen.size} entries: export with --checkpoint"
            )
        proof = TiledTree(self.size, self._read).consistency_proof(seen.size)
        check_consistency(
            old_size=seen.size,
            old_root=seen.root,
            new_size=self.size,
            new_root=self.checkpoint.root,
            proof=proof,
        )

    def _believed(self, level: int, index: int) -> bytes:
        """A tile that leads up to the root."""
        self.check_root()
        content = self._read(Tile(level, index))
        if (level, index) not in self._checked:
            if len(content) == TILE_WIDTH * HASH_SIZE:  # any other is at the right edge, below the root itself
                parent, at = divmod(index, TILE_WIDTH)
                if self._believed(level + 1, parent)[at * HASH_SIZE :][:HASH_SIZE] != folded(content):
                    raise NotProven(f"{Tile(level, index).path} of {self.checkpoint.origin} has other hashes")
            self._checked.add((level, index))
        return content

    def _read(self, tile: Tile) -> bytes:
        found = self._tiles.get((tile.level or 0, tile.index))
        if found is None:
            raise NotProven(f"{tile.path} of {self.checkpoint.origin} is not in the file")
        return found

    def _width(self, level: int, index: int) -> int:
        return max(0, min(TILE_WIDTH, (self.size >> TILE_ROWS * level) - index * TILE_WIDTH))
