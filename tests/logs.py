"""A log in memory, for tests: its tiles, its key and what it signs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from counterseal.crypto.ed25519 import Ed25519PrivateKey
from counterseal.ledger import Checkpoint, Note, SignatureType, Signer, Tile, TiledTree, VerifierKey, leaf_hash
from counterseal.ledger.tiles import TILE_WIDTH

ORIGIN = "ledger.example/7f2c1a10"


def signer(name: str, seed: str, type_: SignatureType = SignatureType.LOG) -> Signer:
    """A key whose private half is the SHA-256 of a text."""
    key = Ed25519PrivateKey.from_secret(sha256(seed.encode()).digest())
    return Signer(VerifierKey(name, type_, key.public_key), key.sign)


LOG = signer(ORIGIN, "counterseal example: log")
WITNESS = signer("witness.example/w1", "counterseal example: witness", SignatureType.COSIGNATURE)


class Log:
    """Appends entries, and remembers every tile that a size had."""

    def __init__(self, entries: Iterable[bytes] = ()) -> None:
        self.tiles: dict[Tile, bytes] = {}
        self.size = 0
        self.append(*entries)

    def append(self, *entries: bytes) -> None:
        """All at once."""
        self.tiles |= self.tree().appended([leaf_hash(entry) for entry in entries])
        self.size += len(entries)

    def tree(self, size: int | None = None) -> TiledTree:
        """The first entries, or all."""
        return TiledTree(self.size if size is None else size, self._read)

    def checkpoint(self, size: int | None = None) -> Note:
        """Signed by the log."""
        tree = self.tree(size)
        return Checkpoint(ORIGIN, tree.size, tree.root()).note.signed(LOG)

    def _read(self, tile: Tile) -> bytes:
        widths = (replace(tile, width=width) for width in range(tile.width, TILE_WIDTH + 1))
        return next(self.tiles[each] for each in widths if each in self.tiles)
