"""Merkle trees as RFC 6962, section 2.1, defines them: by recursion over all entries, and without tiles."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def root_of(entries: Sequence[bytes]) -> bytes:
    """MTH(D[n])."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    cut = _cut(len(entries))
    return sha256(b"\x01" + root_of(entries[:cut]) + root_of(entries[cut:])).digest()


def path_of(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    cut = _cut(len(entries))
    if index < cut:
        return [*path_of(index, entries[:cut]), root_of(entries[cut:])]
    return [*path_of(index - cut, entries[cut:]), root_of(entries[:cut])]


def consistency_of(old_size: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D[n])."""
    return _subproof(old_size, entries, True)


def _subproof(old_size: int, entries: Sequence[bytes], known: bool) -> list[bytes]:
    if old_size == len(entries):
        return [] if known else [root_of(entries)]
    cut = _cut(len(entries))
    if old_size <= cut:
        return [*_subproof(old_size, entries[:cut], known), root_of(entries[cut:])]
    return [*_subproof(old_size - cut, entries[cut:], False), root_of(entries[:cut])]


def _cut(size: int) -> int:
    power = 1
    while 2 * power < size:
        power *= 2
    return power
