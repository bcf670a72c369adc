"""What stands in the log of a record: a commitment that tells nobody what it is about.

A leaf is ``{"at":"<ms>","c":"<hex>","kind":…,"seq":"<n>","v":1}`` in canonical JSON. Its ``c`` is the SHA-256 of 32
random bytes, the salt, and the canonical record. Tiles may be public, and whoever deletes a record with its salt has
deleted what it said, while the tree still verifies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from counterseal.ledger.canonical import Json, canonical
from counterseal.ledger.errors import Malformed, NotProven

SALT_SIZE = 32
LEAF_BYTES_MAX = 512

_DECIMAL = "0|[1-9][0-9]{0,18}"
_ENTRY = re.compile(
    rf'{{"at":"(?P<at>{_DECIMAL})","c":"(?P<c>[0-9a-f]{{64}})","kind":"(?P<kind>[A-Z][A-Z_]{{0,31}})",'
    rf'"seq":"(?P<seq>{_DECIMAL})","v":1}}'
)


def commitment(salt: bytes, record: Json) -> str:
    """The 64 hexadecimal characters that stand for a record. Raises ``Malformed`` for a salt of another length."""
    return commitment_to_text(salt, canonical(record))


def commitment_to_text(salt: bytes, record_text: bytes) -> str:
    """The same of the canonical text of a record."""
    if len(salt) != SALT_SIZE:
        raise Malformed(f"a salt has {len(salt)} bytes, expected {SALT_SIZE}")
    return sha256(salt + record_text).hexdigest()


def entry_of(at_ms: int, seq: int, kind: str, commitment: str) -> bytes:
    """The bytes of a leaf."""
    return f'{{"at":"{at_ms}","c":"{commitment}","kind":"{kind}","seq":"{seq}","v":1}}'.encode()


@dataclass(frozen=True, slots=True)
class Leaf:
    """When a record was made, its place in the log, its kind and its commitment."""

    at_ms: int
    seq: int
    kind: str
    commitment: str

    def __post_init__(self) -> None:
        if _ENTRY.fullmatch(self.entry.decode()) is None:
            raise Malformed("a leaf has a time, place, kind or commitment that cannot be one")

    @property
    def entry(self) -> bytes:
        """The bytes that are hashed and served."""
        return entry_of(self.at_ms, self.seq, self.kind, self.commitment)

    @classmethod
    def of(cls, entry: bytes) -> Self:
        """The leaf whose bytes these are. Raises ``Malformed``."""
        if len(entry) > LEAF_BYTES_MAX:
            raise Malformed(f"a leaf has {len(entry)} bytes, expected at most {LEAF_BYTES_MAX}")
        found = _ENTRY.fullmatch(entry.decode("ascii", "replace"))
        if found is None:
            raise Malformed("not a leaf in canonical JSON, expected at, c, kind, seq and v of version 1")
        return cls(int(found["at"]), int(found["seq"]), found["kind"], found["c"])

    def check_record(self, salt: bytes, record_text: bytes) -> None:
        """Raise ``NotProven`` unless this leaf stands for that record, given as canonical text, with that salt."""
        if commitment_to_text(salt, record_text) != self.commitment:
            raise NotProven(f"entry {self.seq} stands for another record, or for this one with another salt")
