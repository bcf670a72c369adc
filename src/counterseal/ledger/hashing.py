"""Merkle tree hashes (RFC 9162, section 2.1; the same as in RFC 6962), and proofs checked against a root.

A tree of ``size`` leaves is cut where its left part is the largest power of two below ``size``.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from counterseal.ledger.errors import Malformed, NotProven

HASH_SIZE = 32
PROOF_HASHES_MAX = 63
SIZE_MAX = 2**63 - 1
"""Entries. Everybody can count so far, and no proof has more than 63 hashes then."""

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return pair_hash(left + right)


def pair_hash(hashes: bytes) -> bytes:
    """The same of two hashes that stand side by side already."""
    return sha256(b"\x01" + hashes).digest()


def check_inclusion(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ``NotProven`` unless the leaf of this hash is at ``index`` in the tree of ``size`` with this ``root``.

    ``proof`` has the sibling of the leaf first. RFC 9162, section 2.1.3.2.
    """
    _check_lengths(leaf, root, *proof)
    if not 0 <= index < size:
        raise NotProven(f"the entry is at {index} in a tree of {size}, expected one of its entries")
    found = _climbed(leaf, index, size - 1, proof)
    if found != root:
        raise NotProven("the inclusion proof leads to another root")


def check_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ``NotProven`` unless the tree of ``new_size`` begins with all entries of the tree of ``old_size``.

    RFC 9162, section 2.1.4.2. From an empty tree and between equal sizes the proof is empty.
    """
    _check_lengths(old_root, new_root, *proof)
    if not 0 <= old_size <= new_size:
        raise NotProven(f"the trees have {old_size} and {new_size} entries, expected the older to be no larger")
    if old_size in (0, new_size):
        _check_without_proof(old_size, old_root, new_size, new_root, proof)
        return
    hashes = list(proof)
    node, last = old_size - 1, new_size - 1
    while node & 1:  # up to the largest perfect subtree that the older tree ends with
        node, last = node >> 1, last >> 1
    if node == 0:
        hashes.insert(0, old_root)
    if not hashes:
        raise NotProven("the consistency proof is empty")
    old = new = hashes[0]
    for at, sibling in enumerate(hashes[1:], start=2):
        if last == 0:
            raise NotProven(f"the consistency proof has {len(hashes)} hashes, expected {at - 1}")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise NotProven("the consistency proof has too few hashes")
    if old != old_root:
        raise NotProven("the consistency proof leads to another root of the older tree")
    if new != new_root:
        raise NotProven("the consistency proof leads to another root of the newer tree")


def _climbed(leaf: bytes, node: int, last: int, proof: Sequence[bytes]) -> bytes:
    """The root over ``leaf``, its siblings in ``proof``; ``last`` is the index of the last leaf."""
    found = leaf
    for at, sibling in enumerate(proof):
        if last == 0:
            raise NotProven(f"the inclusion proof has {len(proof)} hashes, expected {at}")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise NotProven("the inclusion proof has too few hashes")
    return found


def _check_without_proof(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    if proof:
        raise NotProven(f"the consistency proof has {len(proof)} hashes, expected none")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise NotProven("the older tree has no entries, and its root is not that of an empty tree")
    if old_size == new_size and old_root != new_root:
        raise NotProven(f"two trees of {old_size} entries have different roots")


def _check_lengths(*hashes: bytes) -> None:
    """Two hashes of other lengths could be taken for two others, side by side."""
    if any(len(each) != HASH_SIZE for each in hashes):
        raise NotProven(f"a hash of the proof, a root or a leaf has other than {HASH_SIZE} bytes")


def check_size(size: int) -> int:
    """``size`` itself. Raises ``Malformed`` if no tree has so many entries."""
    if not 0 <= size <= SIZE_MAX:
        raise Malformed(f"a tree has {size} entries, expected 0 to {SIZE_MAX}")
    return size
