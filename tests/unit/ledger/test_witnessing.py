"""A witness: what it signs, each answer of the specification, and what a log takes from it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

import pytest

from counterseal.ledger import AddCheckpoint, Checkpoint, Malformed, Note, NotProven, SignatureType, cosigned, judged
from counterseal.ledger.witnessing import Answer
from logs import LOG, ORIGIN, WITNESS, Log, signer

LEDGER = Log([b"entry %d" % number for number in range(300)])
NOW_S = 1_790_000_000


class Witness:
    """Keeps what it is told to keep."""

    def __init__(self) -> None:
        self.kept: dict[str, Checkpoint] = {}

    def ask(self, content: bytes) -> Answer:
        answer = judged(
            content, log_keys={ORIGIN: frozenset({LOG.key})}, kept=self.kept.get, signer=WITNESS, now_s=NOW_S
        )
        if answer.keep:
            self.kept[answer.keep.origin] = answer.keep
        return answer


def request(old_size: int, size: int, log: Log = LEDGER) -> AddCheckpoint:
    return AddCheckpoint(old_size, tuple(log.tree(size).consistency_proof(old_size)), log.checkpoint(size))


def test_a_log_that_grows_is_cosigned() -> None:
    witness, old_size = Witness(), 0
    for size in (0, 1, 7, 7, 256, 300):
        asked = request(old_size, size)
        assert AddCheckpoint.of(asked.content) == asked
        answer = witness.ask(asked.content)
        assert answer.status == HTTPStatus.OK
        note = cosigned(asked.checkpoint, answer.body, WITNESS.key)
        assert note.check([LOG.key, WITNESS.key]) == {LOG.key: None, WITNESS.key: NOW_S}
        old_size = size
    assert witness.kept[ORIGIN] == Checkpoint.of(LEDGER.checkpoint().text)


def test_each_refusal() -> None:
    witness = Witness()
    assert witness.ask(request(0, 100).content).status == HTTPStatus.OK
    forged = Log([b"forged", *(b"entry %d" % number for number in range(1, 300))])
    foreign = Checkpoint("other.example/log", 200, bytes(32)).note.signed(LOG)
    unsigned = Checkpoint(ORIGIN, 200, bytes(32)).note.signed(signer(ORIGIN, "another key"))
    spoilt = request(100, 200).checkpoint
    spoilt = replace(spoilt, text=spoilt.text.replace("200", "201"))
    refusals = {
        HTTPStatus.BAD_REQUEST: [b"", b"old 1\n", replace(request(100, 200), old_size=201).content],
        HTTPStatus.NOT_FOUND: [AddCheckpoint(0, (), foreign).content],
        HTTPStatus.FORBIDDEN: [AddCheckpoint(100, (), note).content for note in (unsigned, spoilt)],
        HTTPStatus.CONFLICT: [
            request(0, 200).content,
            request(50, 200).content,
            request(150, 200).content,
            request(100, 100, forged).content,
        ],
        HTTPStatus.UNPROCESSABLE_ENTITY: [
            request(100, 200, forged).content,
            replace(request(100, 200), proof=()).content,
            replace(request(100, 200), proof=(bytes(32),) * 63).content,
        ],
    }
    kept = dict(witness.kept)
    for status, contents in refusals.items():
        for content in contents:
            answer = witness.ask(content)
            assert answer.status == status, answer
            assert answer.keep is None
            if status == HTTPStatus.CONFLICT:
                assert (answer.body, answer.content_type) == ("100\n", "text/x.tlog.size")
    assert witness.kept == kept


@pytest.mark.parametrize("proof", [(bytes(32),), ()])
def test_the_first_checkpoint_needs_no_proof_and_takes_none(proof: tuple[bytes, ...]) -> None:
    answer = Witness().ask(AddCheckpoint(0, proof, LEDGER.checkpoint(9)).content)
    assert answer.status == (HTTPStatus.UNPROCESSABLE_ENTITY if proof else HTTPStatus.OK)


def test_an_empty_log_has_the_root_of_an_empty_tree() -> None:
    wrong = Checkpoint(ORIGIN, 0, bytes(32)).note.signed(LOG)
    assert Witness().ask(AddCheckpoint(0, (), wrong).content).status == HTTPStatus.CONFLICT


@pytest.mark.parametrize("size", [64, 100])
def test_more_hashes_than_any_proof_has_are_not_read(size: int) -> None:
    asked = AddCheckpoint(1, (bytes(32),) * size, LEDGER.checkpoint(9))
    with pytest.raises(Malformed):
        AddCheckpoint.of(asked.content)


def test_a_log_takes_the_cosignature_and_nothing_else() -> None:
    note = LEDGER.checkpoint()
    other = signer("witness.example/w2", "w2", SignatureType.COSIGNATURE)
    ours, theirs = (note.signed(each, time_s=NOW_S).signatures[1].line for each in (WITNESS, other))
    assert cosigned(note, theirs + ours, WITNESS.key).signatures == (
        *note.signatures,
        *note.signed(WITNESS, time_s=NOW_S).signatures[1:],
    )
    old = Note(LEDGER.checkpoint(9).text, ()).signed(WITNESS, time_s=NOW_S).signatures[0].line
    for answer in (theirs, old):
        with pytest.raises(NotProven):
            cosigned(note, answer, WITNESS.key)
    for answer in ("", "\n", ours[:-1], "409\n", ours * 70):
        with pytest.raises(Malformed):
            cosigned(note, answer, WITNESS.key)
