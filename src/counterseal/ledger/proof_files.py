"""A file that shows, without the log, that an entry is in it (C2SP tlog-proof).

Ours carry what the leaf stands for, the salt and the record, as extra data; nothing there is believed but through the
leaf's commitment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import NamedTuple, Self

from counterseal.ledger.canonical import canonical
from counterseal.ledger.checkpoints import Checkpoint, Trust
from counterseal.ledger.errors import Malformed
from counterseal.ledger.hashing import PROOF_HASHES_MAX, check_inclusion, leaf_hash
from counterseal.ledger.leaves import Leaf
from counterseal.ledger.lines import base64_of, bytes_of, hash_of, number_of, text_of
from counterseal.ledger.notes import Note

PROOF_FILE_BYTES_MAX = 16 * 1024 * 1024
"""A record has a body of a megabyte in it, and votes over it; in base64 twice."""

_FIRST_LINE = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class ProofFile:
    """The place of an entry, the hashes that lead to the root, and the checkpoint with it. ``extra`` proves nothing."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Note
    extra: bytes | None = None

    @property
    def content(self) -> bytes:
        """The file."""
        extra = [] if self.extra is None else [f"extra {base64_of(self.extra)}"]
        lines = [_FIRST_LINE, *extra, f"index {self.index}", *map(base64_of, self.hashes), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint.content

    @classmethod
    def of(cls, content: bytes) -> Self:
        """The proof in a file. Raises ``Malformed``."""
        text = text_of(content, "a proof file", bytes_max=PROOF_FILE_BYTES_MAX)
        above, _, checkpoint = text.partition("\n\n")
        first, *lines = above.split("\n", PROOF_HASHES_MAX + 3)
        if first != _FIRST_LINE:
            raise Malformed(f"not a proof file: expected its first line to be {_FIRST_LINE}")
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = bytes_of(lines.pop(0).removeprefix("extra "), "the extra data")
        if not lines or not lines[0].startswith("index "):
            raise Malformed("a proof file has no index where it belongs")
        index = number_of(lines.pop(0).removeprefix("index "), "the index")
        if len(lines) > PROOF_HASHES_MAX:
            raise Malformed(f"a proof file has more than {PROOF_HASHES_MAX} hashes")
        return cls(index, tuple(hash_of(line, "a hash") for line in lines), Note.of(checkpoint.encode()), extra)

    def check(self, entry: bytes, trust: Trust) -> Checkpoint:
        """The checkpoint, which is believed and has ``entry`` below it. Raises ``Malformed`` and ``NotProven``."""
        found = trust.checkpoint_of(self.checkpoint)
        leaf = leaf_hash(entry)
        check_inclusion(leaf, index=self.index, size=found.size, proof=self.hashes, root=found.root)
        return found


class Disclosed(NamedTuple):
    """What is shown of an entry: the leaf, and the salt and the canonical text of the record that it stands for."""

    leaf: Leaf
    salt: bytes
    record_text: bytes

    @property
    def extra(self) -> bytes:
        """As a proof file carries it: canonical JSON of leaf, salt and record, all three as texts."""
        texts = {"leaf": self.leaf.entry.decode(), "record": self.record_text.decode(), "salt": self.salt.hex()}
        return canonical(texts)

    @classmethod
    def of(cls, extra: bytes | None) -> Self:
        """The same from the extra data of a proof file. Raises ``Malformed``; and believes nothing yet."""
        try:
            read = json.loads(extra or b"")
            leaf, salt, record = Leaf.of(read["leaf"].encode()), bytes.fromhex(read["salt"]), read["record"].encode()
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
            raise fault if isinstance(fault, Malformed) else Malformed("the extra data discloses no record") from None
        return cls(leaf, salt, record)


def disclosed_by(proof: ProofFile, trust: Trust) -> Disclosed:
    """The record that a proof file proves to be in the log: signed, included, and committed to.

    Raises ``Malformed`` and ``NotProven``.
    """
    shown = Disclosed.of(proof.extra)
    proof.check(shown.leaf.entry, trust)
    shown.leaf.check_record(shown.salt, shown.record_text)
    if shown.leaf.seq != proof.index:
        raise Malformed(f"the leaf says that it is entry {shown.leaf.seq}, and the proof {proof.index}")
    return shown
