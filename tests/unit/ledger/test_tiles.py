"""Tiles and bundles: one spelling of a path, and what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterseal.ledger import Malformed, Tile, TiledTree, bundle, entries_of
from counterseal.ledger.hashing import EMPTY_ROOT
from counterseal.ledger.tiles import ENTRY_BYTES_MAX, hashes_of


@given(st.none() | st.integers(0, 63), st.integers(0, 2**54), st.integers(1, 256))
def test_a_path_leads_back(level: int | None, index: int, width: int) -> None:
    tile = Tile(level, index, width)
    assert Tile.of_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/999",
        "tile/0/000.p/01",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/٠٠٠",
        "tile/data/000",
        "tile/0/" + "x001/" * 20 + "000",
    ],
)
def test_what_is_no_path_of_a_tile(path: str) -> None:
    with pytest.raises(Malformed):
        Tile.of_path(path)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert entries_of(bundle(entries)) == entries


@pytest.mark.parametrize("content", [b"", b"\0", b"\0\1", b"\0\1a\0", b"\0\2a", b"\0\0" * 257], ids=repr)
def test_what_is_no_bundle(content: bytes) -> None:
    with pytest.raises(Malformed):
        entries_of(content)


def test_an_entry_has_a_bound() -> None:
    assert entries_of(bundle([bytes(ENTRY_BYTES_MAX)])) == [bytes(ENTRY_BYTES_MAX)]
    with pytest.raises(Malformed):
        bundle([bytes(ENTRY_BYTES_MAX + 1)])


@pytest.mark.parametrize("size", [0, 1, 31, 33, 257 * 32])
def test_what_is_no_tile(size: int) -> None:
    with pytest.raises(Malformed):
        hashes_of(bytes(size))
    assert hashes_of(bytes(64)) == [bytes(32)] * 2


def test_a_tree_refuses_what_is_not_there() -> None:
    tree = TiledTree(5, lambda tile: bytes(32 * 4))
    for ask in (tree.root, lambda: tree.inclusion_proof(5), lambda: tree.inclusion_proof(-1)):
        with pytest.raises(Malformed):
            ask()
    for size in (6, -1):
        with pytest.raises(Malformed):
            tree.consistency_proof(size)
    with pytest.raises(Malformed):
        TiledTree(-1, lambda tile: b"")
    assert TiledTree(0, lambda tile: b"").root() == EMPTY_ROOT
