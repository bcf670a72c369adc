"""Laws of the tree: every proof holds, it is what the RFC's definition gives, and no other proof holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from counterseal.ledger import NotProven, Tile, TiledTree, check_consistency, check_inclusion, leaf_hash
from counterseal.ledger.hashing import node_hash
from counterseal.ledger.tiles import tiles_of
from logs import Log
from merkle_reference import consistency_of, path_of, root_of

ENTRIES = [b"entry %d" % number for number in range(700)]
LOG = Log(ENTRIES)
SIZES = st.one_of(st.integers(0, 40), st.sampled_from([255, 256, 257, 511, 512, 513, 640]), st.integers(0, 700))


def test_roots_are_those_of_pymerkle() -> None:
    theirs = InmemoryTree(algorithm="sha256")
    for size, entry in enumerate(ENTRIES, start=1):
        theirs.append_entry(entry)
        if size < 70 or size % 64 in (0, 1):
            assert LOG.tree(size).root() == theirs.get_root(size)


@given(st.lists(st.integers(1, 300), max_size=4))
def test_tiles_are_the_same_however_entries_come(counts: list[int]) -> None:
    log, whole = Log(), ENTRIES * 2
    for count in counts:
        log.append(*whole[log.size : log.size + count])
    at_once = Log(whole[: log.size])
    assert {tile: log.tiles[tile] for tile in tiles_of(log.size)} == at_once.tiles
    assert log.tree().root() == at_once.tree().root() == root_of(whole[: log.size])


@given(SIZES.filter(bool), st.data())
def test_inclusion(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    tree = LOG.tree(size)
    proof, root, leaf = tree.inclusion_proof(index), tree.root(), leaf_hash(ENTRIES[index])
    assert proof == path_of(index, ENTRIES[:size])
    check_inclusion(leaf, index=index, size=size, proof=proof, root=root)
    for other in mutations(proof):
        with pytest.raises(NotProven):
            check_inclusion(leaf, index=index, size=size, proof=other, root=root)
    for wrong_index in (index + 1, index ^ 1, -1, size):
        with pytest.raises(NotProven):
            check_inclusion(leaf, index=wrong_index, size=size, proof=proof, root=root)
    with pytest.raises(NotProven):
        check_inclusion(leaf, index=index, size=size, proof=proof, root=flipped(root))
    with pytest.raises(NotProven):
        check_inclusion(leaf_hash(b"another"), index=index, size=size, proof=proof, root=root)


@given(SIZES, SIZES)
def test_consistency(one: int, another: int) -> None:
    old, new = sorted((one, another))
    proof = LOG.tree(new).consistency_proof(old)
    if old:
        assert proof == consistency_of(old, ENTRIES[:new])
    roots = {"old_root": LOG.tree(old).root(), "new_root": LOG.tree(new).root()}
    check_consistency(old_size=old, new_size=new, proof=proof, **roots)
    for other in mutations(proof):
        with pytest.raises(NotProven):
            check_consistency(old_size=old, new_size=new, proof=other, **roots)
    for wrong in ("old_root", "new_root") if old else ("old_root",):
        with pytest.raises(NotProven):
            check_consistency(old_size=old, new_size=new, proof=proof, **(roots | {wrong: flipped(roots[wrong])}))
    if old < new:
        with pytest.raises(NotProven):
            check_consistency(old_size=new, new_size=old, proof=proof, **roots)


@given(st.integers(2, 700), st.data())
def test_a_changed_past_is_not_consistent(size: int, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, size - 2))
    old = data.draw(st.integers(at + 1, size - 1))
    forged = Log([*ENTRIES[:at], b"forged", *ENTRIES[at + 1 : size]])
    for proof in (forged.tree().consistency_proof(old), LOG.tree(size).consistency_proof(old)):
        with pytest.raises(NotProven):
            check_consistency(
                old_size=old,
                old_root=LOG.tree(old).root(),
                new_size=size,
                new_root=forged.tree().root(),
                proof=proof,
            )


def test_a_proof_among_a_million_reads_few_tiles_and_hashes_little() -> None:
    """Whatever the entries are: here each is the same, so that a few tiles stand for all."""
    size, read = 1_000_000, []
    perfect = [leaf_hash(b"")]
    for _ in range(16):
        perfect.append(node_hash(perfect[-1], perfect[-1]))

    def tile_of(tile: Tile) -> bytes:
        read.append(tile)
        return perfect[8 * tile.level] * tile.width

    tree = TiledTree(size, tile_of)
    proof = tree.inclusion_proof(654_321)
    check_inclusion(leaf_hash(b""), index=654_321, size=size, proof=proof, root=tree.root())
    assert len(read) <= 6
    read.clear()
    newer = TiledTree(size, tile_of)
    proof = newer.consistency_proof(123_457)
    older = TiledTree(123_457, tile_of)
    check_consistency(old_size=123_457, old_root=older.root(), new_size=size, new_root=newer.root(), proof=proof)
    assert len(read) <= 12


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_hash_has_32_bytes(length: int) -> None:
    tree, older = LOG.tree(3), LOG.tree(2)
    with pytest.raises(NotProven):
        check_inclusion(leaf_hash(ENTRIES[0]), index=0, size=2, proof=[bytes(length)], root=older.root())
    with pytest.raises(NotProven):
        check_consistency(old_size=2, old_root=older.root(), new_size=3, new_root=tree.root(), proof=[bytes(length)])


def flipped(hash_: bytes) -> bytes:
    return bytes((hash_[0] ^ 1,)) + hash_[1:]


def mutations(proof: list[bytes]) -> list[list[bytes]]:
    """One hash changed, left out, put in, or two exchanged."""
    changed = [[*proof[:at], flipped(proof[at]), *proof[at + 1 :]] for at in range(len(proof))]
    less = [[*proof[:at], *proof[at + 1 :]] for at in range(len(proof))]
    more = [[*proof[:at], bytes(32), *proof[at:]] for at in range(len(proof) + 1)]
    exchanged = [
        [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]
        for at in range(len(proof) - 1)
        if proof[at] != proof[at + 1]
    ]
    return [*changed, *less, *more, *exchanged]
