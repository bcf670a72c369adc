"""Checkpoints (C2SP tlog-checkpoint): how many entries a log has, and the hash over them, as the text of a note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from counterseal.ledger.errors import Malformed, NotProven
from counterseal.ledger.hashing import HASH_SIZE, check_size
from counterseal.ledger.keys import SignatureType, VerifierKey, check_name
from counterseal.ledger.lines import base64_of, hash_of, number_of
from counterseal.ledger.notes import Note

_LINES_MAX = 32


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which log, how many entries, and the root hash, 32 bytes. Extension lines say nothing here; they are kept."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_name(self.origin)
        check_size(self.size)
        if len(self.root) != HASH_SIZE:
            raise Malformed(f"a root hash has {len(self.root)} bytes, expected {HASH_SIZE}")

    @property
    def text(self) -> str:
        """Three lines or more, each with its newline."""
        return "".join(f"{line}\n" for line in (self.origin, self.size, base64_of(self.root), *self.extensions))

    @property
    def note(self) -> Note:
        """The same as a note that nobody has signed yet."""
        return Note(self.text, ())

    @classmethod
    def of(cls, text: str) -> Self:
        """The checkpoint in the text of a note. Raises ``Malformed``."""
        lines = text.removesuffix("\n").split("\n", _LINES_MAX)
        if not 3 <= len(lines) <= _LINES_MAX or not all(lines):
            raise Malformed("not a checkpoint: expected three lines or more, none of them empty")
        origin, size, root, *extensions = lines
        return cls(origin, number_of(size, "the size"), hash_of(root, "the root hash"), tuple(extensions))


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom to believe: the keys of one log, those of witnesses, and how many witnesses must have signed."""

    log_keys: frozenset[VerifierKey]
    witness_keys: frozenset[VerifierKey] = frozenset()
    quorum: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.quorum <= len(self.witness_keys):
            raise Malformed(f"{self.quorum} of {len(self.witness_keys)} witnesses were asked for")
        if {key.type for key in self.log_keys} != {SignatureType.LOG}:
            raise Malformed("expected one key or more of a log")
        if any(key.type is not SignatureType.COSIGNATURE for key in self.witness_keys):
            raise Malformed("a witness has a key of another type, expected 0x04")

    def checkpoint_of(self, note: Note) -> Checkpoint:
        """The checkpoint in ``note``, which the log and enough witnesses have signed.

        The key of a log has the log's origin for its name. Raises ``Malformed`` and ``NotProven``.
        """
        found = Checkpoint.of(note.text)
        signed = note.check(self.log_keys | self.witness_keys)
        if not any(key.name == found.origin for key in self.log_keys & signed.keys()):
            raise NotProven(f"the checkpoint of {found.origin} is not signed by a key of that log")
        witnesses = self.witness_keys & signed.keys()
        if len(witnesses) < self.quorum:
            raise NotProven(f"the checkpoint is signed by {len(witnesses)} witnesses, expected {self.quorum}")
        return found


def trust(log_keys: Iterable[str], witness_keys: Iterable[str] = (), *, quorum: int = 0) -> Trust:
    """The same of the texts of keys. Raises ``Malformed``."""
    logs, witnesses = (frozenset(map(VerifierKey.of_text, texts)) for texts in (log_keys, witness_keys))
    return Trust(logs, witnesses, quorum)
