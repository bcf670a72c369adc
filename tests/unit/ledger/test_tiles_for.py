"""Which tiles a proof is made of is known before any is read."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from counterseal.ledger import TiledTree, check_consistency, check_inclusion
from counterseal.ledger.tree import tiles_for

SIZE = 66_000
HASHES = [sha256(number.to_bytes(4)).digest() for number in range(SIZE)]
TILES = {(tile.level, tile.index): content for tile, content in TiledTree(0, lambda _: b"").appended(HASHES).items()}
SIZES = st.integers(1, SIZE) | st.sampled_from([1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, SIZE])


def tree_of(size: int, *indices: int) -> TiledTree:
    """It can read nothing but the tiles that are said to be enough."""
    tiles = {(tile.level, tile.index): TILES[tile.level, tile.index] for tile in tiles_for(size, *indices)}
    return TiledTree(size, lambda tile: tiles[tile.level, tile.index])


@given(size=SIZES, data=st.data())
def test_they_are_enough_for_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = tree_of(size, index)
    check_inclusion(HASHES[index], index=index, size=size, proof=tree.inclusion_proof(index), root=tree_of(size).root())
    assert len(tiles_for(size, index)) <= 2 * 3


@given(sizes=st.tuples(SIZES, SIZES))
def test_they_are_enough_for_consistency(sizes: tuple[int, int]) -> None:
    old, new = sorted(sizes)
    check_consistency(
        old_size=old,
        old_root=tree_of(old).root(),
        new_size=new,
        new_root=tree_of(new).root(),
        proof=tree_of(new, old - 1, old).consistency_proof(old),
    )
