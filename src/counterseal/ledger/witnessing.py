"""What a log and a witness say to each other (C2SP tlog-witness): messages, and how a witness judges one.

A witness keeps of each log the last checkpoint that it has signed, and signs another one only if that has the same
entries and more. Whoever serves it has to keep what ``judged`` says in the same transaction as it asked for what was
kept before, and before the answer leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple, Self

from counterseal.ledger.checkpoints import Checkpoint
from counterseal.ledger.errors import Malformed, NotProven
from counterseal.ledger.hashing import EMPTY_ROOT, PROOF_HASHES_MAX, check_consistency
from counterseal.ledger.keys import VerifierKey
from counterseal.ledger.lines import base64_of, hash_of, number_of, text_of
from counterseal.ledger.notes import NOTE_BYTES_MAX, Note, Signature, Signer, signatures_of

REQUEST_BYTES_MAX = NOTE_BYTES_MAX + 4096
SIZE_TYPE = "text/x.tlog.size"
_TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """The body of ``POST <prefix>/add-checkpoint``: the size that the witness has, a proof from there, a checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    checkpoint: Note

    @property
    def content(self) -> bytes:
        """The body."""
        lines = [f"old {self.old_size}", *map(base64_of, self.proof), ""]
        return "".join(f"{line}\n" for line in lines).encode() + self.checkpoint.content

    @classmethod
    def of(cls, content: bytes) -> Self:
        """The message in a body. Raises ``Malformed``."""
        text = text_of(content, "the request", bytes_max=REQUEST_BYTES_MAX)
        above, _, checkpoint = text.partition("\n\n")
        first, *lines = above.split("\n", PROOF_HASHES_MAX + 1)
        if not first.startswith("old "):
            raise Malformed("the request does not begin with old and a size")
        if len(lines) > PROOF_HASHES_MAX:
            raise Malformed(f"the request has more than {PROOF_HASHES_MAX} hashes")
        proof = tuple(hash_of(line, "a hash") for line in lines)
        return cls(number_of(first.removeprefix("old "), "the old size"), proof, Note.of(checkpoint.encode()))


class Answer(NamedTuple):
    """What a witness answers, and the checkpoint that it has to keep before it does, if any."""

    status: HTTPStatus
    body: str
    content_type: str = _TEXT_TYPE
    keep: Checkpoint | None = None


def judged(
    content: bytes,
    *,
    log_keys: Mapping[str, frozenset[VerifierKey]],
    kept: Callable[[str], Checkpoint | None],
    signer: Signer,
    now_s: int,
) -> Answer:
    """The answer of a witness to the body of an add-checkpoint.

    ``log_keys`` has the keys of each log by its origin, ``kept`` gives what is kept of an origin, and ``signer`` makes
    cosignatures. In the order of the specification.
    """
    try:
        request = AddCheckpoint.of(content)
        new = Checkpoint.of(request.checkpoint.text)
    except Malformed as fault:
        return Answer(HTTPStatus.BAD_REQUEST, f"{fault}\n")
    if new.origin not in log_keys:
        return Answer(HTTPStatus.NOT_FOUND, "this log is not known here\n")
    try:
        request.checkpoint.check(log_keys[new.origin])
    except NotProven as fault:
        return Answer(HTTPStatus.FORBIDDEN, f"{fault}\n")
    if request.old_size > new.size:
        return Answer(HTTPStatus.BAD_REQUEST, f"the old size is {request.old_size}, the new one {new.size}\n")
    before = kept(new.origin) or Checkpoint(new.origin, 0, EMPTY_ROOT)
    if request.old_size != before.size or (before.size == new.size and before.root != new.root):
        return Answer(HTTPStatus.CONFLICT, f"{before.size}\n", SIZE_TYPE)
    try:
        check_consistency(
            old_size=before.size, old_root=before.root, new_size=new.size, new_root=new.root, proof=request.proof
        )
    except NotProven as fault:
        return Answer(HTTPStatus.UNPROCESSABLE_ENTITY, f"{fault}\n")
    signed = Note(new.text, ()).signed(signer, time_s=now_s)
    return Answer(HTTPStatus.OK, signed.signatures[0].line, keep=new)


def cosigned(checkpoint: Note, body: str, witness_key: VerifierKey) -> Note:
    """The checkpoint with the cosignature of a witness in its answer. Raises ``Malformed`` and ``NotProven``.

    Of the lines only those of that key are taken: others in the answer could be anything.
    """
    text_of(body.encode(), "the answer", bytes_max=NOTE_BYTES_MAX)
    ours: list[Signature] = [
        each for each in signatures_of(body) if (each.name, each.key_id) == (witness_key.name, witness_key.id)
    ]
    Note(checkpoint.text, tuple(ours)).check([witness_key])
    return checkpoint.with_signatures(ours[:1])
